// What single values of OTLP mean, in every spelling, whoever read them: ids, instants.

extension FieldValue {
  // Both are requirements of `FieldValue`: what is binary has neither digits nor hex to read.

  /// An id in the one form that we keep; nil where there is none, or one of zeros.
  /// - Parameter size: its bytes in the schema.
  func otlpIdentifier(size: Int, _ batch: inout RecordBatch) -> TextRange? {
    if let number = integer { return number == 0 ? nil : batch.add(text: String(number)) }
    guard let text else { return nil }
    if OTLPIdentifier.isNormal(text) { return range(&batch) }
    guard let id = OTLPIdentifier.normalised(text, size: size) else { return nil }
    return id.withUnsafeBytes { batch.add(text: $0) }
  }

  /// An instant as a number or its digits, held within the limits: nil for 0, which means unknown, and for what is none.
  ///
  /// `isUnread` where the value is none, lies beyond the limits or before 1970, or can hardly be nanoseconds: seconds since 1970 in milliseconds or
  /// microseconds. It is taken as it stands all the same.
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
  /// 1973 in nanoseconds is a year beyond 5000 in microseconds, and 100 s in nanoseconds are 1973 in milliseconds.
  @inline(__always)
  static func isLikely(_ nanos: Int64) -> Bool {
    nanos >= 100_000_000_000_000_000 ? nanos <= Timestamp.limit : nanos >= 0 && nanos < 100_000_000_000
  }
}
