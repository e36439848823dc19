// Measures an explanation of one trace compared with fifty similar ones, the first time, and again with cached results.

import TraceDistiller
import TraceRecords

enum ExplainBench {
  static func run() {
    print("explain: from the store's snapshots to the text, beside 50 like traces of 1000 spans")
    for (spans, rounds, goal) in [(1_000, 20, "5 ms"), (120_000, 5, "80 ms")] {
      let store = SharedTraceStore(limits: limits())
      // The last trace is the explained one.
      var lines = Workload.lines(spans: 50_000, perTrace: 1_000)
      lines += Workload.lines(spans: spans, perTrace: spans, firstTrace: 50)
      var stream = RecordStream()
      lines.withUnsafeBytes { stream.feed($0) { store.apply($0, $1, source: SourceID(0), now: 0) } }
      func explain(_ target: TraceAnalysis) -> Explanation {
        var explainer = Explainer(target)
        for number in 1...50 {
          if case .success(let snapshot) = store.snapshot("t\(number)", now: 0) { explainer.add(DistilledTrace(snapshot)) }
        }
        return explainer.explanation(against: .like(count: 50, looked: 50))
      }
      func target() -> TraceAnalysis? {
        guard case .success(let snapshot) = store.snapshot("t51", now: 0) else { return nil }
        return TraceAnalysis(DistilledTrace(snapshot))
      }
      measure("explain a trace of \(spans) spans, first", rounds: rounds, " (goal: \(goal))") {
        guard let target = target() else { return 0 }
        return ExplanationText(explain(target), language: .english, maxChars: 3_600).text.utf8.count
      }
      // What a server keeps from an earlier question about a trace of this root.
      var kept = ProfileTable()
      for number in 1...50 { if case .success(let snapshot) = store.snapshot("t\(number)", now: 0) { kept.add(snapshot) } }
      measure("explain a trace of \(spans) spans, first, like traces known", rounds: rounds, " (\(kept.allocatedBytes / 1_024) KiB kept)") {
        guard let target = target() else { return 0 }
        var explainer = Explainer(target)
        let snapshots = (1...50).compactMap { try? store.snapshot("t\($0)", now: 0).get() }
        explainer.add(snapshots, from: kept)
        return ExplanationText(explainer.explanation(against: .like(count: 50, looked: 50)), language: .english, maxChars: 3_600).text.utf8
          .count
      }
      guard let target = target() else { continue }
      let explanation = explain(target)
      measure("explain a trace of \(spans) spans, again", rounds: 50, " (goal: 1 ms)") {
        ExplanationText(explanation, language: .english, maxChars: 3_600).text.utf8.count
      }
    }
  }

  private static func limits() -> StoreLimits {
    var limits = StoreLimits()
    (limits.maxBytes, limits.maxTraces) = (4 << 30, 0)
    return limits
  }

  private static func measure(_ name: String, rounds: Int, _ goal: String, _ body: () -> Int) {
    var size = 0
    let times = (0..<rounds).map { _ in Bench.seconds { size = body() } * 1_000 }.sorted()
    Bench.report(
      name, "p50 \(Bench.rounded(Bench.percentile(times, 0.5))) ms, worst \(Bench.rounded(times.last ?? 0)) ms", "\(size) bytes\(goal)")
  }
}
