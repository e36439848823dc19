// Measures the store alone: the cost of a record, and the memory of a span. Records are prepared in batches beforehand, so that no decoder
// is included.

import Platform
import TraceContextServer
import TraceDistiller
import TraceRecords

enum StoreBench {
  private static let spans = 1_000_000
  private static let spansPerBatch = 512

  static func run() {
    print("store: \(spans) spans with 3 attributes, a start and an end each, applied in batches of \(2 * spansPerBatch) records")
    fflush(nil)
    // Each in a process of its own: memory freed by one round would hide what the next one needs.
    for perTrace in [10, 1_000, spans] { Bench.wait(Bench.spawn([CommandLine.arguments[0], "store-of", String(perTrace)])) }
  }

  static func measure(perTrace: Int) {
    var limits = StoreLimits()
    limits.maxTraces = 0
    limits.maxBytes = 4 << 30
    var records = PreparedRecords(perTrace: perTrace)
    // Fill the batch once, so that its own memory is not counted as the store's.
    records.prepare(spansPerBatch, from: 0)
    let store = SharedTraceStore(limits: limits)
    let before = ProcessMemory.residentBytes() ?? 0
    var seconds = 0.0
    var first = 0
    while first < spans {
      records.prepare(min(spansPerBatch, spans - first), from: first)
      records.withTexts { batch, texts in
        seconds += Bench.seconds { store.apply(batch, texts, source: SourceID(0), now: 0) }
      }
      first += spansPerBatch
    }
    seconds += Bench.seconds { store.withLock { $0.finishInput(now: 0) } }
    let resident = Double((ProcessMemory.residentBytes() ?? 0) - before)
    let account = store.withLock { $0.allocatedBytes }
    let attributes = attributeBytes(store)
    let each = { (bytes: Double) in Bench.rounded(bytes / Double(spans), 1) }
    Bench.report(
      "traces of \(perTrace)", "\(Bench.rounded(seconds * 1e9 / Double(2 * spans), 0)) ns a record",
      "a span: account \(each(Double(account))), resident \(each(resident)), of these attributes \(each(Double(attributes))) bytes")
  }
}

extension StoreBench {
  /// The size of the attribute blocks: keys by number, types, values.
  fileprivate static func attributeBytes(_ store: SharedTraceStore) -> Int {
    var sum = 0
    for line in store.withLock({ $0.overviews(now: 0) }) {
      guard let storage = store.withLock({ $0.snapshot(of: line, now: 0) })?.storage else { continue }
      storage.spans.visitAll { _, span in
        if span.attributes != SpanRow.none { sum += storage.arena.withBytes(TextReference(rawValue: span.attributes)) { $0.count } }
      }
    }
    return sum
  }
}

/// A batch of starts and ends. Each end follows its start, except those of the roots, which come last. Ids are spread over all 64 bits,
/// like random ids.
private struct PreparedRecords {
  let perTrace: Int
  private var batch = RecordBatch()
  private static let names = ["handle_request", "fetch_quote", "db_write", "decode", "symbol_loop"]

  init(perTrace: Int) { self.perTrace = perTrace }

  func withTexts(_ body: (RecordBatch, BatchTexts) -> Void) {
    batch.withTexts(source: UnsafeRawBufferPointer(start: nil, count: 0)) { body(batch, $0) }
  }

  mutating func prepare(_ count: Int, from first: Int) {
    batch.removeAll()
    for span in first..<first + count {
      let place = span % perTrace
      add(.spanStart, span, place)
      if place > 0 { add(.spanEnd, span, place) }
      if place == perTrace - 1 { add(.spanEnd, span - place, 0) }
    }
  }

  private mutating func add(_ kind: RecordKind, _ span: Int, _ place: Int) {
    var record = Record(kind, format: .native)
    let trace = UInt64(span / perTrace)
    record.traceID = batch.add(text: hex(trace &* 0x9E37_79B9_7F4A_7C15) + hex(trace &+ 0xABCD))
    record.spanID = batch.add(text: hex(UInt64(span) &* 0xD1B5_4A32_D192_ED03))
    record.name = batch.add(text: Self.names[place % 5])
    record.target = batch.add(text: "shop::orders")
    let clock = 1_800_000_000_000_000_000 + Int64(span) * 1_000
    if kind == .spanStart {
      (record.timeNanos, record.startNanos) = (clock, clock)
      record.parent = place == 0 ? .root : .span
      if place > 0 { record.parentID = batch.add(text: hex(UInt64(span - place + (place - 1) / 8) &* 0xD1B5_4A32_D192_ED03)) }
      record.attributeStart = UInt32(batch.attributes.count)
      record.attributeCount = 3
      batch.add(attribute: "symbol", .string(batch.add(text: "BTCUSDT")))
      batch.add(attribute: "attempt", .integer(Int64(place % 3)))
      batch.add(attribute: "table", .string(batch.add(text: "kline_1m")))
    } else {
      record.durationNanos = place == 0 ? Int64(perTrace) * 2_000_000 : 900_000 + Int64(span % 997)
      record.timeNanos = clock - (place == 0 ? Int64(perTrace - 1) * 1_000 : 0) + record.durationNanos
    }
    batch.add(record)
  }

  private func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
