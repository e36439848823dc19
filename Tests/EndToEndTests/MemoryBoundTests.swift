// Proves that `serve` keeps its memory bound as the system counts it, whatever arrives through the pipe: under several loads designed to
// exceed it, resident memory grows by at most the bound, a tenth, and a margin for buffers and the allocator.

import JSON
import Platform
import Testing

@Suite struct MemoryBoundTests {
  /// Read buffers, answers, pages of the program used for the first time, memory that the allocator keeps.
  private static let margin: Int64 = 24 << 20
  private static let bound: Int64 = 8 << 20
  private static let records = 30_000
  private static var most: Int64 { bound * 11 / 10 + margin }

  @Test(arguments: [
    "names that are all different", "spans that never end", "small traces", "ended spans below a running root", "a chain",
  ])
  func `Resident memory stays at the bound under`(load: String) throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe, options: ["--max-memory", "8MiB", "--max-traces", "0"])
    let before = try resident(server.ask("server/status"))
    var sent = 0
    while sent < Self.records {
      var text = ""
      for number in sent..<sent + 3_000 { text += line(load, number) }
      sent += 3_000
      wait(writer(text, to: place.pipe))
      let status = try server.records(Int64(sent))
      let grown = try resident(status) - before
      #expect(grown <= Self.most, "\(load), after \(sent) records: \(grown >> 10) KiB")
      #expect(status["store"]?["bytes"]?.integer ?? .max <= Self.bound)
    }
    // The load was large enough to reach the bound.
    let counters = try server.ask("server/status")["store"]?["counters"]
    let made = ["evictedCompleted", "evictedRunning", "evictedAbandoned", "collapsedSpans"].reduce(Int64(0)) {
      $0 + (counters?[$1]?.integer ?? 0)
    }
    #expect(made > 0, "\(load): nothing made room: \(counters?.serializedString ?? "")")
  }

  /// Without a bound each load would need far more; otherwise the test above could not fail.
  @Test func `Without a bound the loads take more than that`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe, options: ["--max-memory", "1GiB", "--max-traces", "0"])
    let before = try resident(server.ask("server/status"))
    for first in stride(from: 0, to: Self.records, by: 3_000) {
      wait(writer((first..<first + 3_000).map { line("spans that never end", $0) }.joined(), to: place.pipe))
    }
    let grown = try resident(server.records(Int64(Self.records))) - before
    #expect(grown > Self.most * 5 / 4, "\(grown >> 10) KiB, where \(Self.most >> 10) are allowed with a bound")
  }

  /// The beginning of a long line takes memory as traces do, and is freed with the line's end; traces are evicted to make room for it.
  @Test func `A line that has not ended counts`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe, options: ["--max-memory", "16MiB", "--max-traces", "0"])
    wait(writer(String(repeating: "x", count: 3 << 20), to: place.pipe))
    let holding = try server.status { bytes(in: $0) >= 3 << 20 }
    #expect(bytes(in: holding) <= 4 << 20 + 100_000, "a quarter of the bound at most: \(bytes(in: holding))")
    wait(writer("\n" + traceLines("t"), to: place.pipe))
    let after = try server.status { server.counter("records", in: $0) >= 2 && bytes(in: $0) < 1 << 20 }
    #expect(server.counter("otherLines", in: after) == 1)
  }

  private func bytes(in status: JSONValue) -> Int64 { status["store"]?["bytes"]?.integer ?? 0 }

  private func resident(_ status: JSONValue) throws -> Int64 { try #require(status["memory"]?["residentBytes"]?.integer) }

  private func line(_ load: String, _ number: Int) -> String {
    let own = "\(String(repeating: "x", count: 1_600))\(number)"
    let (id, before) = ("s\(number)", number == 0 ? nil : "s\(number - 1)")
    switch load {
    case "names that are all different":
      return start("t", id, parent: number == 0 ? nil : "s0", name: "n\(number)", key: "k\(number)", value: own)
    case "spans that never end": return start("t\(number % 100)", id, parent: number < 100 ? nil : "s\(number - 100)", value: own)
    case "small traces": return span("t\(number / 5)", "s\(number % 5)", parent: number % 5 == 0 ? nil : "s0", value: own)
    case "ended spans below a running root":
      return number == 0 ? start("t", "root", parent: nil, value: own) : span("t", id, parent: "root", value: own)
    default: return start("t", id, parent: before, value: own)
    }
  }

  private func start(_ trace: String, _ id: String, parent: String?, name: String = "n", key: String = "k", value: String) -> String {
    let head = #"{"timestamp":"2026-11-23T10:00:00Z","level":"INFO","target":"t","log_type":"trace","message":"","fields":{"#
    let kind = #""event_type":"span_start""#
    return "\(head)\(kind),\(ids(trace, id, parent)),\"span_name\":\"\(name)\",\"attributes\":{\"\(key)\":\"\(value)\"}}}\n"
  }

  private func span(_ trace: String, _ id: String, parent: String?, value: String) -> String {
    let head = #"{"timestamp":"2026-11-23T10:00:01Z","level":"INFO","target":"t","log_type":"trace","message":"","fields":{"#
    let times = #""event_type":"span","start_timestamp":"2026-11-23T10:00:00Z","duration_ms":1000"#
    return "\(head)\(times),\(ids(trace, id, parent)),\"span_name\":\"n\",\"attributes\":{\"k\":\"\(value)\"}}}\n"
  }

  private func ids(_ trace: String, _ id: String, _ parent: String?) -> String {
    "\"trace_id\":\"\(trace)\",\"span_id\":\"\(id)\",\"parent_id\":\(parent.map { "\"\($0)\"" } ?? "null")"
  }
}
