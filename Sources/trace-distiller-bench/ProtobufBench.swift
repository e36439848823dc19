// What a span of binary OTLP costs from memory, beside the same spans as lines of OTLP/JSON in the same run. `scripts/bench protobuf` adds what PyPI's
// opentelemetry-proto needs for the same bytes.

import Platform
import TraceDistiller
import TraceRecords

enum ProtobufBench {
  private static let spans = 100_000

  static func run() {
    print("protobuf: \(spans) spans with 3 attributes, in traces of 1,000, from memory")
    let lines = OTLPWorkload.lines(spans: spans, perTrace: 1_000, perLine: 50)
    let requests = ProtobufWorkload.requests(spans: spans, perTrace: 1_000, perRequest: 512)
    print("  \(lines.count / spans) bytes a span as JSON, \(requests.reduce(0) { $0 + $1.count } / spans) as protobuf")
    let jsonReader = best { fromLines(lines) { _, _ in } }
    let jsonStore = best {
      let store = SharedTraceStore()
      return fromLines(lines) { store.apply($0, $1, source: SourceID(0), now: 0) }
    }
    let reader = best { fromRequests(requests) { _, _ in } }
    let intoStore = best {
      let store = SharedTraceStore()
      return fromRequests(requests) { store.apply($0, $1, source: SourceID(0), now: 0) }
    }
    row("OTLP/JSON, decoder alone", jsonReader)
    row("OTLP/JSON, decoder and store", jsonStore)
    row("protobuf, reader alone", reader, "\(Bench.rounded(jsonReader / reader, 2)) × JSON's decoder")
    row("protobuf, reader and store", intoStore, "\(Bench.rounded(jsonStore / intoStore, 2)) × JSON's (goal from a socket: 0.6)")
  }

  /// One request of all spans, for another reader.
  static func write(to path: String) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    for request in ProtobufWorkload.requests(spans: spans, perTrace: 1_000, perRequest: 512) {
      var done = 0
      while done < request.count { done += request.withUnsafeBytes { Platform.write(file, $0.baseAddress! + done, request.count - done) } }
    }
    close(file)
  }

  private static func row(_ name: String, _ seconds: Double, _ comparison: String = "") {
    Bench.report(
      "  " + name, "\(Bench.thousands(Double(spans) / seconds)), \(Bench.rounded(seconds / Double(spans) * 1e6, 3)) µs each", comparison)
  }

  /// Whatever else runs here only ever adds.
  private static func best(_ body: () -> Double) -> Double { (0..<5).reduce(Double.infinity) { best, _ in min(best, body()) } }

  private static func fromLines(_ lines: [UInt8], _ sink: (RecordBatch, BatchTexts) -> Void) -> Double {
    var stream = RecordStream()
    return Bench.seconds { IngestBench.feed(lines, to: &stream, sink) }
  }

  private static func fromRequests(_ requests: [[UInt8]], _ sink: (RecordBatch, BatchTexts) -> Void) -> Double {
    var reader = OTLPProtobuf()
    var accepted: UInt64 = 0
    let seconds = Bench.seconds {
      for request in requests { accepted += request.withUnsafeBytes { reader.decode($0, .traces, sink: sink) }.accepted }
    }
    precondition(accepted == UInt64(spans))
    return seconds
  }
}

/// The spans of `OTLPWorkload` as SDKs send them: requests of so many.
enum ProtobufWorkload {
  static func requests(spans: Int, perTrace: Int, perRequest: Int) -> [[UInt8]] {
    stride(from: 0, to: spans, by: perRequest).map { first in
      var list = field(1, field(1, Array("shop.orders".utf8)))
      for index in first..<min(spans, first + perRequest) {
        list += field(2, span(trace: index / perTrace, index: index % perTrace, startNanos: 1_795_462_602_000_000_000 + index * 1_000))
      }
      return field(1, field(1, field(1, attribute("service.name", text("shop")))) + field(2, list))
    }
  }

  private static let names = ["handle_request", "fetch_quote", "db_write", "decode", "symbol_loop"]

  private static func span(trace: Int, index: Int, startNanos: Int) -> [UInt8] {
    var span = field(1, big(UInt64(trace) &* 0x9E37_79B9_7F4A_7C15) + big(UInt64(trace + 0xABCD))) + field(2, big(UInt64(index + 1)))
    if index > 0 { span += field(4, big(UInt64((index - 1) / 8 + 1))) }
    span += field(5, Array(names[index % 5].utf8)) + [0x30, 1]
    span += fixed(7, UInt64(startNanos)) + fixed(8, UInt64(startNanos + 900_000))
    span += field(9, attribute("symbol", text("BTCUSDT"))) + field(9, attribute("attempt", [0x18, UInt8(index % 3)]))
    span += field(9, attribute("table", text("kline_1m"))) + [0x7A, 0, 0x85, 1, 0, 1, 0, 0]
    return span
  }

  private static func text(_ text: String) -> [UInt8] { field(1, Array(text.utf8)) }
  private static func attribute(_ key: String, _ value: [UInt8]) -> [UInt8] { field(1, Array(key.utf8)) + field(2, value) }
  private static func big(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * UInt64($0))) } }

  private static func fixed(_ number: UInt8, _ value: UInt64) -> [UInt8] {
    [number << 3 | 1] + (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
  }

  private static func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
    var bytes = [number << 3 | 2]
    var rest = content.count
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)] + content
  }
}
