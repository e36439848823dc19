// Proves that OTLP that was exported and read back is the same trace: its summary is equal byte for byte, and a second export is equal too.

import JSON
import Testing
import TraceRecords

@testable import TraceDistiller

struct RoundTripTests {
  private func check(_ trace: DistilledTrace, _ what: String, at location: SourceLocation = #_sourceLocation) throws {
    let text = exported(trace, .otlp)
    let again = try #require(imported(text), "\(what): nothing came back from \(text.prefix(300))", sourceLocation: location)
    let (one, two) = (summaryText(trace), summaryText(again))
    #expect(one == two, "\(what)\n--- before\n\(one)\n--- after\n\(two)\n--- as\n\(text.prefix(3_000))", sourceLocation: location)
    #expect(exported(again, .otlp) == text, "\(what): exported again it differs", sourceLocation: location)
    for format in [ExportFormat.chrome, .speedscope, .folded] {
      #expect(exported(again, format) == exported(trace, format), "\(what): as \(format.rawValue) it differs", sourceLocation: location)
    }
  }

  @Test(arguments: 1...120) func randomTraces(_ seed: Int) throws {
    try check(TraceSketch(random: UInt64(seed)).distilled(), "random \(seed)")
  }

  @Test(arguments: 1...80) func hostileTraces(_ seed: Int) throws {
    try check(TraceSketch(hostile: UInt64(seed)).distilled(), "hostile \(seed)")
  }

  /// Everything that native records can contain, and every diagnostic about them.
  @Test func nativeRecords() throws {
    func line(_ second: String, _ fields: String, level: String = "INFO", message: String = "", target: String = "app") -> String {
      "{\"timestamp\":\"2026-11-23T10:00:\(second)Z\",\"level\":\"\(level)\",\"target\":\"\(target)\",\"log_type\":\"trace\",\"message\":\"\(message)\",\"fields\":{\"trace_id\":\"trace_1\",\(fields)}}"
    }
    let lines = [
      line(
        "00.000",
        "\"event_type\":\"span_start\",\"span_id\":\"span_1\",\"parent_id\":null,\"span_name\":\"main\",\"service\":\"shop\",\"run\":\"r-1\""
      ),
      line(
        "00.001",
        "\"event_type\":\"span_start\",\"span_id\":\"1\",\"parent_id\":\"span_1\",\"span_name\":\"same number\",\"run\":\"r-1\",\"attributes\":{\"a\":[1,2.5,null,{\"k\":\"v\"}],\"o\":{},\"n\":null,\"big\":18446744073709551615,\"otel.kind\":\"x\"}"
      ),
      line("00.001", "\"event_type\":\"span_start\",\"span_id\":\"1\",\"parent_id\":\"span_1\",\"span_name\":\"twice\",\"run\":\"r-1\""),
      line(
        "00.002", "\"event_type\":\"log\",\"span_id\":\"1\",\"run\":\"r-1\",\"level\":\"mine\",\"target\":\"too\"", level: "ERROR",
        message: "boom"),
      line(
        "00.003", "\"event_type\":\"log\",\"span_id\":\"1\",\"run\":\"r-1\",\"exception.type\":\"E\"", level: "WARN", message: "exception",
        target: ""),
      line(
        "00.003", "\"event_type\":\"log\",\"span_id\":\"1\",\"run\":\"r-1\",\"exception.type\":\"E\",\"exception.message\":\"m\"",
        message: "E: m"),
      line(
        "00.900",
        "\"event_type\":\"span_end\",\"span_id\":\"1\",\"run\":\"r-1\",\"duration_ms\":5,\"status\":\"ok\",\"links\":[{\"trace_id\":\"trace_9\",\"span_id\":\"span_9\",\"attributes\":{\"w\":1}}]"
      ),
      line("00.010", "\"event_type\":\"span_end\",\"span_id\":\"2\",\"run\":\"r-1\",\"duration_ms\":-5,\"span_name\":\"only its end\""),
      line(
        "00.010",
        "\"event_type\":\"span_start\",\"span_id\":\"3\",\"parent_id\":\"3\",\"run\":\"r-1\",\"span_name\":\"own parent\",\"links\":[{\"odd\":1}]"
      ),
      line(
        "00.011",
        "\"event_type\":\"span_start\",\"span_id\":\"00000000000000AB\",\"parent_id\":\"gone\",\"run\":\"r-1\",\"span_name\":\"orphan\",\"kind\":\"consumer\",\"trace_distiller.span_id\":\"mine\""
      ),
      line("00.012", "\"event_type\":\"log\",\"span_id\":\"never\",\"run\":\"r-1\"", level: "ERROR", message: "from nowhere"),
      line(
        "00.950",
        "\"event_type\":\"span_end\",\"span_id\":\"span_1\",\"run\":\"r-1\",\"duration_ms\":950,\"status\":\"error\",\"status_message\":\"late\""
      ),
      line("00.951", "\"event_type\":\"span_end\",\"span_id\":\"span_1\",\"run\":\"r-1\",\"duration_ms\":950"),
    ]
    let trace = try #require(imported(lines.joined(separator: "\n")))
    #expect(summaryText(trace).contains("durationMismatch ×1"))
    try check(trace, "native")
    let again = try #require(imported(exported(trace, .otlp)))
    #expect(again.snapshot.run == "r-1" && again.snapshot.traceID == "trace_1")
    for row in 0..<trace.tree.count where trace.tree.isIncluded[row] {
      let id = trace.node(row).spanID
      let (before, after) = (trace.node(row), again.node(try #require(again.row(ofSpan: id))))
      #expect(before.attributes == after.attributes && before.linksJSON == after.linksJSON && before.target == after.target, "\(id)")
      #expect(before.events().map { "\($0)" } == after.events().map { "\($0)" }, "\(id)")
    }
  }

  /// A value that the store cut is not cut again.
  @Test func longValues() throws {
    var sketch = TraceSketch()
    let long = String(repeating: "é0123456789", count: 9_000)
    sketch.spans = [SketchSpan(id: "a", name: "root", start: 0, end: 10)]
    sketch.spans[0].attributes = [("long", .text(long)), ("json", .json("[\"\(long)\"]"))]
    sketch.logs = [SketchLog(span: "a", level: .error, message: long, time: 3)]
    try check(sketch.distilled(), "long values")
  }

  @Test func instantsBefore1970() throws {
    var sketch = TraceSketch()
    sketch.origin = -20
    sketch.spans = [
      SketchSpan(id: "a", name: "root", start: 0, end: 100), SketchSpan(id: "b", parent: "a", name: "at zero", start: 20, end: 30),
      SketchSpan(id: "c", parent: "a", name: "to zero", start: 3, end: 20),
    ]
    sketch.logs = [SketchLog(span: "b", level: .warn, message: "then", time: 20)]
    try check(sketch.distilled(), "before 1970")
  }

  /// The trace is the same in any order of its records.
  @Test func orderOfRecords() {
    let sketch = TraceSketch(random: 7)
    var random = SplitMix64(seed: 1)
    for format in ExportFormat.allCases {
      let expected = exported(sketch.distilled(), format)
      for _ in 0..<20 { #expect(exported(sketch.distilled { $0.shuffle(using: &random) }, format) == expected) }
    }
  }
}
