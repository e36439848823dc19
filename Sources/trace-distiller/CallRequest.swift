// One line of a file of requests, as `call --requests` takes them.

import ArgumentParser
import JSON
import JSONRPC
import Platform

struct CallRequest {
  /// That of the request; where it has none, the number of its line.
  var id: JSONValue
  var method: String
  var params: JSONValue

  /// As a text's head: the request on one line.
  var described: String { params.object?.isEmpty ?? true ? method : "\(method) \(params.serializedString)" }

  /// The requests of a file, or of standard input (`-`): an object with `method` and, where there are any, `params` and `id` on each line that is not blank.
  static func read(_ file: String) throws -> [CallRequest] {
    let bytes = try contents(of: file)
    var requests: [CallRequest] = []
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { continue }
      requests.append(try request(Array(line), number: index + 1, of: file))
    }
    guard !requests.isEmpty else { throw ValidationError("\(file) holds no request") }
    return requests
  }

  private static func request(_ line: [UInt8], number: Int, of file: String) throws -> CallRequest {
    let place = "\(file): line \(number)"
    let value: JSONValue
    do { value = try line.withUnsafeBytes { try JSONValue(parsing: $0) } } catch {
      throw ValidationError("\(place): \(error)")
    }
    guard let method = value["method"]?.string else {
      throw ValidationError("\(place): no request; one is {\"method\":\"trace/errors\",\"params\":{…}}")
    }
    let params = value["params"] ?? .object([:])
    guard params.object != nil else { throw ValidationError("\(place): the parameters must be a JSON object, not \(params.kindName)") }
    return CallRequest(id: value["id"] ?? .integer(number), method: method, params: params)
  }

  private static func contents(of file: String) throws -> [UInt8] {
    let descriptor = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      tell("\(file): \(errorText(errno))")
      throw ExitStatus.noInput
    }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = chunk.withUnsafeMutableBytes { Platform.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        tell("\(file): \(errorText(errno))")
        throw ExitStatus.ioError
      }
      guard count > 0 else { return bytes }
      bytes += chunk[..<count]
      guard bytes.count <= 16 << 20 else { throw ValidationError("\(file) is longer than 16 MiB: no file of requests") }
    }
  }

  /// An error result as its JSON has it.
  static func object(of error: ResponseError) -> JSONObject {
    var object: JSONObject = ["code": .integer(error.code), "message": .string(error.message)]
    object.append("data", error.data)
    return object
  }
}
