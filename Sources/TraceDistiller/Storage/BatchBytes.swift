// What every record asks of its batch, once more: across modules the originals are calls, whatever their attributes say.

import TraceRecords

extension BatchTexts {
  @inline(__always)
  func bytes(_ range: TextRange) -> UnsafeRawBufferPointer {
    let bytes = range.location & 0x8000_0000 != 0 ? source : scratch
    let start = Int(range.location & 0x7FFF_FFFF)
    precondition(start &+ Int(range.count) <= bytes.count, "a text of \(range.count) bytes at \(start) of \(bytes.count)")
    return UnsafeRawBufferPointer(start: bytes.baseAddress.map { $0 + start }, count: Int(range.count))
  }
}

extension Record {
  /// The same as `unknown`.
  @inline(__always) static var unset: Int64 { Int64.min }

  /// The same as `Timestamp.clamped`.
  @inline(__always) static func clamped(_ nanos: Int64) -> Int64 {
    let limit: Int64 = 1 << 62 - 1
    return nanos == unset ? nanos : min(limit, max(-limit, nanos))
  }
}

extension TextRange {
  /// The same as `isEmpty`.
  @inline(__always) var isNone: Bool { count == 0 }
}
