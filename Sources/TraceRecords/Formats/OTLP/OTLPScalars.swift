// The meaning of single OTLP values in every form, for all readers: ids, instants.

extension FieldValue {
  // Both are requirements of `FieldValue`: what is binary has neither digits nor hex to read.

  /// An id in the form that we store; nil if there is none, or if it is zeros.
  /// - Parameter size: its number of bytes in the schema.
  func otlpIdentifier(size: Int, _ batch: inout RecordBatch) -> TextRange? {
    if let number = integer { return number == 0 ? nil : batch.add(text: String(number)) }
    guard let text else { return nil }
    if OTLPIdentifier.isNormal(text) { return range(&batch) }
    guard let id = OTLPIdentifier.normalised(text, size: size) else { return nil }
    return id.withUnsafeBytes { batch.add(text: $0) }
  }

  /// An instant as a number or as digits, clamped to the limits; nil for 0, which means unknown, and if it is invalid.
  ///
  /// `isUnread` if the value is invalid, beyond the limits or before 1970, or is probably not in nanoseconds but in milliseconds or
  /// microseconds. Its value is still used unchanged.
  var otlpInstant: (nanos: Int64?, isUnread: Bool) {
    if isNull { return (nil, false) }
    let nanos: Int64
    if let number = integer {
      nanos = number
    } else if let text {
      if text.isEmpty { return (nil, false) }
      let digits = String(decoding: text.prefix(64), as: UTF8.self)
      if let number = UInt64(digits) {
        nanos = Int64(clamping: number)
      } else if let number = Int64(digits) {
        nanos = number
      } else if digits.utf8.count < 64, !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
        nanos = .max
      } else {
        return Timestamp.parse(text).map { ($0, false) } ?? (nil, true)
      }
    } else if let real = double {
      guard real > 0 else { return (nil, real != 0) }
      nanos = Int64(exactly: real.rounded()) ?? .max
    } else {
      return (nil, true)
    }
    if nanos == 0 { return (nil, false) }
    return (Timestamp.clamped(nanos), !OTLPInstant.isLikely(nanos))
  }
}

enum OTLPInstant {
  /// 1973 in nanoseconds is after the year 5000 in microseconds, and 100 s in nanoseconds is 1973 in milliseconds.
  @inline(__always)
  static func isLikely(_ nanos: Int64) -> Bool {
    nanos >= 100_000_000_000_000_000 ? nanos <= Timestamp.limit : nanos >= 0 && nanos < 100_000_000_000
  }
}
