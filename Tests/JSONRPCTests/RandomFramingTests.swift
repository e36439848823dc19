// Proves, on random streams of plausible and broken pieces, that framing terminates and does not depend on where the streams are cut.

import JSONRPC
import Testing

@Suite struct RandomFramingTests {
  private static let fragments = [
    "Content-Length: 2\r\n\r\n{}", "Content-Length: 2\n\n[]", "Content-Length: ", "content-length:", "Content-Type: x\r\n", "\r\n", "\n",
    "\r", "8",
    "-1", "0", "99", "{}", "[", "}", "\"", ":", " ", "X: y\r\n", "{\"a\":1}\n", "Content-Length: 7\r\nContent-Length: 8\r\n\r\n", "é", "\0",
    "Content-Length: 40\r\n\r\n", "Content-Length: 4000\r\n\r\n",
  ]

  @Test(arguments: 0..<40 as Range<UInt64>) func cutsDoNotMatter(_ group: UInt64) {
    let limits = FramingLimits(maxMessageBytes: 16, maxHeaderBytes: 48, maxSkippedBodyBytes: 100)
    for seed in group * 50..<(group + 1) * 50 {
      var random = Xorshift(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
      let text = (0..<Int.random(in: 1..<16, using: &random)).map { _ in Self.fragments.randomElement(using: &random) ?? "" }.joined()
      let bytes = Array(text.utf8)
      let whole = frames(of: [bytes[...]], limits: limits)
      for _ in 0..<8 {
        let cuts = [0] + (0..<Int.random(in: 1..<6, using: &random)).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
        let pieces = zip(cuts, cuts.dropFirst() + [bytes.count]).map { bytes[$0..<$1] }
        let got = frames(of: pieces, limits: limits)
        #expect(got == whole, "seed \(seed), cuts \(cuts)\n  stream   \(text.debugDescription)\n  expected \(whole)\n  got      \(got)")
      }
    }
  }
}

/// George Marsaglia's generator: small, with the same results on every machine.
private struct Xorshift: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_F491_4F6C_DD1D
  }
}
