// Checks whether the millionth span costs the same as the first: the same records ten and a hundred times, into a store of the default
// size.

import TraceDistiller
import TraceRecords

enum GrowthBench {
  static func run() {
    print("  growth: native records of traces of 1,000 spans, decoder and store, lines in memory")
    let piece = 100_000
    // The same ids again: each root's start begins a new generation, so that every span is an additional one.
    let lines = Workload.lines(spans: piece, perTrace: 1_000)
    var before: Double?
    for spans in [piece, 10 * piece, 100 * piece] {
      let store = SharedTraceStore()
      var stream = RecordStream()
      let seconds = Bench.seconds {
        for _ in 0..<spans / piece { IngestBench.feed(lines, to: &stream) { store.apply($0, $1, source: SourceID(0), now: 0) } }
      }
      Bench.report(
        "  \(spans) spans", "\(Bench.rounded(seconds)) s, \(Bench.rounded(seconds / Double(spans) * 1e6)) µs a span",
        before.map { "\(Bench.rounded(seconds / $0, 1)) × the time of a tenth (goal: 11)" } ?? "")
      before = seconds
    }
  }
}
