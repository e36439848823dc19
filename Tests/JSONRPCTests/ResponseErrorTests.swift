// Proves that errors have the agreed codes, give the next step, and cannot be used to flood or imitate what people read.

import JSON
import JSONRPC
import Testing

@Suite struct ResponseErrorTests {
  @Test func codesAreAgreed() {
    let codes = [
      ResponseError.parseError(.emptyBody), .invalidRequest(""), .methodNotFound(""), .invalidParams(""), .internalError(""),
      .serverNotInitialized("m"), .requestCancelled(), .busy(limit: 1),
    ].map(\.code)
    #expect(codes == [-32700, -32600, -32601, -32602, -32603, -32002, -32800, 1004])
  }

  @Test func unknownMethodsNameTheNearest() {
    let error = ResponseError.methodNotFound("trace/sumary", near: ["trace/summary", "trace/span"])
    #expect(error.message == "unknown method 'trace/sumary'; did you mean 'trace/summary'?")
    #expect(error.data == ["near": ["trace/summary", "trace/span"]])
    #expect(ResponseError.methodNotFound("x").message == "unknown method 'x'")
  }

  @Test func busyNamesTheBound() {
    #expect(ResponseError.busy(limit: 64).message.contains("64"))
    #expect(ResponseError.busy(limit: 64).data == ["limit": 64])
  }

  @Test func textOfTheClientIsCutAndKeptInOneLine() {
    #expect(ResponseError.methodNotFound("a\nb\u{202E}c").message == "unknown method 'a\u{FFFD}b\u{FFFD}c'")
    let long = ResponseError.methodNotFound(String(repeating: "x", count: 1_000_000)).message
    #expect(long == "unknown method '\(String(repeating: "x", count: 100))…'")
  }
}
