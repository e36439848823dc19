// One scalar of a binary message as the definitions of OTLP's members ask for it.

import CScan

struct OTLPBinaryField: FieldValue {
  enum Content {
    /// Text or bytes.
    case bytes(Range<Int>)
    /// An enumeration.
    case integer(Int64)
    /// An instant, which has no sign.
    case instant(UInt64)
  }

  let content: Content
  let source: OTLPBinarySourcePointer

  var isNull: Bool { false }

  var text: UnsafeRawBufferPointer? {
    guard case .bytes(let range) = content else { return nil }
    return source.bytes(range)
  }

  var isText: Bool {
    if case .bytes = content { return true }
    return false
  }

  var integer: Int64? {
    switch content {
    case .integer(let number): number
    case .instant(let nanos): Int64(exactly: nanos)
    case .bytes: nil
    }
  }

  var double: Double? {
    switch content {
    case .integer(let number): Double(number)
    case .instant(let nanos): Double(nanos)
    case .bytes: nil
    }
  }

  @inline(__always)
  func range(_ batch: inout RecordBatch) -> TextRange {
    guard case .bytes(let range) = content else { return .empty }
    return source.text(range, &batch)
  }

  var beginning: String {
    guard case .bytes(let range) = content else { return "\(integer ?? 0)" }
    return range.isEmpty ? "nothing" : String(decoding: OTLPIdentifier.hex(source.bytes(range).prefix(30)), as: UTF8.self)
  }

  // MARK: What JSON has to spell

  /// The bytes of an id, of whatever length, as lower-case hex; nil for none and for zeros.
  @inline(__always)
  func otlpIdentifier(size: Int, _ batch: inout RecordBatch) -> TextRange? {
    guard case .bytes(let range) = content else { return nil }
    let bytes = source.bytes(range)
    guard !bytes.allSatisfy({ $0 == 0 }) else { return nil }
    return batch.add(hexOf: bytes)
  }

  /// See `FieldValue.otlpInstant`.
  @inline(__always)
  var otlpInstant: (nanos: Int64?, isUnread: Bool) {
    guard case .instant(let told) = content else { return (nil, true) }
    guard told != 0 else { return (nil, false) }
    let nanos = Int64(clamping: told)
    return (Timestamp.clamped(nanos), !OTLPInstant.isLikely(nanos))
  }
}

extension RecordBatch {
  /// Adds the lower-case hex digits of bytes.
  @inline(__always)
  mutating func add(hexOf bytes: UnsafeRawBufferPointer) -> TextRange {
    guard bytes.count & 7 == 0, let base = bytes.baseAddress else {
      return OTLPIdentifier.hex(bytes).withUnsafeBytes { add(text: $0) }
    }
    return addText(count: 2 * bytes.count) { digits in
      var at = 0
      while at < bytes.count {
        scan_write_hex_8(base + at, digits.baseAddress! + 2 * at)
        at += 8
      }
    }
  }
}
