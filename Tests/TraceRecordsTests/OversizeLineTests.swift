// Proves that a line over the limit is skipped and counted, whole or in chunks, and that memory stays near the limit meanwhile.

import Testing

@testable import TraceRecords

@Suite struct OversizeLineTests {
  /// A line of exactly the bound whose end has not come is held, one of a byte more is skipped.
  @Test func aLineOfExactlyTheBound() {
    let bound = 2 << 20
    for (count, records) in [(bound, 1), (bound + 1, 0)] {
      let (head, tail) = (#"{"log_type":"module","message":""#, #""}"#)
      let line = head + String(repeating: "x", count: count - head.utf8.count - tail.utf8.count) + tail
      let got = read(Array((line + "\n").utf8), cuts: [count], as: RecordStream(maxLineBytes: bound), describing: false)
      #expect(got.lineRecords == records && got.statistics.oversizeLines == UInt64(1 - records), "\(count): \(got.counters)")
    }
  }

  @Test func overLongLinesAreSkippedAndCounted() {
    let long = module(String(repeating: "x", count: 200))
    let rows = [
      ([module("a"), long, module("b")], "lines=3 records=2 oversizeLines=1 oversizeBytes=234", ["2@36"]),
      ([long, long, module("a")], "lines=3 records=1 oversizeLines=2 oversizeBytes=468", ["1@0", "2@235"]),
      // Without a newline at the end it is still a line.
      ([module("a"), long], "lines=2 records=1 oversizeLines=1 oversizeBytes=234", ["2@36"]),
      ([module("a"), long, ""], "lines=2 records=1 oversizeLines=1 oversizeBytes=234", ["2@36"]),
      // The position of what follows is correct.
      ([long, #"{"broken"#], "lines=2 tornLines=1 oversizeLines=1 oversizeBytes=234", ["1@0", "2@235"]),
    ]
    for (parts, counters, places) in rows {
      let bytes = Array(parts.joined(separator: "\n").utf8)
      let expected = "bytes=\(bytes.count) \(counters)"
      for cuts in [[], Array(0..<bytes.count), Array(stride(from: 0, to: bytes.count, by: 50))] {
        let got = read(bytes, cuts: cuts, maxLineBytes: 100)
        #expect(got.counters == expected, "\(parts.map(\.count)), \(cuts.count) cuts\n  expected \(expected)\n  got      \(got.counters)")
        #expect(got.problems.map { "\($0.line)@\($0.byteOffset)" } == places, "\(parts.map(\.count)), \(cuts.count) cuts: \(got.problems)")
      }
    }
  }

  @Test func theLimitItselfIsAllowed() {
    for extra in [-1, 0, 1] {
      let line = Array((module("a") + "\n").utf8)
      let limit = line.count - 1 - extra
      for cuts in [[], Array(0..<line.count)] {
        let got = read(line, cuts: cuts, maxLineBytes: limit)
        #expect(got.statistics.records == (extra > 0 ? 0 : 1), "a line of \(line.count - 1) bytes, limit \(limit): \(got.counters)")
      }
    }
  }

  @Test func aLineOf100MegabytesIsSkippedInBoundedMemory() {
    var stream = RecordStream()
    var records: [String] = []
    func feed(_ bytes: [UInt8]) { bytes.withUnsafeBytes { stream.feed($0) { records += describe($0, $1) } } }
    let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    var most = 0
    feed(Array((module("before") + "\n" + #"{"log_type":"module","message":""#).utf8))
    for _ in 0..<100 {
      feed(chunk)
      most = max(most, bufferCapacity(of: stream))
    }
    feed(Array(("\"}\n" + module("after") + "\n").utf8))
    #expect(records == [#"moduleLog says "before""#, #"moduleLog says "after""#])
    #expect(stream.statistics.oversizeLines == 1)
    #expect(stream.statistics.oversizeBytes == 34 + 100 << 20)
    // An array doubles: at most twice the limit and a chunk.
    #expect(most <= 2 * (RecordStream.defaultMaxLineBytes + chunk.count), "\(most) bytes held")
    #expect(bufferCapacity(of: stream) < 4 << 20, "\(bufferCapacity(of: stream)) bytes held after the line")
  }

  @Test func theMemoryOfOneLongLineIsGivenBack() {
    var stream = RecordStream()
    let line = Array((module(String(repeating: "x", count: 8 << 20)) + "\n").utf8)
    for start in stride(from: 0, to: line.count, by: 1 << 16) {
      line.withUnsafeBytes { stream.feed(UnsafeRawBufferPointer(rebasing: $0[start..<min(line.count, start + 1 << 16)])) { _, _ in } }
    }
    #expect(stream.statistics.records == 1)
    #expect(bufferCapacity(of: stream) < 4 << 20, "\(bufferCapacity(of: stream)) bytes held")
  }

  /// The memory that the stream holds for an unfinished line: a private property, read through a Mirror.
  private func bufferCapacity(of stream: RecordStream) -> Int {
    (Mirror(reflecting: stream).children.first { $0.label == "buffer" }?.value as? [UInt8])?.capacity ?? .max
  }
}
