// Proves that an element which is both broken and too long is skipped, and that looking for its end survives what looks like the next one. Found by
// scripts/fuzz: the index behind the last byte of an element's beginning ended the process.

import Testing

@testable import TraceRecords

struct LongBrokenElementTests {
  private static let padding = String(repeating: "n", count: 2_100)
  static let documents = [
    #"[{"name": "a"b": "x", "k": {"z": "\#(padding)", {"name": "b"}, {"name": "c"}}]"#,
    #"[{"name": "a{"b": "x", "k": "\#(padding)",{"name": "b"},{"name": "c"}]"#,
    #"[{"name": "a{"b": "x"\#(String(repeating: "\n", count: 2_100)),{"name": "b"},{"name": "c"}]"#,
  ]

  @Test(arguments: documents.indices) func isSkippedAndCounted(_ index: Int) {
    let bytes = Array(Self.documents[index].utf8)
    let whole = read(bytes, as: RecordStream(maxLineBytes: 2_000), describing: true)
    #expect(whole.statistics.bytes == UInt64(bytes.count) && whole.statistics.lost > 0, "\(whole.counters)")
    for cut in [1, 10, 1_000, 2_000, bytes.count - 5] {
      var stream = RecordStream(maxLineBytes: 2_000)
      for part in [bytes[..<cut], bytes[cut...]] { Array(part).withUnsafeBytes { stream.feed($0) { _, _ in } } }
      stream.finish { _, _ in }
      #expect(stream.statistics.bytes == UInt64(bytes.count) && stream.statistics.lost > 0, "cut at \(cut): \(stream.statistics.counters)")
    }
  }
}
