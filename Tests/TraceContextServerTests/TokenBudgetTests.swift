// Proves that a bound in tokens works like one of two characters per token, in every method that accepts one, and that the estimate refers
// to the sent answer.

import JSON
import JSONRPC
import Testing

@testable import TraceContextServer

@Suite struct TokenBudgetTests {
  @Test(arguments: [250, 400, 1_000, 6_000])
  func everyMethodKeepsIt(maxTokens: Int) throws {
    let server = TestServer()
    for index in 0..<40 { server.feed(RecordLines.trace("many_\(index)", failures: index % 3)) }
    server.feed((0..<200).map { RecordLines.moduleLog("line \($0)") })
    server.advance(millis: 600)
    var asked = 0
    for method in OpenRPCDocument.shared.family {
      let params = OpenRPCDocument.shared.params(of: OpenRPCDocument.shared.method(method) ?? .null).compactMap { $0["name"]?.string }
      guard params.contains("maxTokens") else { continue }
      asked += 1
      var given: JSONObject = ["maxTokens": .integer(maxTokens)]
      if method == "trace/span" { given["spanId"] = "root" }
      if method == "traces/compare" { given["base"] = "many_30" }
      if method == "traces/await" { given["cursor"] = "c0" }
      switch server.ask(method, .object(given)) {
      case .failure(let error):
        // A single entry of a JSON answer may be longer than the smallest bound.
        #expect(error.code == ResponseError.Code.budgetTooSmall && maxTokens == 250, "\(method): \(error)")
      case .success(let answer):
        let estimate = try #require(answer["estimatedTokens"]?.integer, "\(method) tells no estimate: \(answer.serializedString)")
        #expect(estimate <= maxTokens, "\(method): \(estimate) of \(maxTokens)")
        let length = answer["text"].map { JSONLength.of($0) } ?? JSONLength.of(answer)
        #expect(length <= 2 * maxTokens && estimate * 2 <= length + 1, "\(method): \(length) characters, estimated \(estimate)")
      }
    }
    #expect(asked >= 13, "\(asked) methods take maxTokens")
  }

  @Test func withoutItNothingIsEstimated() throws {
    let server = TestServer()
    server.feed(RecordLines.trace("trace_1"))
    let answer = try server.ask("trace/summary", ["maxChars": 1_000]).get()
    #expect(answer["estimatedTokens"] == nil)
  }
}
