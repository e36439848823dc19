// Traces of hundreds of thousands of spans, deep and wide, give a bounded summary that describes the whole and names failures deep inside.

import Testing

@testable import TraceDistiller

@Suite struct LargeSummaryTests {
  /// Nested spans, each a nanosecond shorter on both sides.
  private func chain(_ count: Int, failing: Set<Int> = []) -> TraceSketch {
    var sketch = TraceSketch()
    sketch.spans.reserveCapacity(count)
    for index in 0..<count {
      var span = SketchSpan(
        id: "s\(index)", parent: index == 0 ? nil : "s\(index - 1)", name: "level", start: Int64(index),
        end: Int64(2 * count + 1_000_000 - index))
      if failing.contains(index) {
        span.name = "broken\(index)"
        span.isFailed = true
        span.statusMessage = "no luck at \(index)"
      }
      sketch.spans.append(span)
    }
    return sketch
  }

  /// A root with that many consecutive calls.
  private func fan(_ count: Int, failing: Set<Int> = []) -> TraceSketch {
    var sketch = TraceSketch()
    sketch.spans = [SketchSpan(id: "root", parent: nil, name: "root", start: 0, end: Int64(count) * 10)]
    sketch.spans.reserveCapacity(count + 1)
    for index in 0..<count {
      var span = SketchSpan(id: "s\(index)", parent: "root", name: "call", start: Int64(index) * 10, end: Int64(index) * 10 + 5)
      if failing.contains(index) {
        span.isFailed = true
        span.statusMessage = "no luck at \(index)"
      }
      sketch.spans.append(span)
    }
    return sketch
  }

  @Test func deepChain() {
    let trace = chain(200_000, failing: [150_000, 199_990]).distilled()
    let text = summary(trace, 2_000)
    #expect(text.contains("Status: ⚠️ ok, 2 errors inside"), "\(text)")
    #expect(
      text.contains(
        "❌ no luck at 199990 in broken199990 — level › level › …199,985 more… › level › level › level › broken199990, swallowed by level\n"),
      "\(text)")
    #expect(
      (text + "\n").contains(
        "❌ no luck at 150000 in broken150000 — level › level › …149,995 more… › level › level › level › broken150000, swallowed by level\n"),
      "\(text)")
    // Each straight part is one line.
    for part in ["level (150,000 deep) (", "level (49,989 deep) (", "❌ broken150000 ("] { #expect(text.contains(part), "\(text)") }
    #expect(text.contains("199,998"), "the path's totals stay whole\n\(text)")
    #expect(trace.criticalPath?.segments.count == 2 * 200_000 - 1)
    #expect(trace.tree.heaviestChain(root: trace.tree.roots[0].row).count == 200_000)
  }

  @Test func wideFan() {
    let trace = fan(200_000, failing: [7, 77_777, 199_999]).distilled()
    let text = summary(trace, 2_000)
    for index in [7, 77_777, 199_999] {
      #expect(text.contains("❌ call #\(DurationText.count(index + 1)) of 200,000 (5 ns | 5 ns)"), "\(text)")
    }
    #expect(text.contains("🔥 call ×199,997 of 200,000 (total 1.00 ms, min 5, p50 5, p95 5, max 5 ns)"), "\(text)")
    #expect((text + "\n").contains("❌ no luck at 7 ×3 in call — root › call, swallowed by root\n"), "\(text)")
    #expect(trace.problems()[0].rows.map { trace.id($0) } == ["s7", "s77777", "s199999"])
    #expect(text.contains("Status: ⚠️ ok, 3 errors inside"), "\(text)")
    #expect(text.contains("50.0 %  1.00 ms  call ×200,000\n50.0 %  1.00 ms  root\n"), "\(text)")
    #expect(summary(trace, 400).contains("❌ no luck at 7 ×3 in call"))
  }

  /// Each has a little time of its own: one line, with the depth and the sum of the self times.
  @Test func aChainIsOneLine() {
    var sketch = chain(3_000)
    var end: Int64 = 100_000_000
    for index in sketch.spans.indices {
      sketch.spans[index].end = end
      // Not a function that calls itself.
      sketch.spans[index].name = index % 2 == 0 ? "level" : "other level"
      end -= Int64(index) * 10
    }
    let text = summary(sketch.distilled(), 4_000)
    #expect(
      text.contains("\n🔥 level › other level › level › … 2,995 … › level › other level (100.00 ms | 100.00 ms)\n"), "\(text)")
  }

  private func summary(_ trace: DistilledTrace, _ maxChars: Int) -> String {
    var options = SummaryOptions()
    options.maxChars = maxChars
    return checkPromises(trace, options, "large").text
  }
}
