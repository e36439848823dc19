// Measures a search through a million spans in small traces, compared with `grep -c` on the same records in a file, and the cost of finding
// a trace by each kind of name. Small traces are the hard case: the cost per trace occurs 100,000 times.

import JSON
import Platform
import TraceContextServer
import TraceDistiller
import TraceRecords

enum SearchBench {
  static func run() {
    for traces in [1_000, 10_000, 100_000] { measure(traces: traces, isFull: traces == 100_000) }
  }

  /// The largest store, and only rows whose names hold that text: for a profiler.
  static func run(only: String) { measure(traces: 100_000, isFull: true, only: only) }

  private static func measure(traces: Int, isFull: Bool, only: String = "") {
    print("search: \(traces) traces of ten spans, six attributes each")
    // The same spans a hundred traces in one, for the price of a trace.
    let perThousand = isFull && only.isEmpty ? ingest(SearchWorkload.lines(traces: traces / 4, joined: 100)) : nil
    let lines = SearchWorkload.lines(traces: traces)
    var limits = StoreLimits()
    (limits.maxTraces, limits.maxBytes) = (0, 8 << 30)
    let store = SharedTraceStore(limits: limits)
    var stream = RecordStream()
    let seconds = Bench.seconds { lines.withUnsafeBytes { stream.feed($0) { store.apply($0, $1, source: SourceID(0), now: 0) } } }
    store.withLock { $0.finishInput(now: 0) }
    let bytes = store.withLock { $0.allocatedBytes }
    Bench.report(
      "ingested", "\(Bench.thousands(Double(traces * 10) / seconds)) spans",
      "\(bytes / (traces * 10)) bytes a span, \(bytes / traces) a trace (goal: 110 a span)")
    if let perThousand {
      let (each, whole) = (seconds * 1_000_000 / Double(traces * 10), perThousand.micros)
      Bench.report(
        "the same spans in traces of 1,000", "\(Bench.thousands(1_000_000 / whole)) spans, \(perThousand.bytes) bytes a span",
        "those of ten at \(Bench.rounded(whole / each)) of the rate (goal: 0.75); a trace of ten costs \(Bench.rounded((each - whole) * 10)) µs and \(bytes / traces - perThousand.bytes * 10) bytes beside its spans (goals: 5 µs, 400 bytes)"
      )
    }
    let server = TraceContextServer(store: store, clock: { 0 }, report: { ServerReport(pid: 1, sources: []) })
    let grep = isFull ? grepMillis(lines) : nil
    var literal = 0.0
    func ask(_ name: String, _ method: String, _ params: JSONValue, _ note: (Double) -> String) {
      guard only.isEmpty || name.contains(only) else { return }
      let p50 = Self.ask(name, server, method, params, note)
      if name == "traces/list by a text that is nowhere" { literal = p50 }
    }
    let filters: [(String, JSONValue)] = [
      ("by an attribute's value", ["attributes": ["http.route": "/orders/17"]]),
      ("by an attribute that is one span's", ["attributes": ["user.id": .string("user-\(traces / 2)")]]),
      ("by a value that is nowhere", ["attributes": ["http.route": "/no/such"]]),
      ("by a key that is nowhere", ["attributes": ["no.such": "key"]]),
      ("by name", ["name": "load stock 3"]), ("by a name that is nowhere", ["name": "no such operation"]),
      ("by service", ["service": "payment"]), ("by status", ["status": "error"]),
      ("by duration", ["minDurationMs": 100]), ("by text", ["text": .string("user-\(traces / 2)")]),
      ("by a text that is nowhere", ["text": "no such text"]),
      ("by a regex", ["text": ["regex": .string("^user-\(traces / 20)[0-9]$")]]),
      ("by a regex that is nowhere", ["text": ["regex": "no such (text|word)s?"]]),
      ("by one of two texts that are nowhere", ["text": ["regex": "no such text|not this"]]),
      ("by a regex without a word, nowhere", ["text": ["regex": "[0-9]{3}[ab][0-9]{3}x"]]), ("by nothing", [:]),
    ]
    let goals = ["traces/search": 40, "traces/list": 60, "traces/aggregate": 250]
    for (name, filter) in filters {
      for method in ["traces/search", "traces/list", "traces/aggregate"] {
        guard isFull || method == "traces/search" else { continue }
        let goal = "(goals: \(name == "by status" && method == "traces/search" ? 2 : goals[method] ?? 0) ms, 0.2)"
        ask("\(method) \(name)", method, ["filter": filter, "limit": 20]) { p50 in
          let times = name.contains("regex") && literal > 0 ? ", \(Bench.rounded(p50 / literal)) × a text's list (goal: 4)" : ""
          return grep.map { ", \(Bench.rounded(p50 / $0, 3)) of grep -c \(goal)\(times)" } ?? ""
        }
      }
    }
    let id = SearchWorkload.traceID(traces / 2)
    for method in [
      "trace/summary", "trace/errors", "trace/criticalPath", "trace/insights", "trace/tree", "trace/explain", "trace/export",
    ] {
      for (way, name) in [
        ("id", id), ("handle", "t\(traces / 2 + 1)"), ("a beginning", String(id.prefix(20))), ("latest-error", "latest-error"),
      ] {
        guard way != "latest-error" || method == "trace/summary" else { continue }
        ask("\(method) by \(way)", method, ["traceId": .string(name)]) { _ in " (goal: 1 ms)" }
      }
    }
  }

  /// Microseconds of reading a span into a store, and bytes that it keeps.
  private static func ingest(_ lines: [UInt8]) -> (micros: Double, bytes: Int) {
    var limits = StoreLimits()
    (limits.maxTraces, limits.maxBytes) = (0, 8 << 30)
    let store = SharedTraceStore(limits: limits)
    var stream = RecordStream()
    let seconds = Bench.seconds { lines.withUnsafeBytes { stream.feed($0) { store.apply($0, $1, source: SourceID(0), now: 0) } } }
    store.withLock { $0.finishInput(now: 0) }
    let (bytes, spans) = store.withLock { ($0.allocatedBytes, $0.liveSpanCount) }
    return (seconds * 1_000_000 / Double(max(1, spans)), bytes / max(1, spans))
  }

  private static func ask(
    _ name: String, _ server: TraceContextServer, _ method: String, _ params: JSONValue, _ note: (Double) -> String
  ) -> Double {
    var times: [Double] = []
    var bytes = 0
    let start = MonotonicClock.nanos
    while times.count < 20, MonotonicClock.nanos - start < 4_000_000_000 {
      times.append(Bench.seconds { bytes = (try? server.answer(method, params).serialized.count) ?? 0 } * 1_000)
    }
    times.sort()
    let p50 = Bench.percentile(times, 0.5)
    Bench.report(name, "p50 \(Bench.rounded(p50)) ms, max \(Bench.rounded(times.last ?? 0)) ms", "\(bytes) bytes\(note(p50))")
    return p50
  }

  /// Processor time is measured: the file is in the page cache.
  private static func grepMillis(_ lines: [UInt8]) -> Double {
    let path = Bench.temporaryDirectory() + "/records.jsonl"
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    lines.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let written = write(file, bytes.baseAddress! + done, min(1 << 20, bytes.count - done))
        guard written > 0 else { return }
        done += written
      }
    }
    close(file)
    defer { unlink(path) }
    let null = open("/dev/null", O_WRONLY)
    defer { close(null) }
    func once() -> Double { Bench.seconds { Bench.wait(Bench.spawn(["grep", "-c", "user-50000", path], output: null)) } * 1_000 }
    let times = (0..<3).map { _ in once() }.sorted()
    Bench.report("grep -c over the records in a file, the floor", "\(Bench.rounded(times[1])) ms", "\(lines.count >> 20) MiB")
    return times[1]
  }
}

/// Requests of a shop: a root, three services below it, ten spans in total; one trace in 40 has a failed span.
enum SearchWorkload {
  static func traceID(_ trace: Int) -> String { hex(UInt64(trace) &* 0x9E37_79B9_7F4A_7C15 | 1) + hex(UInt64(trace) + 1) }

  /// - Parameter joined: how many of them share an id.
  static func lines(traces: Int, joined: Int = 1) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(traces * 7_000)
    for trace in 0..<traces {
      let id = traceID(trace / joined)
      for (index, service) in ["gateway", "orders", "payment"].enumerated() {
        bytes.append(contentsOf: head(service).utf8)
        let spans = index == 0 ? 0..<2 : index == 1 ? 2..<7 : 7..<10
        for span in spans {
          if span > spans.lowerBound { bytes.append(UInt8(ascii: ",")) }
          bytes.append(contentsOf: self.span(trace, id, span).utf8)
        }
        bytes.append(contentsOf: "]}]}]}\n".utf8)
      }
    }
    return bytes
  }

  private static func head(_ service: String) -> String {
    "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"\(service)\"}}]},\"scopeSpans\":[{\"scope\":{\"name\":\"shop\"},\"spans\":["
  }

  private static func span(_ trace: Int, _ id: String, _ index: Int) -> String {
    let start = 1_795_462_602_000_000_000 + trace * 2_000_000 + index * 10_000
    let end = start + (index == 0 ? 1_500_000 : 900_000 - index * 1_000)
    let parent = index == 0 ? "" : hex(UInt64(trace) << 8 | UInt64((index - 1) / 3) + 1)
    let status = index == 9 && trace % 40 == 0 ? "{\"code\":2,\"message\":\"card refused\"}" : "{}"
    let attributes = [
      ("http.method", "\"stringValue\":\"GET\""), ("http.route", "\"stringValue\":\"/orders/\(trace % 100)\""),
      ("http.status_code", "\"intValue\":\"\(200 + index)\""), ("user.id", "\"stringValue\":\"user-\(trace)\""),
      ("db.system", "\"stringValue\":\"postgresql\""), ("shard", "\"intValue\":\"\(trace % 7)\""),
    ].map { "{\"key\":\"\($0)\",\"value\":{\($1)}}" }.joined(separator: ",")
    return
      "{\"traceId\":\"\(id)\",\"spanId\":\"\(hex(UInt64(trace) << 8 | UInt64(index) + 1))\",\"parentSpanId\":\"\(parent)\",\"name\":\"load stock \(index)\",\"kind\":2,\"startTimeUnixNano\":\"\(start)\",\"endTimeUnixNano\":\"\(end)\",\"attributes\":[\(attributes)],\"status\":\(status)}"
  }

  private static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
