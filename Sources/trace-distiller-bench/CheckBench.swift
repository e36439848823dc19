// Measures a verdict on 195 traces beside the time of reading them: `trace-distiller-bench check`, and `check-of FILE` of a recording.

import Platform
import TraceContextServer
import TraceDistiller
import TraceRecords

enum CheckBench {
  private static let rounds = 7

  static func run() {
    print("check: 195 traces of 200 spans as OTLP lines, read into the store, then asked")
    let lines = OTLPWorkload.lines(spans: 195 * 200, perTrace: 200, perLine: 50)
    measure {
      let store = SharedTraceStore(limits: limits())
      var stream = RecordStream()
      lines.withUnsafeBytes { stream.feed($0) { store.apply($0, $1, source: SourceID(0), now: 0) } }
      stream.finish { store.apply($0, $1, source: SourceID(0), now: 0) }
      return store
    }
  }

  static func run(_ path: String) {
    print("check: \(path)")
    measure {
      let store = SharedTraceStore(limits: limits())
      do {
        _ = try RecordFile.read(path, into: store, source: SourceID(0), maxLineBytes: 32 << 20)
      } catch {
        print("\(error)")
      }
      return store
    }
  }

  private static func limits() -> StoreLimits {
    var limits = StoreLimits()
    (limits.maxBytes, limits.maxTraces) = (4 << 30, 0)
    return limits
  }

  private static func measure(_ read: () -> SharedTraceStore) {
    var store = read()
    let reading = median { store = read() }
    store.withLock { $0.finishInput(now: 0) }
    let handles = store.withLock { $0.overviews(now: 0).map(\.handle) }
    func snapshots() -> [TraceSnapshot] {
      handles.compactMap { handle in
        if case .success(let snapshot) = store.snapshot(handle, now: 0) { snapshot } else { nil }
      }
    }
    var builder = BaselineBuilder()
    for snapshot in snapshots() { builder.add(DistilledTrace(snapshot)) }
    let base = builder.baseline(madeBy: "bench")
    let spans = snapshots().reduce(0) { $0 + $1.storage.spanCount }
    Bench.report("reading \(handles.count) traces, \(spans) spans", "\(Bench.rounded(reading * 1_000)) ms")
    let name = (snapshots().first.flatMap { DistilledTrace($0).primaryRoot?.name } ?? "").filter { $0 != "\"" && $0 != "\\" }
    for (title, texts, base) in [
      ("no errors", ["no errors"], nil), ("a percentile", ["p95(\"\(name)\") <= 3600s"], nil), ("no findings", ["no findings"], nil),
      ("no regression", ["no regression"], base),
      ("all four", ["no errors", "p95(\"\(name)\") <= 3600s", "no findings", "no regression"], base),
    ] as [(String, [String], CheckBaseline?)] {
      let rules = texts.compactMap { try? CheckRule(parsing: $0) }
      var verdict = CheckVerdict.undecided
      let seconds = median {
        var check = CheckRun(rules, base: base)
        check.add(snapshots(), beside: Bench.beside)
        verdict = check.report().verdict
      }
      Bench.report(
        "  check: \(title)", "\(Bench.rounded(seconds * 1_000)) ms",
        "\(verdict); with the reading \(Bench.rounded((reading + seconds) / reading)) × the reading (goal: 1.2)")
    }
  }

  private static func median(_ body: () -> Void) -> Double {
    let times = (0..<rounds).map { _ in Bench.seconds(body) }.sorted()
    return times[rounds / 2]
  }
}
