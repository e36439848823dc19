// Measures the memory of a retained span, by the store's own accounting and by the system's.

import Platform
import TraceContextServer
import TraceDistiller
import TraceRecords

enum MemoryBench {
  private static let spans = 1_000_000

  static func run() {
    print("memory: \(spans) spans with 3 attributes")
    fflush(nil)
    // Each in a process of its own: memory freed by one round would hide what the next one needs.
    for perTrace in [10, 100, 1_000, spans] { Bench.wait(Bench.spawn([CommandLine.arguments[0], "memory-of", String(perTrace)])) }
  }

  static func measure(perTrace: Int) {
    do {
      var limits = StoreLimits()
      limits.maxTraces = 0
      limits.maxBytes = 4 << 30
      let store = SharedTraceStore(limits: limits)
      let before = ProcessMemory.residentBytes() ?? 0
      fill(store, spans: spans, perTrace: perTrace)
      let resident = (ProcessMemory.residentBytes() ?? 0) - before
      let account = store.withLock { $0.allocatedBytes }
      Bench.report(
        "traces of \(perTrace)", "\(account / spans) bytes a span",
        "resident \(Bench.rounded(Double(resident) / Double(spans), 1)) (goal: 160; the original's object graph 687)")
    }
  }

  /// Feeds trace by trace, so that the memory of the lines does not count.
  private static func fill(_ store: SharedTraceStore, spans: Int, perTrace: Int) {
    var stream = RecordStream()
    let piece = 200_000
    let lines = Workload.lines(spans: perTrace > piece ? perTrace : piece, perTrace: perTrace)
    var done = 0
    while done < spans {
      // The same ids again: each root's start begins a new generation, so that every span is kept.
      lines.withUnsafeBytes { all in
        var start = 0
        while start < all.count {
          let end = min(all.count, start + 256 << 10)
          stream.feed(UnsafeRawBufferPointer(rebasing: all[start..<end])) { store.apply($0, $1, source: SourceID(0), now: 0) }
          start = end
        }
      }
      done += max(perTrace, piece)
    }
    store.withLock { $0.finishInput(now: 0) }
  }
}
