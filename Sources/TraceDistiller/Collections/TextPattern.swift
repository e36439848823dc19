// What filters look for in texts, whatever the case: a part of it, or what a regular expression describes.

import CScan

/// A case-insensitive substring or regular expression, made ready once for many texts.
package struct TextPattern: Sendable {
  /// As it was written.
  package let text: String
  /// Nil for a substring.
  private let regex: RegularExpression?
  private let lowered: [UInt8]
  private let isASCII: Bool

  package init(_ text: String) {
    self.text = text
    regex = nil
    lowered = Array(text.lowercased().utf8)
    isASCII = lowered.allSatisfy { $0 < 0x80 }
  }

  package init(regex pattern: String) throws(RegexError) {
    text = pattern
    regex = try RegularExpression(pattern)
    (lowered, isASCII) = ([], true)
  }

  /// It is in every text, also where there is none.
  package var isEmpty: Bool { regex == nil && lowered.isEmpty }

  var isRegex: Bool { regex != nil }

  /// What it cost so far beyond a look at each byte, in steps.
  var work: Int { regex?.work ?? 0 }

  /// Whether it may match some number, true or false as they are written.
  var mayMatchNumbers: Bool { regex?.mayMatchNumbers ?? NumberText.mayHold(lowered) }

  package func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { matches(UnsafeRawBufferPointer($0)) }
  }

  /// - Complexity: O(text × pattern) at worst, O(text) for ordinary texts. No allocation if both are ASCII.
  package func matches(_ text: UnsafeRawBufferPointer) -> Bool {
    guard !isEmpty else { return true }
    guard TextPattern.isASCII(text) else {
      let folded = Array(String(decoding: text, as: UTF8.self).lowercased().utf8)
      return folded.withUnsafeBytes { regex?.matches($0) ?? find(in: $0) }
    }
    if let regex { return regex.matches(text) }
    // The lower case of ASCII is ASCII.
    return isASCII && text.count >= lowered.count && find(in: text)
  }

  /// - Parameter text: ASCII in any case, or already lower case.
  private func find(in text: UnsafeRawBufferPointer) -> Bool {
    lowered.withUnsafeBufferPointer { find_folded(text.baseAddress, text.count, $0.baseAddress, $0.count) != 0 }
  }

  /// Whether the pattern may occur in one of the texts in these bytes. Also true if the bytes alone cannot decide it.
  /// - Parameter hasOddFolding: whether a text contains characters beyond ASCII whose lower case is ASCII.
  func mayBe(in texts: UnsafeRawBufferPointer, hasOddFolding: Bool) -> Bool {
    if let regex { return regex.mayBe(in: texts, hasOddFolding: hasOddFolding) }
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
