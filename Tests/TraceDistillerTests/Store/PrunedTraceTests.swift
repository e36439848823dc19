// Proves that a trace that arrived pruned (by Tempo's span pruning or the Collector's processor) has groups with their reported numbers in
// every answer, and that a group is never one slow call.

import Testing
import TraceRecords

@testable import TraceDistiller

struct PrunedTraceTests {
  /// `POST /import` of 20 s: 663 rows of 28 ms to 2.9 s, with one query each and three more, one row that was kept, three that failed.
  static let trace = document([
    span("01", nil, "POST /import", 0, 20_000, kind: 2),
    span(
      "02", "01", "process row", 10, 19_988, group: (663, 21_436, 28, 2_900),
      attributes: [#"{"key":"row.number","value":{"intValue":"512"}}"#]),
    span(
      "03", "02", "SELECT ref", 11, 19_972, kind: 3, group: (666, 7_326, 11, 11),
      attributes: [#"{"key":"db.query.text","value":{"stringValue":"SELECT 1"}}"#]),
    span("04", "01", "process row", 3_010, 18_038, group: (3, 84, 28, 28), status: #"{"code":2,"message":"row rejected"}"#),
    span("05", "01", "process row", 100, 128),
  ])

  private static func document(_ spans: [String]) -> String {
    #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"importer"}}]},"scopeSpans":[{"scope":{"name":"s"},"spans":[\#(spans.joined(separator: ","))]}]}]}"#
  }

  private static func span(
    _ id: String, _ parent: String?, _ name: String, _ start: Int, _ end: Int, kind: Int = 1,
    group: (count: Int, total: Int, least: Int, most: Int)? = nil, attributes: [String] = [], status: String = "{}"
  ) -> String {
    func nanos(_ millis: Int) -> String { "\(1_767_225_600_000 + millis)000000" }
    func number(_ key: String, _ value: Int) -> String { #"{"key":"aggregation.\#(key)","value":{"intValue":"\#(value)"}}"# }
    var all = attributes
    if let group {
      all.append(#"{"key":"aggregation.is_summary","value":{"boolValue":true}}"#)
      all.append(number("span_count", group.count))
      all += [("total", group.total), ("min", group.least), ("max", group.most)].map { number("duration_\($0)_ns", $1 * 1_000_000) }
    }
    let above = parent.map { #","parentSpanId":"00000000000000\#($0)""# } ?? ""
    return
      #"{"traceId":"b12a21fe6d592a19b7de898b50eb53c4","spanId":"00000000000000\#(id)"\#(above),"name":"\#(name)","kind":\#(kind),"startTimeUnixNano":"\#(nanos(start))","endTimeUnixNano":"\#(nanos(end))","attributes":[\#(all.joined(separator: ","))],"status":\#(status)}"#
  }

  private func distilled(_ json: String = trace) throws -> DistilledTrace {
    let store = StoreHarness()
    store.feed(json: json)
    store.advance(10_000)
    return DistilledTrace(try #require(store.snapshot("latest")))
  }

  @Test func aSummaryShowsGroups() throws {
    let text = try distilled().summary().text
    for part in [
      "Pruned before it came: 1,332 spans in 3 groups, told by their sums; when each ran is not known",
      "process row ×663 (total 21.44 s, min 28.00 ms, max 2.90 s)", "SELECT ref ×666 (total 7.33 s, min 11.00 ms, max 11.00 ms)",
      "❌ process row ×3 (total 84.00 ms, min 28.00 ms, max 28.00 ms)", "row rejected ×3 in process row",
    ] { #expect(text.contains(part), "no \(part) in\n\(text)") }
    // Neither an attribute of one span for all, nor the interval from the first to the last as a duration.
    for part in ["row.number", "19.98 s", "slow"] { #expect(!text.contains(part), "\(part) in\n\(text)") }
  }

  @Test func itsTimesAreSums() throws {
    let trace = try distilled()
    func row(_ id: String) throws -> Int { try #require(trace.row(ofSpan: "00000000000000" + id)) }
    let (rows, queries) = (try row("02"), try row("03"))
    #expect(trace.selfNanos[queries] == 7_326_000_000 && trace.criticalNanos[queries] == 7_326_000_000)
    #expect(trace.node(rows).folded?.count == 663 && trace.calls(of: queries) == 666)
    let totals = trace.totals(of: try #require(trace.criticalPath))
    #expect(totals.first { $0.name == "SELECT ref" }?.spans == 666, "\(totals)")
  }

  @Test func itIsNoSlowCall() throws {
    let trace = try distilled()
    let insights = TraceAnalysis(trace).insights(below: nil)
    #expect(!insights.contains { $0.kind == .slowOutlier || $0.kind == .gap }, "\(insights)")
    var aggregate = TraceAggregate()
    aggregate.add(trace)
    let groups = aggregate.groups(limit: 10)
    let queries = try #require(groups.first { $0.name == "SELECT ref" })
    #expect(queries.calls == 666 && queries.timed == 0 && queries.slowest == nil && queries.maxNanos == 11_000_000, "\(queries)")
    let rows = try #require(groups.first { $0.name == "process row" })
    #expect(rows.calls == 667 && rows.errors == 3 && rows.p95Nanos == 28_000_000 && rows.slowest?.durationNanos == 28_000_000, "\(rows)")
    var conditions = SpanConditions()
    conditions.minMillis = 5_000
    var scan = SpanScan(conditions)
    var (next, effort, found) = (0, SearchEffort(), [String]())
    withUnsafePointer(to: trace.snapshot.storage) { storage in
      guard scan.begin(storage) else { return }
      while let row = scan.next(in: storage, from: &next, &effort) { found.append(storage.pointee.spanID(row)) }
    }
    #expect(found == ["0000000000000001"], "only the request took 5 s: \(found)")
  }

  @Test func manyCallsOfOneCallerAreFound() throws {
    let json = Self.document([
      Self.span("01", nil, "GET /cart", 0, 1_000, kind: 2),
      Self.span("02", "01", "SELECT item", 1, 990, kind: 3, group: (400, 900, 1, 9)),
    ])
    let insights = TraceAnalysis(try distilled(json)).insights(below: nil)
    #expect(insights.first?.kind == .repeatedCall && insights.first?.count == 400, "\(insights)")
  }

  @Test func anExportReadBackIsTheSame() throws {
    let trace = try distilled()
    let text = exported(trace, .otlp)
    #expect(text.contains("1767225619988000000") && !text.contains("folded_spans"), "\(text)")
    let again = try #require(imported(text))
    #expect(summaryText(again) == summaryText(trace))
    #expect(exported(trace, .chrome).contains("process row ×663"))
  }

  /// Any order, other formats, and similar spans that are not groups.
  @Test func howItIsKnown() throws {
    func group(_ json: String...) throws -> FoldedSpans? {
      let store = StoreHarness()
      for line in json { store.feed(json: line) }
      let trace = DistilledTrace(try #require(store.snapshot("latest")))
      return trace.node(0).folded
    }
    let texts =
      #"{"key":"aggregation.is_summary","value":"true"},{"key":"aggregation.span_count","value":"7"},{"key":"aggregation.duration_total_ns","value":"50"}"#
    let jaeger = #"{"traceID":"a","spanID":"b","operationName":"o","startTime":1767225600000000,"duration":5,"tags":[\#(texts)]}"#
    #expect(try group(jaeger)?.count == 7, "texts, as Jaeger's tags are")
    let without = jaeger.replacing("span_count", with: "spans")
    #expect(try group(without) == nil, "without a count it is what it looks like")
    #expect(try group(jaeger.replacing(#""value":"true""#, with: #""value":"false""#)) == nil)
  }
}
