// Measures a page of a list of 100,000 traces, for every order and for filters, compared with a sequential read of the same ranks.

import JSON
import TraceContextServer
import TraceDistiller
import TraceRecords

enum ListBench {
  static func run() {
    let traces = 100_000
    print("list: pages of 50 out of \(traces) traces of 3 spans each")
    let store = makeStore(traces: traces)
    let server = TraceContextServer(store: store, clock: { 0 }, report: { ServerReport(pid: 1, sources: []) })
    let floor = readOnce(rows: traces)
    Bench.report("reading \(traces) rows of 56 bytes, the floor", "\(Bench.rounded(floor)) ms")
    for sort in TraceListQuery.Sort.allCases {
      measure("traces/list, \(sort.rawValue)", server, "traces/list", ["sort": .string(sort.rawValue)], floor)
    }
    let filters: [(String, JSONValue)] = [
      ("by the root's name", ["rootName": "fetch"]), ("by duration and errors", ["minRootDurationMs": 2, "hasErrors": false]),
      ("no root matches", ["rootName": "no such operation"]), ("by a span's name", ["name": "fetch"]),
      ("no span matches", ["name": "no such operation"]), ("by an attribute", ["attributes": ["no.such": "key"]]),
    ]
    for (name, filter) in filters { measure("traces/list, \(name)", server, "traces/list", ["sort": "slowest", "filter": filter], floor) }
    measure("trace/summary of slowest", server, "trace/summary", ["traceId": "slowest"], floor)
  }

  private static func measure(_ name: String, _ server: TraceContextServer, _ method: String, _ params: JSONValue, _ floor: Double) {
    var times: [Double] = []
    var bytes = 0
    for _ in 0..<50 {
      times.append(Bench.seconds { bytes = (try? server.answer(method, params).serialized.count) ?? 0 } * 1_000)
    }
    times.sort()
    Bench.report(
      name, "p50 \(Bench.rounded(Bench.percentile(times, 0.5))) ms, p99 \(Bench.rounded(Bench.percentile(times, 0.99))) ms",
      "\(bytes) bytes, \(Bench.rounded(Bench.percentile(times, 0.5) / floor, 1)) × the floor (goal: 5 ms)")
  }

  private static func makeStore(traces: Int) -> SharedTraceStore {
    var limits = StoreLimits()
    (limits.maxTraces, limits.maxBytes) = (0, 4 << 30)
    let store = SharedTraceStore(limits: limits)
    var stream = RecordStream()
    let lines = Workload.lines(spans: traces * 3, perTrace: 3)
    lines.withUnsafeBytes { stream.feed($0) { store.apply($0, $1, source: SourceID(0), now: 0) } }
    store.withLock { $0.finishInput(now: 0) }
    return store
  }

  private static func readOnce(rows: Int) -> Double {
    let memory = [Int64](repeating: 1, count: rows * 7)
    var sum: Int64 = 0
    let times = (0..<20).map { _ in Bench.seconds { sum &+= memory.reduce(0, &+) } * 1_000 }.sorted()
    precondition(sum > 0)
    return times[10]
  }
}
