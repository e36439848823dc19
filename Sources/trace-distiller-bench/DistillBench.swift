// Measures distilling a recorded trace: `trace-distiller-bench distill-of FILE`, for `scripts/bench distill`.

import TraceContextServer
import TraceDistiller

enum DistillBench {
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
    let spans = snapshot.storage.spans.count
    report("summary of \(spans) spans, from the store's snapshot", goal: "50 ms, of 120,000 spans") {
      DistilledTrace(snapshot).summary(beside: Bench.beside).text.utf8.count
    }
    let analyses = AnalysisCache(store)
    report("  the same question again", goal: "5 ms") {
      guard case .success(let analysis)? = try? analyses.analysis("latest", now: 0) else { return 0 }
      return analysis.summary(beside: Bench.beside).text.utf8.count
    }
    let trace = DistilledTrace(snapshot)
    let keys = CallKeys(trace)
    report("  of it: call tree, self times, critical path") { DistilledTrace(snapshot).tree.count }
    report("  of it: folding") { FoldedTree(trace, keys).nodes.count }
    report("  of it: insights") { trace.insights(below: nil, keys: keys).count }
    report("errors of \(spans) spans", goal: "30 ms") { trace.problems().count }
  }

  private static func report(_ name: String, goal: String = "", _ body: () -> Int) {
    var size = 0
    var times = (0..<15).map { _ in Bench.seconds { size = body() } * 1_000 }
    let first = times[0]
    times.sort()
    Bench.report(
      name, "first \(Bench.rounded(first)) ms, p50 \(Bench.rounded(Bench.percentile(times, 0.5))) ms",
      "\(size)\(goal.isEmpty ? "" : " (goal: \(goal))")")
  }
}
