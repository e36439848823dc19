// The bytes behind a batch's ranges once more, for where every record passes: across modules the batch's own subscript is a call for each text.

import TraceRecords

extension BatchTexts {
  @inline(__always)
  func bytes(_ range: TextRange) -> UnsafeRawBufferPointer {
    let bytes = range.location & 0x8000_0000 != 0 ? source : scratch
    let start = Int(range.location & 0x7FFF_FFFF)
    precondition(start + Int(range.count) <= bytes.count, "a text of \(range.count) bytes at \(start) of \(bytes.count)")
    return UnsafeRawBufferPointer(start: bytes.baseAddress.map { $0 + start }, count: Int(range.count))
  }
}
