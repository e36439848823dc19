// libFuzzer's entry to the foreign formats: any bytes, as consecutive values and as a file in two chunks, must give the same result with
// the value scanner as with jansson. Built by `scripts/fuzz`, with the comparison of the tests.

@testable import TraceRecords

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  // Created anew: its memory then has exactly the size that the first value needs, and a sanitizer detects one byte more.
  var agreement = ValueAgreement()
  for value in bytes.split(separator: 0x0A) where !hasLongFraction(value) {
    if let what = agreement.difference(Array(value)) { fatalError(what) }
  }
  if let what = agreement.finish() { fatalError(what) }
  read(bytes, by: RecordStream(maxLineBytes: 2_000))
  return 0
}

/// Times such as `1732107143473442.569` are read exactly by the scanner alone: jansson gives the nearest Double.
private func hasLongFraction(_ value: ArraySlice<UInt8>) -> Bool {
  var (digits, hasPoint) = (0, false)
  for byte in value {
    if byte &- 0x30 < 10 {
      digits += 1
      if digits > 15, hasPoint { return true }
    } else if byte == UInt8(ascii: "."), !hasPoint {
      hasPoint = true
    } else {
      (digits, hasPoint) = (0, false)
    }
  }
  return false
}

/// Each chunk is in memory of exactly its size.
private func read(_ bytes: [UInt8], by stream: RecordStream) {
  var stream = stream
  let cut = bytes.count * Int(bytes.first ?? 0) / 255
  for part in [bytes[..<cut], bytes[cut...]] {
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: part.count, alignment: 1)
    defer { chunk.deallocate() }
    chunk.copyBytes(from: part)
    stream.feed(UnsafeRawBufferPointer(chunk)) { _, _ in }
  }
  stream.finish { _, _ in }
  precondition(stream.statistics.bytes == UInt64(bytes.count), "\(stream.statistics.bytes) of \(bytes.count) bytes were counted")
}
