// Proves the guarantees of each format: pages stay within the bound and join to the whole, tracks nest, brackets match, weights add up,
// deep chains work. scripts/check-exports reads the same formats with independent readers.

import JSON
import Testing
import TraceRecords

@testable import TraceDistiller

struct ExportFormatTests {
  @Test(arguments: 1...20) func pagesOfRandomTraces(_ seed: Int) throws {
    let trace = (seed % 2 == 0 ? TraceSketch(hostile: UInt64(seed)) : TraceSketch(random: UInt64(seed))).distilled()
    for bound in [300, 2_000, 20_000] {
      // Stacks are lines, and the lines of all pages together are all lines.
      for weight in ExportWeight.allCases {
        #expect(pages(trace, .folded, weight, maxChars: bound).joined() == exported(trace, .folded, weight))
      }
      let spans = pages(trace, .otlp, maxChars: bound).joined()
      #expect(try spanIDs(spans) == spanIDs(exported(trace, .otlp)), "the spans of all pages under \(bound)")
      let events = try pages(trace, .chrome, maxChars: bound).map { try chromeSpans($0) }
      #expect(events.flatMap { $0 } == (try chromeSpans(exported(trace, .chrome))), "the events of all pages under \(bound)")
      for page in pages(trace, .speedscope, maxChars: bound) { try checkBrackets(page) }
    }
  }

  private func spanIDs(_ lines: String) throws -> [String] {
    try lines.split(separator: "\n").flatMap { line in
      (try JSONValue(parsing: String(line))["resourceSpans"]?.array ?? []).flatMap { $0["scopeSpans"]?[0]?["spans"]?.array ?? [] }
    }.compactMap { $0["spanId"]?.string }.sorted()
  }

  private func chromeSpans(_ text: String) throws -> [JSONValue] {
    (try JSONValue(parsing: text)["traceEvents"]?.array ?? []).filter { $0["ph"] == "X" }
  }

  /// Frames open and close like brackets, and never go back in time.
  private func checkBrackets(_ text: String) throws {
    let document = try JSONValue(parsing: text)
    for profile in document["profiles"]?.array ?? [] {
      var open: [JSONValue] = []
      var at: Int64 = 0
      for event in profile["events"]?.array ?? [] {
        let time = try #require(event["at"]?.integer)
        #expect(time >= at)
        at = time
        if event["type"] == "O" { open.append(event["frame"] ?? .null) } else { #expect(open.popLast() == event["frame"]) }
      }
      #expect(open.isEmpty)
    }
  }

  @Test(arguments: 1...100) func tracksNest(_ seed: Int) {
    var profile = TraceSketch.Profile()
    profile.span = seed % 3 == 0 ? 8 : 100
    let trace = TraceSketch(random: UInt64(seed), profile).distilled()
    for byService in [true, false] {
      let lanes = ExportLanes(trace, order: ExportOrder(trace), byService: byService)
      let rows = ExportOrder(trace).rows.map(Int.init)
      for row in rows {
        #expect(lanes.lane[row] >= 0)
        for other in rows where lanes.lane[other] == lanes.lane[row] && lanes.position[other] < lanes.position[row] {
          let isInside = trace.tree.start[row] >= trace.tree.start[other] && trace.tree.end[row] <= trace.tree.end[other]
          #expect(isInside || trace.tree.end[other] <= trace.tree.start[row], "seed \(seed): \(row) crosses \(other)")
        }
      }
    }
  }

  @Test(arguments: 1...100) func weightsAddUp(_ seed: Int) throws {
    let trace = TraceSketch(hostile: UInt64(seed)).distilled()
    let rows = ExportOrder(trace).rows.map(Int.init)
    for (weight, expected) in [
      (ExportWeight.selfTime, rows.reduce(0) { $0 + trace.selfNanos[$1] }), (.critical, trace.primaryRoot?.durationNanos ?? 0),
      (.count, Int64(rows.count)),
    ] {
      let lines = foldedLines(exported(trace, .folded, weight))
      #expect(!lines.contains { $0 == nil }, "seed \(seed): a line that is none")
      #expect(lines.reduce(0) { $0 + ($1?.weight ?? 0) } == expected, "seed \(seed): \(weight)")
    }
  }

  @Test(arguments: [
    ("plain", "plain"), ("a;b", "a\\u{3b}b"), ("a\nb", "a\\nb"), ("step 12", "step_12"), ("step 1.5", "step_1.5"), ("v 2 x", "v 2 x"),
    ("end ", "end_"), ("", "(unnamed)"), ("\u{1B}[31m\0", "\\u{1b}[31m\\u{0}"), ("12", "12"), ("\u{202E}", "\\u{202e}"), ("查询", "查询"),
  ]) func frameNames(_ name: String, _ expected: String) { #expect(FoldedExport.frame(name) == expected) }

  /// Two concurrent spans need two tracks; the next span takes the first free one.
  @Test func concurrentSiblings() throws {
    var sketch = TraceSketch()
    sketch.spans = [
      SketchSpan(id: "r", name: "root", start: 0, end: 100), SketchSpan(id: "a", parent: "r", name: "a", start: 10, end: 50),
      SketchSpan(id: "b", parent: "r", name: "b", start: 20, end: 60), SketchSpan(id: "c", parent: "r", name: "c", start: 60, end: 90),
      SketchSpan(id: "d", parent: "b", name: "d", start: 20, end: 30), SketchSpan(id: "e", parent: "r", name: "e", start: 95, end: 120),
    ]
    let tracks = try chromeSpans(exported(sketch.distilled(), .chrome)).map { "\($0["name"]!.string!)\($0["tid"]!.integer!)" }
    #expect(tracks.sorted() == ["a1", "b2", "c1", "d2", "e2", "root1"])
  }

  /// A long chain, and as many concurrent siblings: no recursion, no quadratic time. A million of each would take minutes without
  /// optimisation.
  @Test(arguments: [true, false]) func manySpans(_ isChain: Bool) throws {
    let count = 50_000
    var store = TraceDistillerStore()
    var batch = RecordBatch()
    let name = batch.add(text: "op")
    let traceID = batch.add(text: "4bf92f3577b34da6a3ce929d0e0e4736")
    var ids: [TextRange] = []
    for index in 0..<count {
      ids.append(batch.add(text: String(0x1000_0000_0000_0000 + index, radix: 16)))
      var record = Record(.span, format: .openTelemetry)
      (record.traceID, record.spanID, record.name) = (traceID, ids[index], name)
      record.parent = index == 0 ? .root : .span
      if index > 0 { record.parentID = ids[isChain ? index - 1 : 0] }
      record.startNanos = TraceSketch.origin + Int64(index)
      record.durationNanos = isChain ? Int64(count - index) * 2 : index == 0 ? Int64(count) * 4 : Int64(count)
      batch.add(record)
    }
    batch.withTexts(source: UnsafeRawBufferPointer(start: nil, count: 0)) { store.apply(batch, $0, source: SourceID(1), now: 0) }
    let trace = DistilledTrace(try #require(store.snapshot(slot: 0, now: 0)))
    #expect(trace.tree.count == count)
    for format in ExportFormat.allCases {
      let page = TraceExport(trace, format: format).page(maxChars: 1_000_000)
      #expect(!page.text.isEmpty && jsonLength(page.text) <= 1_000_000)
    }
    let lines = foldedLines(exported(trace, .folded, .count))
    #expect(lines.reduce(0) { $0 + ($1?.weight ?? 0) } == Int64(count))
    #expect(lines.compactMap { $0?.stack.count }.max() == (isChain ? FoldedExport.maxFrames + 1 : 2))
  }

  @Test func onlyLogsSpoke() throws {
    var sketch = TraceSketch()
    sketch.logs = [SketchLog(span: "gone", level: .error, message: "boom", time: 5)]
    let trace = sketch.distilled()
    #expect(exported(trace, .otlp).hasPrefix("{\"resourceLogs\":["))
    #expect(try JSONValue(parsing: exported(trace, .chrome))["traceEvents"]?[0]?["name"] == "boom")
    #expect(exported(trace, .folded) == "")
    #expect(try JSONValue(parsing: exported(trace, .speedscope))["profiles"] == [])
  }
}
