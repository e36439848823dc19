// Writes attribute blocks in which nothing is cut, which is nearly always the case. It does no bounds check per byte; the comments explain
// why that is safe.

import Platform
import TraceRecords

/// Writes one block, in the form that `AttributeBlock.swift` describes, into memory that is large enough: the caller allocates `overhead`
/// for the block and for each attribute, plus the bytes of every text. The writer checks the room once per attribute.
struct PlainBlockWriter {
  /// The maximum size of an attribute without the bytes of its text: a key of five bytes, the tag, and ten bytes of a number or a length.
  /// The block's own header is smaller.
  static let overhead = 16

  private let memory: UnsafeMutableRawPointer
  private let size: Int
  private(set) var count = 0

  @inline(__always)
  init(into memory: UnsafeMutableRawBufferPointer, previous: UInt32) {
    precondition(memory.count >= PlainBlockWriter.overhead)
    self.memory = memory.baseAddress!
    size = memory.count
    append(varint: previous == SpanRow.none ? 0 : UInt64(previous) + 1)
  }

  @inline(__always)
  mutating func append(key: UInt32, value: AttributeValue, texts: BatchTexts) {
    switch value {
    case .string(let range): append(key, .string, text: texts[range])
    case .json(let range): append(key, .json, text: texts[range])
    case .integer(let number):
      begin(key, .integer)
      append(varint: UInt64(bitPattern: number << 1 ^ number >> 63))
    case .double(let number):
      begin(key, .double)
      // All NaNs are stored as one: no format distinguishes them, and the bits are never shown.
      (memory + count).storeBytes(of: (number.isNaN ? .nan : number).bitPattern.littleEndian, as: UInt64.self)
      count += 8
    case .bool(let flag): begin(key, flag ? .true : .false)
    }
  }

  @inline(__always)
  private mutating func append(_ key: UInt32, _ tag: AttributeTag, text: UnsafeRawBufferPointer) {
    begin(key, tag, textBytes: text.count)
    append(varint: UInt64(text.count))
    guard let start = text.baseAddress else { return }
    let target = memory + count
    count += text.count
    // Short texts are copied as two words that may overlap: a function call would cost more than the copy.
    switch text.count {
    case 8...16:
      let last = (start + text.count - 8).loadUnaligned(as: UInt64.self)
      target.storeBytes(of: start.loadUnaligned(as: UInt64.self), as: UInt64.self)
      (target + text.count - 8).storeBytes(of: last, as: UInt64.self)
    case 4...7:
      let last = (start + text.count - 4).loadUnaligned(as: UInt32.self)
      target.storeBytes(of: start.loadUnaligned(as: UInt32.self), as: UInt32.self)
      (target + text.count - 4).storeBytes(of: last, as: UInt32.self)
    default: target.copyMemory(from: start, byteCount: text.count)
    }
  }

  /// Writes key and tag, if there is room for the whole attribute.
  @inline(__always)
  private mutating func begin(_ key: UInt32, _ tag: AttributeTag, textBytes: Int = 0) {
    precondition(size - count >= PlainBlockWriter.overhead + textBytes)
    append(varint: UInt64(key))
    memory.storeBytes(of: tag.rawValue, toByteOffset: count, as: UInt8.self)
    count += 1
  }

  /// LEB128.
  @inline(__always)
  private mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      memory.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, toByteOffset: count, as: UInt8.self)
      count += 1
      rest >>= 7
    }
    memory.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: count, as: UInt8.self)
    count += 1
  }
}
