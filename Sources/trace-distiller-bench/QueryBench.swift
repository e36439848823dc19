// Measures the cost of requests for ingestion and how long they wait for it: records at full rate on one thread, requests on another,
// compared with ingestion alone.

import Platform
import Synchronization
import TraceContextServer
import TraceDistiller
import TraceRecords

enum QueryBench {
  /// The pause between two requests.
  private static let pauseMicros: UInt32 = 5_000

  static func run() {
    print("query: records from memory into the store at full rate, a question every \(pauseMicros / 1_000) ms beside them")
    let many = Workload.lines(spans: 300_000, perTrace: 1_000)
    let one = Workload.lines(spans: 300_000, shape: .tree)
    for (name, lines) in [("traces of 1000 spans", many), ("one trace of 300000 spans that grows", one)] {
      var (alone, beside): ([Double], [Double]) = ([], [])
      var waits: [Double] = []
      // Alternating, so that other load on the machine affects both.
      for _ in 0..<5 {
        alone.append(seconds(lines, asking: nil))
        let asking = Asking()
        beside.append(seconds(lines, asking: asking))
        waits += asking.waits.withLock { $0 }
      }
      waits.sort()
      (alone, beside) = (alone.sorted(), beside.sorted())
      Bench.report(
        "\(name), ingestion with questions", "\(Bench.rounded(beside[2] / alone[2] * 100 - 100, 1)) % slower (goal: 10 %)",
        "\(Bench.thousands(600_000 / beside[2])) records, \(Bench.thousands(600_000 / alone[2])) without")
      Bench.report(
        "  a question waits for the store",
        "p50 \(Bench.rounded(Bench.percentile(waits, 0.5), 3)) ms, p99 \(Bench.rounded(Bench.percentile(waits, 0.99), 3)) ms",
        "\(waits.count) questions (goal: p99 20 ms)")
    }
  }

  /// The requests of one thread, and how long each waited for its snapshot.
  private final class Asking: Sendable {
    let isOver = Atomic(false)
    let waits = Mutex<[Double]>([])

    func run(_ store: SharedTraceStore) {
      let analyses = AnalysisCache(store)
      while !isOver.load(ordering: .relaxed) {
        var found: Result<TraceSnapshot, TraceLookupFailure>?
        let wait = Bench.seconds { found = store.snapshot("latest", now: MonotonicClock.nanos) } * 1_000
        waits.withLock { $0.append(wait) }
        if case .success(let snapshot) = found { _ = try? analyses.analysis(of: snapshot).trace.tree.count }
        usleep(pauseMicros)
      }
    }
  }

  private static func seconds(_ lines: [UInt8], asking: Asking?) -> Double {
    var limits = StoreLimits()
    limits.maxBytes = 1 << 30
    let store = SharedTraceStore(limits: limits)
    if let asking { Task.detached { asking.run(store) } }
    defer { asking?.isOver.store(true, ordering: .relaxed) }
    var stream = RecordStream()
    return Bench.seconds {
      lines.withUnsafeBytes { all in
        var start = 0
        while start < all.count {
          let end = min(all.count, start + 256 << 10)
          let now = MonotonicClock.nanos
          stream.feed(UnsafeRawBufferPointer(rebasing: all[start..<end])) { store.apply($0, $1, source: SourceID(0), now: now) }
          start = end
        }
      }
    }
  }
}
