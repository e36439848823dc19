// The raw text of one member of a message. Parsing gives its value, but 1.50, 2^64 − 1 or "\u0041" must be echoed as they were written.

import Platform

package enum MemberScan {
  /// The text of the last member with that name at the top level of a valid JSON object, if it is a string or a bare word.
  ///
  /// Also nil if a name is written with escapes: then names cannot be compared as bytes.
  /// - Complexity: O(bytes). Only the result is copied.
  package static func text(ofMember name: StaticString, in text: UnsafeRawBufferPointer) -> [UInt8]? {
    range(ofMember: name, in: text).map { Array(text[$0]) }
  }

  /// Where that text is.
  package static func range(ofMember name: StaticString, in text: UnsafeRawBufferPointer) -> Range<Int>? {
    var found: Range<Int>?
    var depth = 0
    var isName = false
    var index = 0
    while index < text.count {
      let byte = text[index]
      index += 1
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        isName = depth == 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ","): isName = depth == 1
      case UInt8(ascii: "\""):
        let start = index
        index = endOfString(from: start, in: text)
        guard isName, depth == 1 else { continue }
        isName = false
        let written = text[start..<max(start, index - 1)]
        if written.contains(UInt8(ascii: "\\")) { return nil }
        if written.count == name.utf8CodeUnitCount, memcmp(text.baseAddress! + start, name.utf8Start, written.count) == 0 {
          found = scalar(after: index, in: text)
          index = found?.upperBound ?? index
        }
      default: break
      }
    }
    return found
  }

  /// The index after the closing quote.
  private static func endOfString(from start: Int, in text: UnsafeRawBufferPointer) -> Int {
    var index = start
    while index < text.count {
      switch text[index] {
      case UInt8(ascii: "\""): return index + 1
      case UInt8(ascii: "\\"): index += 2
      default: index += 1
      }
    }
    return text.count
  }

  /// The string or bare word after the colon; nil for an array or an object.
  package static func scalar(after end: Int, in text: UnsafeRawBufferPointer) -> Range<Int>? {
    var start = end
    while start < text.count, text[start].isBlank || text[start] == UInt8(ascii: ":") { start += 1 }
    guard start < text.count, text[start] != UInt8(ascii: "{"), text[start] != UInt8(ascii: "[") else { return nil }
    if text[start] == UInt8(ascii: "\"") { return start..<endOfString(from: start + 1, in: text) }
    var index = start
    while index < text.count, !text[index].isBlank, text[index] != UInt8(ascii: ","), text[index] != UInt8(ascii: "}") { index += 1 }
    return start..<index
  }
}
