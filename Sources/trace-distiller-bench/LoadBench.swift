// Measures the wait for small answers while the server works on large ones. The figure is the worst of many, as a client experiences it.

import Platform
import TraceContextServer

enum LoadBench {
  private static let spans = 120_000
  private static let aggregates = 40
  private static let waitMillis = 500

  static func run() {
    print("load: \(aggregates) traces/aggregate over \(spans) spans at once, and small questions behind them")
    let directory = Bench.temporaryDirectory()
    let fifo = directory + "/bench.pipe"
    defer {
      for name in ["bench.pipe", "bench.pipe.lock"] { unlink(directory + "/" + name) }
      rmdir(directory)
    }
    let client = BenchClient([RequestBench.serverPath(), "serve", "--hub", "never", "--pipe", fifo, "--max-traces", "0"])
    client.feed(Workload.lines(spans: spans, perTrace: 1_000), into: fifo, spans: spans)
    let span = "{\"traceId\":\"latest\",\"spanId\":\"\(String(repeating: "0", count: 15))1\"}"
    let alone = (0..<500).map { _ in client.time("trace/span", span) }.sorted()
    Bench.report("trace/span, nothing else asked", figures(alone))
    let lone = Bench.seconds { _ = client.answer(to: client.ask("traces/aggregate", "{}")) } * 1_000

    let started = MonotonicClock.nanos
    let large = (0..<aggregates).map { _ in client.ask("traces/aggregate", "{}") }
    // Waits for a trace that never arrives: those that were fed last may still complete.
    let wait = client.ask("traces/await", "{\"timeoutMs\":\(waitMillis),\"filter\":{\"rootName\":\"no such trace\"}}")
    var times: [Double] = []
    var waited: Double?
    // Until the wait is over, and at least while large requests are running.
    while waited == nil || client.unanswered(large) > 0 {
      times.append(client.time("trace/span", span))
      if waited == nil, client.isAnswered(wait) { waited = client.answeredAt(wait).map { Double($0 - started) / 1e6 } }
      usleep(2_000)
    }
    times.sort()
    let isOver = client.answer(to: wait).firstRange(of: Array("\"timedOut\":true".utf8)) != nil
    Bench.report("trace/span beside them", figures(times), "goal: p99 20 ms; one aggregate alone \(Bench.rounded(lone, 1)) ms")
    Bench.report(
      "a wait of \(waitMillis) ms beside them", "\(Bench.rounded(waited ?? 0, 1)) ms\(isOver ? "" : ", which found a trace")",
      "goal: \(waitMillis + 50) ms")
    client.end()
  }

  private static func figures(_ sorted: [Double]) -> String {
    "p50 \(Bench.rounded(Bench.percentile(sorted, 0.5), 2)) ms, p99 \(Bench.rounded(Bench.percentile(sorted, 0.99), 2)) ms, \(sorted.count) asked"
  }
}

/// A client with many requests in flight, on one thread. An answer is timed when it is read.
final class BenchClient {
  private let process: pid_t
  private let requests: Int32
  private let replies: Int32
  private var latest = 0
  private var unread: [UInt8] = []
  private var answers: [Int: (text: [UInt8], at: Int64)] = [:]

  init(_ command: [String]) {
    let (toServer, fromServer) = (Bench.pipe(), Bench.pipe())
    process = Bench.spawn(command, input: toServer.reader, output: fromServer.writer)
    close(toServer.reader)
    close(fromServer.writer)
    (requests, replies) = (toServer.writer, fromServer.reader)
    _ = answer(to: ask("server/status", "{}"))
  }

  func ask(_ method: String, _ params: String) -> Int {
    latest += 1
    let request = Array("{\"jsonrpc\":\"2.0\",\"id\":\(latest),\"method\":\"\(method)\",\"params\":\(params)}\n".utf8)
    _ = write(requests, request, request.count)
    return latest
  }

  /// Milliseconds until the answer.
  func time(_ method: String, _ params: String) -> Double {
    let start = MonotonicClock.nanos
    let id = ask(method, params)
    _ = answer(to: id)
    return Double((answeredAt(id) ?? start) - start) / 1e6
  }

  func answer(to id: Int) -> [UInt8] {
    while answers[id] == nil { guard readMore() else { return [] } }
    return answers[id]?.text ?? []
  }

  func isAnswered(_ id: Int) -> Bool { answers[id] != nil }
  func answeredAt(_ id: Int) -> Int64? { answers[id]?.at }
  func unanswered(_ ids: [Int]) -> Int { ids.count { answers[$0] == nil } }

  /// Writes the records to the server's pipe, and waits until the server has all of them.
  func feed(_ lines: [UInt8], into fifo: String, spans: Int) {
    let pipe = open(fifo, O_WRONLY)
    var done = 0
    while done < lines.count { done += max(0, lines.withUnsafeBytes { write(pipe, $0.baseAddress! + done, $0.count - done) }) }
    close(pipe)
    let wanted = Array("\"records\":\(spans * 2)".utf8)
    while answer(to: ask("server/status", "{}")).firstRange(of: wanted) == nil { usleep(10_000) }
  }

  func end() {
    close(requests)
    close(replies)
    Bench.wait(process)
  }

  private func readMore() -> Bool {
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    let count = read(replies, &piece, piece.count)
    guard count > 0 else { return false }
    let now = MonotonicClock.nanos
    unread.append(contentsOf: piece[..<count])
    guard let last = unread.lastIndex(of: 0x0A) else { return true }
    for line in unread[..<last].split(separator: 0x0A) {
      // All answers begin with {"jsonrpc":"2.0","id":N,
      let digits = line.dropFirst(22).prefix { $0 >= 0x30 && $0 <= 0x39 }
      if let id = Int(String(decoding: digits, as: UTF8.self)) { answers[id] = (Array(line), now) }
    }
    unread.removeSubrange(...last)
    return true
  }
}
