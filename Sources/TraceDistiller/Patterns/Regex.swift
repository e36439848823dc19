// A regular expression that a filter looks for: RE2's syntax as far as it needs linear time, in texts of either case.

import CScan
import Platform

/// A pattern made ready once for many texts. Which part of a text matches is not told: filters ask only whether one does.
package final class RegularExpression: Sendable {
  package let pattern: String
  /// One of these, in lower case and ASCII, is in every text that matches; none where nothing is known.
  let needed: [[UInt8]]
  /// Whether it can be asked of bytes in which texts lie, as they are: characters beyond ASCII all count alike.
  private let isPlain: Bool
  /// Whether it may be in a number, true or false as they are written.
  let mayMatchNumbers: Bool
  private let machines: PosixMutex<Machines>

  private struct Machines: Sendable {
    let parser: RegexParser
    var exact: RegexMachine
    /// For bytes in which texts lie: it knows no borders. Made when it is asked first.
    var lenient: RegexMachine?

    mutating func mayMatch(_ texts: UnsafeRawBufferPointer) -> Bool {
      if lenient == nil { lenient = RegexMachine(parser, isLenient: true) }
      return lenient!.matches(texts)
    }
  }

  package init(_ pattern: String) throws(RegexError) {
    let parser = try RegexParser(pattern)
    self.pattern = pattern
    let needed = parser.whole.exact.map { [$0] } ?? parser.whole.needed ?? []
    // Single letters are everywhere.
    self.needed = needed.allSatisfy { $0.count > 1 } ? needed : []
    var written = ByteSet()
    for byte in "0123456789+-.einfatrusl".utf8 { written.insert(byte...byte) }
    mayMatchNumbers = parser.mayMatch(only: written) && (needed.isEmpty || needed.contains { NumberText.mayHold($0) })
    isPlain = parser.treatsBeyondASCIIAlike
    machines = PosixMutex(Machines(parser: parser, exact: RegexMachine(parser, isLenient: false)))
  }

  /// Steps of the code that were walked: what the pattern cost beyond a look into a table for each byte.
  package var work: Int { machines.withLock { $0.exact.work + ($0.lenient?.work ?? 0) } }

  /// - Parameter text: ASCII, or in lower case.
  func matches(_ text: UnsafeRawBufferPointer) -> Bool { mayHold(text) && machines.withLock { $0.exact.matches(text) } }

  /// Whether it may be in one of the texts that lie in these bytes; true as well where it takes more than their bytes to say.
  func mayBe(in texts: UnsafeRawBufferPointer, hasOddFolding: Bool) -> Bool {
    guard !hasOddFolding else { return true }
    guard needed.isEmpty else { return mayHold(texts) }
    return !isPlain || machines.withLock { $0.mayMatch(texts) }
  }

  private func mayHold(_ text: UnsafeRawBufferPointer) -> Bool {
    guard !needed.isEmpty else { return true }
    return needed.contains { wanted in
      wanted.withUnsafeBufferPointer { find_folded(text.baseAddress, text.count, $0.baseAddress, $0.count) != 0 }
    }
  }
}
