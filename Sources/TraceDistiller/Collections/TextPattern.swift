// What filters look for in texts: a part of it, whatever the case.

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

  package func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { matches(UnsafeRawBufferPointer($0)) }
  }

  /// - Complexity: O(text × pattern) at worst, O(text) for texts that people write; no allocation where both are ASCII.
  package func matches(_ text: UnsafeRawBufferPointer) -> Bool {
    guard !lowered.isEmpty else { return true }
    if text.contains(where: { $0 >= 0x80 }) {
      let folded = Array(String(decoding: text, as: UTF8.self).lowercased().utf8)
      return folded.withUnsafeBytes { find(in: $0) { $0 } }
    }
    // Lower case of ASCII is ASCII.
    return isASCII && find(in: text) { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }
  }

  private func find(in text: UnsafeRawBufferPointer, _ lower: (UInt8) -> UInt8) -> Bool {
    guard text.count >= lowered.count else { return false }
    let first = lowered[0]
    var start = 0
    while start <= text.count - lowered.count {
      if lower(text[start]) == first {
        var length = 1
        while length < lowered.count, lower(text[start + length]) == lowered[length] { length += 1 }
        if length == lowered.count { return true }
      }
      start += 1
    }
    return false
  }
}
