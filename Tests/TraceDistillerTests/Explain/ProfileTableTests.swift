// Profiles that are kept from one question to the next: the answers stay the same, and the memory bounded.

import Testing
import TraceRecords

@testable import TraceDistiller

@Suite struct ProfileTableTests {
  private static let million: Int64 = 1_000_000

  /// `extra` ms in `charge`; `calls` queries, each with a table of its own if `isOdd`.
  private func sketch(_ number: Int, extra: Int64 = 0, calls: Int = 3, isOdd: Bool = false) -> TraceSketch {
    var sketch = TraceSketch()
    sketch.id = "trace-\(number)"
    let ms = Self.million
    sketch.spans.append(SketchSpan(id: "r", parent: nil, name: "POST /orders", start: 0, end: (100 + extra) * ms, kind: .server))
    sketch.spans.append(SketchSpan(id: "c", parent: "r", name: "charge", start: 10 * ms, end: (30 + extra) * ms, kind: .internal))
    for call in 0..<calls {
      let start = (40 + extra + Int64(call)) * ms
      sketch.spans.append(
        SketchSpan(
          id: "q\(call)", parent: "r", name: isOdd ? "query of \(Self.words[(number + call) % Self.words.count])" : "query", start: start,
          end: start + ms / 2 + Int64(number), kind: .client))
    }
    return sketch
  }
  private static let words = ["users", "items", "carts", "prices", "stocks", "taxes", "offers", "notes", "views", "events", "plans"]

  /// With and without kept profiles, the first time and later, and after questions about other traces: the same text.
  @Test func keptProfilesGiveTheSameAnswer() {
    let like = TraceSketch.snapshots((0..<9).map { sketch($0, isOdd: $0 % 2 == 0) })
    var table = ProfileTable()
    for round in 0..<3 {
      let target = TraceAnalysis(sketch(40, extra: 200 + Int64(round) * 7, calls: 2 + round).distilled())
      for snapshot in like { table.add(snapshot) }
      var kept = Explainer(target)
      kept.add(like, from: table)
      var fresh = Explainer(target)
      for snapshot in like { fresh.add(DistilledTrace(snapshot)) }
      let (got, expected) = (kept.explanationAgainstLike(), fresh.explanationAgainstLike())
      func text(_ explanation: Explanation) -> String { ExplanationText(explanation, language: .english, maxChars: 3_600).text }
      #expect(text(got) == text(expected))
      #expect(got.findings.first?.operation == "charge", "\(text(got))")
      #expect(kept.likeTraces().count == fresh.likeTraces().count)
    }
    #expect(table.count == 9)
  }

  @Test func aChangedTraceIsReadAgain() {
    var table = ProfileTable()
    var late = TraceSketch()
    late.id = "trace-0"
    late.spans = [SketchSpan(id: "late", parent: "r", name: "late", start: 0, end: Self.million, kind: .internal)]
    let states = TraceSketch.snapshots([sketch(0), late])
    table.add(states[0])
    let changed = states[1]
    #expect(states[0].serial == changed.serial && table.count == 1)
    #expect(table.profile(of: changed) == nil)
    table.add(changed)
    #expect(table.count == 1 && table.profile(of: changed)?.spanCount == 6)
  }

  @Test func tablesKeepTheirBound() {
    var table = ProfileTable()
    let traces = TraceSketch.snapshots((0..<20).map { sketch($0) })
    for trace in traces { table.add(trace) }
    let serials = traces.map(\.serial)
    let bytes = table.allocatedBytes
    let cache = ProfileCache(maxBytes: bytes * 3)
    for root in 0..<12 {
      cache.keep(table, service: "s", name: "root \(root)", of: serials)
      #expect(cache.allocatedBytes <= bytes * 3, "after \(root + 1) tables: \(cache.allocatedBytes)")
    }
    #expect(cache.table(service: "s", name: "root 11").count == 20 && cache.table(service: "s", name: "root 0").count == 0)
    // A table that is too large by itself is not kept.
    let small = ProfileCache(maxBytes: bytes / 2)
    small.keep(table, service: "s", name: "root", of: serials)
    #expect(small.allocatedBytes == 0 && small.table(service: "s", name: "root").count == 0)
    // Only traces that may be asked about again.
    cache.keep(table, service: "s", name: "root 11", of: Array(serials[3...4]))
    #expect(cache.table(service: "s", name: "root 11").count == 2)
    cache.clear()
    #expect(cache.allocatedBytes == 0)
    let many = ProfileCache(maxBytes: .max / 2)
    for root in 0..<20 { many.keep(table, service: "s", name: "root \(root)", of: serials) }
    #expect(many.allocatedBytes <= bytes * ProfileCache.maxTables)
  }

  /// The cache of a store of n bytes gives a twentieth of them.
  @Test func theShareOfAStore() {
    let cache = AnalysisCache(maxBytes: 20 * (1 << 20))
    #expect(cache.kept { ProfileCache(maxBytes: $0) } === cache.profiles)
    #expect(AnalysisCache.otherShare == 20)
  }
}
