// Measures the latency of a record: from its write to the pipe until a request finds it, while 100,000 others per second take the same
// path.

import Platform
import TraceContextServer
import TraceDistiller
import TraceRecords

enum LatencyBench {
  private static let rounds = 3_000
  private static let perMillisecond = 100

  /// Every millisecond writes 99 records and one that begins a trace, each in a write of its own. Then requests that trace until it is
  /// there.
  static func run() {
    let directory = Bench.temporaryDirectory()
    let fifo = directory + "/latency.pipe"
    let store = SharedTraceStore()
    let reader = IngestBench.startReader(of: fifo, into: store)
    while reader.status[0].state != "reading" { usleep(500) }
    let pipe = open(fifo, O_WRONLY | O_CLOEXEC)
    let (records, trace) = load()
    var times: [Double] = []
    var next = MonotonicClock.nanos
    let start = next
    for round in 0..<rounds {
      for index in 0..<perMillisecond - 1 { send(records[(round * (perMillisecond - 1) + index) % records.count], to: pipe) }
      let (id, record) = trace(round)
      let sent = MonotonicClock.nanos
      send(record, to: pipe)
      // Requested by name only once it is there: a name that is not found costs a search for similar names.
      let written = UInt64((round + 1) * perMillisecond)
      while store.withLock({ $0.statistics.records }) < written { sched_yield() }
      guard case .success = store.snapshot(id, now: MonotonicClock.nanos) else {
        print("  a record was taken, and its trace is not found")
        exit(1)
      }
      times.append(Double(MonotonicClock.nanos - sent) / 1e3)
      next += 1_000_000
      while MonotonicClock.nanos < next { usleep(50) }
    }
    let seconds = Double(MonotonicClock.nanos - start) / 1e9
    close(pipe)
    times.sort()
    let rate = Bench.thousands(Double(rounds * perMillisecond) / seconds)
    Bench.report(
      "write to visible, beside \(rate)",
      "p50 \(Bench.rounded(Bench.percentile(times, 0.5), 0)) µs, p99 \(Bench.rounded(Bench.percentile(times, 0.99), 0)) µs",
      "(goal: 200 µs; 2,000 µs)")
    for path in [fifo, fifo + ".lock"] { unlink(path) }
    rmdir(directory)
  }

  /// The records of the other load, and the one that begins the trace of a round.
  private static func load() -> (records: [[UInt8]], trace: (Int) -> (id: String, record: [UInt8])) {
    let lines = Workload.lines(spans: 5_000, perTrace: 1_000).split(separator: 0x0A).map { Array($0) + [0x0A] }
    return (
      lines,
      { round in
        let id = "latency-\(round)"
        let fields = "\"event_type\":\"span_start\",\"trace_id\":\"\(id)\",\"span_id\":\"1\",\"parent_id\":null,\"span_name\":\"probe\""
        return (id, Array("{\"timestamp\":\"2026-11-23T10:00:00Z\",\"log_type\":\"trace\",\"fields\":{\(fields)}}\n".utf8))
      }
    )
  }

  private static func send(_ record: [UInt8], to pipe: Int32) { _ = record.withUnsafeBytes { write(pipe, $0.baseAddress, $0.count) } }
}
