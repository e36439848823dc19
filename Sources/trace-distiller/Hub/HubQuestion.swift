// Commands that ask the hub of a pipe that is there. They start none.

import ArgumentParser
import JSON
import JSONRPC
import Platform
import TraceContextServer
import TraceHub
import TraceRecords

enum HubQuestion {
  /// - Parameter pipe: the option; the default pipe where nil.
  static func place(_ pipe: String?) -> HubPlace {
    let path = PipePath.resolve(option: pipe, environment: PipePath.environment()).path
    return HubPlace(pipe: path, workingDirectory: WorkingDirectory.path)
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

  /// The hub, where one is there. Where none is, the command ends with 69, unless a file was meant that does not exist.
  static func find(_ place: HubPlace, orFile name: String?) throws -> HubClient? {
    if name != nil, access(place.socketPath, F_OK) != 0 { return nil }
    return try connect(place)
  }

  static func answer(_ client: HubClient, _ method: String, _ params: JSONValue) throws -> JSONValue {
    let outcome: Result<JSONValue, ResponseError>
    do throws(HubClient.Unavailable) { outcome = try client.ask(method, params) } catch {
      tell(error.description)
      throw ExitStatus.unavailable
    }
    return try outcome.get()
  }

  /// The same as text, as `answerAsText` gives it of files.
  static func answerAsText(_ client: HubClient, _ method: String, _ params: JSONValue) throws -> (text: String, note: String?) {
    let answer = try answer(client, HubWire.Method.text, ["method": .string(method), "params": params])
    return (answer["text"]?.string ?? "", answer["note"]?.string)
  }

  /// A greeted connection; where there is no hub, the command says what to do and ends with 69.
  static func connect(_ place: HubPlace) throws -> HubClient {
    var hello = HubHello(binary: ServerVersion.text, pid: getpid())
    hello.workingDirectory = WorkingDirectory.path
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
