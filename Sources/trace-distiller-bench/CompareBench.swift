// Measures a comparison of two traces, and of the sums over many traces, from the store's snapshots to the text.

import TraceDistiller
import TraceRecords

enum CompareBench {
  static func run() {
    print("compare and aggregate: snapshots, distilling and text under the default bound")
    for (spans, rounds, goal) in [(10_000, 40, " (goal: 60 ms)"), (500_000, 3, "")] {
      let store = store(of: Workload.lines(spans: spans * 2, perTrace: spans))
      measure("compare two traces of \(spans) spans", rounds: rounds, goal) {
        guard case .success(let base) = store.snapshot("t1", now: 0), case .success(let target) = store.snapshot("t2", now: 0) else {
          return 0
        }
        let comparison = TraceComparison(DistilledTrace(base), DistilledTrace(target))
        return ComparisonText(comparison, language: .english, maxChars: SummaryOptions.defaultBudget).text.utf8.count
      }
    }
    let (tree, chain) = (store(of: Workload.lines(spans: 10_000, shape: .tree)), store(of: Workload.lines(spans: 10_000, shape: .chain)))
    measure("compare a tree with a chain of 10000", rounds: 40, " (every path differs)") {
      guard case .success(let base) = tree.snapshot("t1", now: 0), case .success(let target) = chain.snapshot("t1", now: 0) else {
        return 0
      }
      let comparison = TraceComparison(DistilledTrace(base), DistilledTrace(target))
      return ComparisonText(comparison, language: .english, maxChars: SummaryOptions.defaultBudget).text.utf8.count
    }
    for (grouping, name) in [(nil, "operation"), ("attempt", "attribute")] {
      let store = store(of: Workload.lines(spans: 200_000, perTrace: 1_000))
      measure("aggregate 200 traces of 1000 spans by \(name)", rounds: 5, "") {
        var aggregate = TraceAggregate(by: AggregateGrouping(grouping))
        for number in 1...200 {
          if case .success(let snapshot) = store.snapshot("t\(number)", now: 0) { aggregate.add(DistilledTrace(snapshot)) }
        }
        let groups = aggregate.groups(limit: 50)
        return AggregateText(aggregate, groups, language: .english, maxChars: SummaryOptions.defaultBudget).text.utf8.count
      }
    }
  }

  private static func store(of lines: [UInt8]) -> SharedTraceStore {
    var limits = StoreLimits()
    limits.maxBytes = 4 << 30
    limits.maxTraces = 0
    let store = SharedTraceStore(limits: limits)
    var stream = RecordStream()
    lines.withUnsafeBytes { stream.feed($0) { store.apply($0, $1, source: SourceID(0), now: 0) } }
    return store
  }

  private static func measure(_ name: String, rounds: Int, _ goal: String, _ body: () -> Int) {
    var size = 0
    let times = (0..<rounds).map { _ in Bench.seconds { size = body() } * 1_000 }.sorted()
    Bench.report(
      name, "p50 \(Bench.rounded(Bench.percentile(times, 0.5))) ms, worst \(Bench.rounded(times.last ?? 0)) ms", "\(size) bytes\(goal)")
  }
}
