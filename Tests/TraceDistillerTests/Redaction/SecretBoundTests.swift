// The minimum lengths of secrets that are recognised by their own form: removed at the minimum, kept one character below it.

import Testing

@testable import TraceDistiller

@Suite struct SecretBoundTests {
  private func isTaken(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { SecretScan.cleaned(UnsafeRawBufferPointer($0)) } != nil
  }

  @Test func bearerTokens() {
    for (token, isSecret) in [("abcdef7", false), ("abcdefg7", true), ("abcdefgh", false)] {
      #expect(isTaken("see Bearer \(token)  here") == isSecret, "\(token)")
    }
    #expect(isTaken("see Bearer " + String(repeating: "a", count: 24)))
    #expect(!isTaken("see Bearer " + String(repeating: "a", count: 23)))
  }

  /// Under a doubtful name a value must look random, from sixteen characters on.
  @Test func doubtfulNames() {
    #expect(isTaken("signature=9f8e7d6c5b4a3928"))
    #expect(!isTaken("signature=9f8e7d6c5b4a392"))
  }

  /// Google's refresh tokens are longer than any fraction of a path that begins like them.
  @Test func refreshTokens() {
    for (count, isSecret) in [(29, false), (30, true), (59, true)] {
      #expect(isTaken("got 1//0" + String(repeating: "aB3x", count: 30).prefix(count - 4) + " now") == isSecret, "\(count)")
    }
  }

  /// The shortest secret after a name has three bytes.
  @Test func shortestValues() {
    #expect(isTaken("pwd=abc"))
    #expect(!isTaken("pwd=ab"))
  }
}
