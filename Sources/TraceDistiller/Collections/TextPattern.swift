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
    lowered.withUnsafeBufferPointer { lowered in
      let count = lowered.count
      guard text.count >= count else { return false }
      let first = lowered[0]
      let upper = 0x61...0x7A ~= first ? first & 0xDF : first
      var start = 0
      let last = text.count - count
      while start <= last {
        let byte = text[start]
        if byte == first || byte == upper {
          var length = 1
          while length < count, TextPattern.lower(text[start + length]) == lowered[length] { length += 1 }
          if length == count { return true }
        }
        start += 1
      }
      return false
    }
  }

  @inline(__always) private static func lower(_ byte: UInt8) -> UInt8 { 0x41...0x5A ~= byte ? byte | 0x20 : byte }

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
