// The bytes of one binary request, and what reading them told beside the records: shared by all that reads a part of them.

import CScan
import JSON

/// Lives while one message is read; values of it point here.
struct OTLPBinarySource {
  let base: UnsafeRawPointer
  /// `OTLPMessage.table`.
  private let table: UnsafePointer<UInt16>
  /// Texts that were no UTF-8 and became what is left of them.
  var isRepaired = false
  /// Where a list or map inside of an attribute broke off: found while its value is built, told once its span has been read.
  var fault: ProtobufFault?
  /// A field of the wrong wire type, a value of no known kind.
  var isUnread = false

  /// - Parameter message: of at most `OTLPProtobuf.maxBytes`.
  init(_ message: UnsafeRawBufferPointer, _ table: UnsafeBufferPointer<UInt16>) {
    // A message may be empty, and an empty one lie nowhere.
    base = message.baseAddress ?? UnsafeRawPointer(table.baseAddress!)
    self.table = table.baseAddress!
  }

  /// What a field of a message is called; `.other` for those that mean nothing here. A known one that is written in another way than it should be is noted
  /// and means nothing.
  @inline(__always)
  mutating func name(of field: ProtobufCursor.Field, in message: OTLPMessage) -> OTLPName {
    guard field.number < OTLPMessage.rowCount else { return OTLPBinarySource.longName(of: field, in: message) }
    let entry = table[Int(message.rawValue) &* OTLPMessage.rowCount &+ field.number]
    guard entry >> 8 == UInt16(field.wire), let name = OTLPName(rawValue: UInt8(truncatingIfNeeded: entry)) else {
      if entry < 0xFF00 { isUnread = true }
      return .other
    }
    return name
  }

  @inline(never)
  private static func longName(of field: ProtobufCursor.Field, in message: OTLPMessage) -> OTLPName {
    guard let known = message.field(field.number), known.wire.rawValue == field.wire else { return .other }
    return known.name
  }
}

typealias OTLPBinarySourcePointer = UnsafeMutablePointer<OTLPBinarySource>

extension OTLPBinarySourcePointer {
  func cursor(_ range: Range<Int>) -> ProtobufCursor { ProtobufCursor(pointee.base, range) }

  @inline(__always)
  func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: pointee.base + range.lowerBound, count: range.count)
  }

  /// A text as it stands where it is UTF-8, which nearly every one is; else mended, and noted.
  @inline(__always)
  func withText<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer, _ isOriginal: Bool) -> Result) -> Result {
    let bytes = bytes(range)
    if scan_is_ascii(bytes.baseAddress, bytes.count) != 0 || UTF8Sequence.isValid(bytes) { return body(bytes, true) }
    pointee.isRepaired = true
    var mended = String(decoding: bytes, as: UTF8.self)
    return mended.withUTF8 { body(UnsafeRawBufferPointer($0), false) }
  }

  /// A text as a range of the message, or of the scratch where it was mended.
  @inline(__always)
  func text(_ range: Range<Int>, _ batch: inout RecordBatch) -> TextRange {
    withText(range) { bytes, isOriginal in
      guard isOriginal else { return batch.add(text: bytes) }
      return bytes.isEmpty ? .empty : TextRange(source: range.lowerBound, count: range.count)
    }
  }
}
