// Attributes encoded in the arena: a few bytes per attribute instead of a dictionary per span.
//
// A block is  varint(previous block + 1, 0 = none)  then per attribute  varint(key) tag value,
// where a value is  zigzag varint (integer) · 8 bytes (double) · nothing (bool) · varint length and bytes (text, JSON).

import TraceRecords

/// One attribute as used by answers.
package struct DistilledAttribute: Sendable, Equatable {
  package enum Value: Sendable, Equatable {
    case string(String)
    case integer(Int64)
    case double(Double)
    case bool(Bool)
    /// An array or object as compact JSON.
    case json(String)
  }

  package var key: String
  package var value: Value
}

enum AttributeTag: UInt8 {
  case string, integer, double, `true`, `false`, json
}

/// Writes one block into memory provided by the caller. Values that had to be shortened are counted in `truncated`.
struct AttributeBlockWriter {
  private let memory: UnsafeMutableRawBufferPointer
  private(set) var count = 0
  private(set) var truncated = 0
  let maxValueBytes: Int

  /// The maximum size of one attribute without the bytes of its text: key, tag, a number or a length, and the note about a cut.
  static let overhead = 96

  /// - Parameter memory: must have room for `overhead` once, and for each attribute `overhead` plus its text, limited to `maxValueBytes`.
  init(into memory: UnsafeMutableRawBufferPointer, previous: UInt32, maxValueBytes: Int) {
    self.memory = memory
    self.maxValueBytes = maxValueBytes
    append(varint: previous == SpanRow.none ? 0 : UInt64(previous) + 1)
  }

  var written: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

  mutating func append(key: UInt32, value: AttributeValue, texts: BatchTexts) {
    append(varint: UInt64(key))
    switch value {
    case .string(let range): append(.string, text: texts[range])
    case .json(let range): append(.json, text: texts[range])
    case .integer(let number):
      append(.integer)
      append(varint: UInt64(bitPattern: number << 1 ^ number >> 63))
    case .double(let number):
      append(.double)
      // All NaNs are stored as one: no format distinguishes them, and the bits are never shown.
      withUnsafeBytes(of: (number.isNaN ? .nan : number).bitPattern.littleEndian) { append(bytes: $0) }
    case .bool(let flag): append(flag ? .true : .false)
    }
  }

  mutating func append(key: UInt32, text: UnsafeRawBufferPointer, isJSON: Bool = false) {
    append(varint: UInt64(key))
    append(isJSON ? .json : .string, text: text)
  }

  private mutating func append(_ tag: AttributeTag, text: UnsafeRawBufferPointer) {
    guard text.count > maxValueBytes else {
      append(tag)
      append(varint: UInt64(text.count))
      append(bytes: text)
      return
    }
    truncated += 1
    // JSON that was cut is no longer JSON.
    append(.string)
    let cut = cutText(text, to: maxValueBytes)
    append(varint: UInt64(cut.count))
    cut.withUnsafeBytes { append(bytes: $0) }
  }

  private mutating func append(_ tag: AttributeTag) {
    memory[count] = tag.rawValue
    count += 1
  }

  private mutating func append(bytes: UnsafeRawBufferPointer) {
    memory.copy(bytes, to: count)
    count += bytes.count
  }

  /// LEB128.
  private mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      memory[count] = UInt8(truncatingIfNeeded: rest) | 0x80
      count += 1
      rest >>= 7
    }
    memory[count] = UInt8(rest)
    count += 1
  }
}

/// The longest prefix of whole characters with at most `limit` bytes, followed by a note with the full length. A text that already has such
/// a note (from an export that is read back) is kept: its note gives the true length.
func cutText(_ text: UnsafeRawBufferPointer, to limit: Int) -> [UInt8] {
  if text.count - limit <= 40, isCut(text) { return Array(text) }
  var end = limit
  while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
  return Array(text[..<end]) + Array("… (cut, \(text.count) bytes)".utf8)
}

/// Whether the text ends with the note of `cutText`.
private func isCut(_ text: UnsafeRawBufferPointer) -> Bool {
  let (opening, closing) = (Array("… (cut, ".utf8), Array(" bytes)".utf8))
  guard text.suffix(closing.count).elementsEqual(closing) else { return false }
  let rest = text.dropLast(closing.count)
  let digits = rest.reversed().prefix { (0x30...0x39).contains($0) }.count
  return digits > 0 && rest.dropLast(digits).suffix(opening.count).elementsEqual(opening)
}
