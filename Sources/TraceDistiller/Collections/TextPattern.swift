// What filters look for in texts: a part of it, whatever the case.

import CScan

/// A case-insensitive substring, made ready once for many texts.
package struct TextPattern: Sendable {
  package let text: String
  private let lowered: [UInt8]
  private let isASCII: Bool

  package init(_ text: String) {
    self.text = text
    lowered = Array(text.lowercased().utf8)
    isASCII = lowered.allSatisfy { $0 < 0x80 }
  }

  /// It is in every text.
  package var isEmpty: Bool { lowered.isEmpty }

  package func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { matches(UnsafeRawBufferPointer($0)) }
  }

  /// - Complexity: O(text × pattern) at worst, O(text) for texts that people write; no allocation where both are ASCII.
  package func matches(_ text: UnsafeRawBufferPointer) -> Bool {
    guard !lowered.isEmpty else { return true }
    guard TextPattern.isASCII(text) else {
      let folded = Array(String(decoding: text, as: UTF8.self).lowercased().utf8)
      return folded.withUnsafeBytes { find(in: $0) }
    }
    // Lower case of ASCII is ASCII.
    return isASCII && text.count >= lowered.count && find(in: text)
  }

  /// - Parameter text: ASCII of either case, or folded already.
  private func find(in text: UnsafeRawBufferPointer) -> Bool {
    lowered.withUnsafeBufferPointer { find_folded(text.baseAddress, text.count, $0.baseAddress, $0.count) != 0 }
  }

  /// Whether the pattern may be in one of the texts that lie in these bytes; true as well where it takes more than their bytes to say.
  /// - Parameter hasOddFolding: some of them hold characters beyond ASCII whose lower case is ASCII.
  func mayBe(in texts: UnsafeRawBufferPointer, hasOddFolding: Bool) -> Bool {
    guard isASCII, !hasOddFolding, let start = texts.baseAddress else { return true }
    return lowered.withUnsafeBufferPointer { find_folded(start, texts.count, $0.baseAddress, $0.count) != 0 }
  }

  @inline(__always)
  private static func isASCII(_ text: UnsafeRawBufferPointer) -> Bool {
    var (index, bits) = (0, UInt64(0))
    while index + 8 <= text.count {
      bits |= text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      index += 8
    }
    while index < text.count {
      bits |= UInt64(text[index])
      index += 1
    }
    return bits & 0x8080_8080_8080_8080 == 0
  }
}
