// Measures a summary, from the store's snapshot to the text.

import TraceDistiller
import TraceRecords

enum SummaryBench {
  static func run() {
    print("summary: snapshot, distilling and text under the default bound")
    for (spans, rounds, goal) in [(1_000, 200, "5 ms"), (10_000, 40, ""), (120_000, 10, "50 ms; 5 ms again"), (1_000_000, 3, "500 ms")] {
      measure("\(spans) spans", rounds: rounds, goal: goal, Workload.lines(spans: spans, perTrace: spans))
    }
    measure("1000000 spans, one chain", rounds: 2, goal: "500 ms", Workload.lines(spans: 1_000_000, shape: .chain))
    measureErrors(
      "errors of 120000 spans, one in 97 failed", rounds: 20, goal: "30 ms", Workload.lines(spans: 120_000, shape: .tree, failEvery: 97))
    measureErrors(
      "errors of 1000000 spans, one chain, all failed", rounds: 2, goal: "", Workload.lines(spans: 1_000_000, shape: .chain, failEvery: 1))
    measure("1000000 spans, one fan", rounds: 2, goal: "500 ms", Workload.lines(spans: 1_000_000, shape: .fan))
  }

  /// A single shape, for profiling: `summary-of tree|chain|fan SPANS`.
  static func run(shape: String, spans: Int) {
    let shapes: [String: Workload.Shape] = ["tree": .tree, "chain": .chain, "fan": .fan]
    guard let shape = shapes[shape] else { return print("tree, chain or fan") }
    measure("\(spans) spans", rounds: max(3, 1_200_000 / spans), goal: "", Workload.lines(spans: spans, shape: shape))
  }

  private static func measure(_ name: String, rounds: Int, goal: String, _ lines: [UInt8]) {
    var limits = StoreLimits()
    limits.maxBytes = 4 << 30
    var store: SharedTraceStore? = SharedTraceStore(limits: limits)
    var stream = RecordStream()
    let building = Bench.seconds { lines.withUnsafeBytes { stream.feed($0) { store?.apply($0, $1, source: SourceID(0), now: 0) } } } * 1_000
    var characters = 0
    var times: [Double] = []
    // Each round is like the first request after a change, followed by the same request again.
    for _ in 0..<rounds {
      times.append(
        Bench.seconds {
          guard case .success(let snapshot) = store?.snapshot("latest", now: 0) else { return }
          characters = DistilledTrace(snapshot).summary(beside: Bench.beside).text.unicodeScalars.count
        } * 1_000)
    }
    let paths = (0..<rounds).map { _ in
      Bench.seconds {
        guard case .success(let snapshot) = store?.snapshot("latest", now: 0) else { return }
        let trace = DistilledTrace(snapshot)
        characters = max(characters, trace.criticalPath.map { trace.totals(of: $0).count } ?? 0)
      } * 1_000
    }.sorted()
    let analyses = store.map { AnalysisCache($0) }
    let again = (0..<rounds + 1).map { _ in
      Bench.seconds {
        guard case .success(let analysis)? = try? analyses?.analysis("latest", now: 0) else { return }
        characters = analysis.summary(beside: Bench.beside).text.unicodeScalars.count
      } * 1_000
    }.dropFirst().sorted()
    let freeing = Bench.seconds { store = nil } * 1_000
    let first = times[0]
    times.sort()
    Bench.report(
      name,
      "first \(Bench.rounded(first)) ms, p50 \(Bench.rounded(Bench.percentile(times, 0.5))) ms, again \(Bench.rounded(Bench.percentile(again, 0.5))) ms",
      "\(characters) characters\(goal.isEmpty ? "" : " (goal: \(goal))"); critical path \(Bench.rounded(paths[0])) ms; built in \(Int(building)) ms, freed in \(Bench.rounded(freeing)) ms"
    )
  }

  /// Measures finding the causes of a trace's errors and writing the first hundred, without distilling.
  private static func measureErrors(_ name: String, rounds: Int, goal: String, _ lines: [UInt8]) {
    var limits = StoreLimits()
    limits.maxBytes = 4 << 30
    let store = SharedTraceStore(limits: limits)
    var stream = RecordStream()
    lines.withUnsafeBytes { stream.feed($0) { store.apply($0, $1, source: SourceID(0), now: 0) } }
    guard case .success(let snapshot) = store.snapshot("latest", now: 0) else { return }
    let trace = DistilledTrace(snapshot)
    var times: [Double] = []
    var found = 0
    for _ in 0..<rounds {
      times.append(
        Bench.seconds {
          let problems = trace.problems()
          found = problems.count
          for problem in problems.prefix(100) { _ = (trace.words(problem), trace.path(to: problem, first: 4, last: 28)) }
        } * 1_000)
    }
    let first = times[0]
    times.sort()
    Bench.report(
      name, "first \(Bench.rounded(first)) ms, p50 \(Bench.rounded(Bench.percentile(times, 0.5))) ms",
      "\(found) causes of \(trace.snapshot.storage.failedCount) failed spans\(goal.isEmpty ? "" : " (goal: \(goal))")")
  }
}
