// Commands that ask the hub of a pipe that is there. They start none.

import ArgumentParser
import JSON
import JSONRPC
import Platform
import TraceContextServer
import TraceHub
import TraceRecords

enum HubQuestion {
  static var usualPlace: HubPlace {
    HubPlace(pipe: PipePath.resolve(option: nil, environment: PipePath.environment()).path, workingDirectory: ClientProject.workingDirectory)
  }

  /// - Parameter after: what else the command wants of the connection.
  static func ask(_ place: HubPlace, _ method: String, _ params: JSONValue, after: (HubClient) -> Void = { _ in }) throws -> JSONValue {
    let client = try connect(place)
    do throws(HubClient.Unavailable) {
      switch try client.ask(method, params) {
      case .success(let result):
        after(client)
        return result
      case .failure(let error): throw HubClient.Unavailable(description: error.message)
      }
    } catch {
      tell(error.description)
      throw ExitStatus.unavailable
    }
  }

  /// A greeted connection; where there is no hub, the command says what to do and ends with 69.
  static func connect(_ place: HubPlace) throws -> HubClient {
    var hello = HubHello(binary: ServerVersion.text, pid: getpid())
    hello.workingDirectory = ClientProject.workingDirectory
    hello.project = ClientProject.directory(of: hello.workingDirectory)
    do throws(HubClient.Unavailable) { return try HubClient(place, hello: hello) } catch {
      tell(
        error.isAbsent
          ? "\(error.description): start a client (trace-distiller serve, or mcp), or 'trace-distiller hub run'; files of records are named on the line"
          : error.description)
      throw ExitStatus.unavailable
    }
  }
}
