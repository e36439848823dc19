// Measures the detectors on a recorded trace: `trace-distiller-bench insights-of FILE`.

import TraceContextServer
import TraceDistiller

enum InsightBench {
  static func run(_ path: String) {
    var limits = StoreLimits()
    limits.maxBytes = 4 << 30
    let store = SharedTraceStore(limits: limits)
    do {
      _ = try RecordFile.read(path, into: store, source: SourceID(0), maxLineBytes: 32 << 20)
    } catch {
      print("\(error)")
      return
    }
    guard case .success(let snapshot) = store.snapshot("latest", now: 0) else { return print("no trace in \(path)") }
    let trace = DistilledTrace(snapshot)
    let callKeys = CallKeys(trace)
    var (keys, insights): ([Double], [Double]) = ([], [])
    var found = 0
    for _ in 0..<15 {
      keys.append(Bench.seconds { _ = CallKeys(trace).count } * 1_000)
      insights.append(Bench.seconds { found = trace.insights(below: nil, keys: callKeys).count } * 1_000)
    }
    let first = insights[0]
    keys.sort()
    insights.sort()
    Bench.report(
      "insights of \(trace.tree.count) spans", "first \(Bench.rounded(first)) ms, p50 \(Bench.rounded(Bench.percentile(insights, 0.5))) ms",
      "call keys alone \(Bench.rounded(Bench.percentile(keys, 0.5))) ms, \(found) insights (goal: 100 ms)")
  }
}
