// The errors that answer a request. Each constructor is named after the problem, and its message names the caller's next step.

package import JSON

/// The `error` member of a response.
package struct ResponseError: Error, Sendable, Equatable {
  package var code: Int
  package var message: String
  /// What a program needs to continue: an offset, similar names, a limit.
  package var data: JSONValue?

  package init(code: Int, message: String, data: JSONValue? = nil) {
    self.code = code
    self.message = message
    self.data = data
  }

  /// The error codes of JSON-RPC, of LSP, and our own. Ours are positive: all of −32768…−32000 is reserved.
  package enum Code {
    package static let parseError = -32_700
    package static let invalidRequest = -32_600
    package static let methodNotFound = -32_601
    package static let invalidParams = -32_602
    package static let internalError = -32_603
    package static let serverNotInitialized = -32_002
    package static let requestCancelled = -32_800
    package static let busy = 1_004
  }
}

extension ResponseError {
  /// A message that is not JSON. `data.offset` counts bytes from the start of the message.
  package static func parseError(_ error: JSONError) -> ResponseError {
    ResponseError(code: Code.parseError, message: error.description, data: ["offset": .integer(error.offset)])
  }

  /// Bytes that could not be separated into messages.
  package static func parseError(_ failure: FramingFailure) -> ResponseError {
    ResponseError(code: Code.parseError, message: failure.description)
  }

  /// JSON that is not a JSON-RPC request.
  package static func invalidRequest(_ message: String) -> ResponseError {
    ResponseError(code: Code.invalidRequest, message: message)
  }

  /// - Parameter near: known names that the caller may have meant, the best first.
  package static func methodNotFound(_ name: String, near: [String] = []) -> ResponseError {
    let hint = near.first.map { "; did you mean \(Quoting.quote($0))?" } ?? ""
    return ResponseError(
      code: Code.methodNotFound, message: "unknown method \(Quoting.quote(name))\(hint)",
      data: ["near": .array(near.map { .string($0) })])
  }

  package static func invalidParams(_ message: String, data: JSONValue? = nil) -> ResponseError {
    ResponseError(code: Code.invalidParams, message: message, data: data)
  }

  /// An error of the server itself.
  package static func internalError(_ message: String) -> ResponseError {
    ResponseError(code: Code.internalError, message: message)
  }

  package static func serverNotInitialized(_ method: String) -> ResponseError {
    ResponseError(code: Code.serverNotInitialized, message: "\(Quoting.quote(method)) came before 'initialize'; send 'initialize' first")
  }

  package static func requestCancelled(_ reason: String = "the client cancelled the request") -> ResponseError {
    ResponseError(code: Code.requestCancelled, message: reason)
  }

  /// The maximum number of long requests is running.
  package static func busy(limit: Int) -> ResponseError {
    ResponseError(
      code: Code.busy, message: "\(limit) requests are running, which is the limit; retry when one of them is answered",
      data: ["limit": .integer(limit)])
  }
}
