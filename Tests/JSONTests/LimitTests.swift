// Proves that size and depth are limited, that the limit itself is allowed, and that no depth crashes the process.

import JSON
import Testing

@Suite struct LimitTests {
  private func nested(_ depth: Int, open: String = "[", close: String = "]") -> [UInt8] {
    Array((String(repeating: open, count: depth) + String(repeating: close, count: depth)).utf8)
  }

  @Test func depthUpToTheLimitIsAllowed() {
    let limits = JSONLimits(maxDepth: 3)
    check(nested(3), gives: .value([[[]]]), limits: limits)
    check(Array(#"{"a":[{"b":1}]}"#.utf8), gives: .value(["a": [["b": 1]]]), limits: limits)
  }

  @Test func theOffsetIsTheBracketThatIsTooMuch() {
    let limits = JSONLimits(maxDepth: 3)
    let error = { (offset: Int) in Parsed.error(JSONError(.tooDeep(limit: 3), offset: offset)) }
    check(nested(4), gives: error(3), limits: limits)
    check(Array(#"["[[[[",[],[[[1]]]]"#.utf8), gives: error(13), limits: limits)
    check(Array(#"{"\"{":{"b":{"c":{}}}}"#.utf8), gives: error(17), limits: limits)
    check([0xEF, 0xBB, 0xBF] + nested(4), gives: error(6), limits: limits)
  }

  /// Deeper than jansson's own limit: the reported limit is still the one that was set.
  @Test(arguments: [2_048, 2_049, 100_000, 2_000_000])
  func anyDepthIsRefusedAndNotACrash(_ depth: Int) {
    check(nested(depth), gives: .error(JSONError(.tooDeep(limit: 128), offset: 128)))
    let unclosed = Parsed([UInt8](repeating: UInt8(ascii: "["), count: depth))
    if case .value = unclosed { Issue.record("\(depth) open brackets: expected an error, got \(unclosed)") }
  }

  @Test func deepObjectsAreRefusedToo() {
    check(nested(500_000, open: "{\"a\":", close: "}"), gives: .error(JSONError(.tooDeep(limit: 128), offset: 128 * 5)))
  }

  @Test func aDepthBeyondJanssonsIsNotPromised() {
    #expect(JSONLimits(maxDepth: 1_000_000).maxDepth == 2_000)
    let deep = Parsed(nested(2_000), limits: JSONLimits(maxDepth: 1_000_000))
    guard case .value = deep else {
      Issue.record("2,000 levels: expected a value, got \(deep)")
      return
    }
  }

  /// jansson's own tree, from which records are read, has the same limit, whether the text was repaired or not.
  @Test func treesKeepTheBoundToo() {
    for (depth, isTaken) in [(128, true), (129, false), (3_000, false)] {
      for inner in ["1", "18446744073709551616", "\\q"] {
        let text = Array(
          "\(String(repeating: "[", count: depth))\(inner == "\\q" ? "\"\\q\"" : inner)\(String(repeating: "]", count: depth))".utf8)
        let error: JSONError? = text.withUnsafeBytes { bytes in
          do throws(JSONError) {
            _ = try JanssonTree(parsing: bytes, repair: .text).repairs
            return nil
          } catch { return error }
        }
        let expected = isTaken ? nil : JSONError(.tooDeep(limit: 128), offset: 128)
        #expect(error == expected, "\(depth) levels around \(inner): expected \(expected as Any), got \(error as Any)")
      }
    }
  }

  @Test func sizeUpToTheLimitIsAllowed() {
    check(Array("[1,2]".utf8), gives: .value([1, 2]), limits: JSONLimits(maxBytes: 5))
    check(Array("[1,2]".utf8), gives: .error(JSONError(.tooLarge(limit: 4), offset: 4)), limits: JSONLimits(maxBytes: 4))
  }
}
