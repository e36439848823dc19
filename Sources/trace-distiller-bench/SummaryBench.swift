// How long a summary takes, from the store's snapshot to the text.

import TraceDistiller
import TraceRecords

enum SummaryBench {
  static func run() {
    print("summary: snapshot, distilling and text under the default bound")
    for (spans, rounds, goal) in [(1_000, 200, "5 ms"), (10_000, 40, ""), (1_000_000, 3, "1500 ms the first time")] {
      var limits = StoreLimits()
      limits.maxBytes = 4 << 30
      let store = SharedTraceStore(limits: limits)
      var stream = RecordStream()
      let lines = Workload.lines(spans: spans, perTrace: spans)
      lines.withUnsafeBytes { stream.feed($0) { store.apply($0, $1, source: SourceID(0), now: 0) } }
      var times: [Double] = []
      var characters = 0
      for _ in 0..<rounds {
        times.append(
          Bench.seconds {
            guard case .success(let snapshot) = store.snapshot("latest", now: 0) else { return }
            characters = DistilledTrace(snapshot).summary().text.unicodeScalars.count
          } * 1_000)
      }
      let first = times[0]
      times.sort()
      Bench.report(
        "\(spans) spans", "first \(Bench.rounded(first)) ms, p50 \(Bench.rounded(Bench.percentile(times, 0.5))) ms",
        "\(characters) characters\(goal.isEmpty ? "" : " (goal: \(goal))")")
    }
  }
}
