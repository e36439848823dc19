// What `run` says at the end: the list of traces, and of the one that is most worth it why it was so and what happened in it.

import ArgumentParser
import JSON
import JSONRPC
import Platform
import TraceContextServer
import TraceDistiller

struct RunReport {
  let server: TraceContextServer
  private let store: SharedTraceStore
  private let end: ChildProcess.End
  private let silence: RunSilence
  /// The newest first.
  private let traces: [TraceOverview]

  /// Traces of the list, unless more are asked for.
  private static let maxListed = 10

  init(
    store: SharedTraceStore, place: RunPlace, output: OutputRecords?, end: ChildProcess.End, command: [String], environment: RunEnvironment
  ) {
    let now = MonotonicClock.nanos
    store.withLock { $0.finishInput(now: now) }
    let sources = place.sources + (output.map { [$0.report] } ?? [])
    server = TraceContextServer(
      store: store, clock: { now },
      report: { ServerReport(pid: Int(getpid()), sources: sources, residentBytes: ProcessMemory.residentBytes()) })
    self.store = store
    self.end = end
    traces = store.withLock { Array($0.overviews(now: now).reversed()) }
    silence = RunSilence(command: command, environment: environment, sources: sources, logs: store.withLock { $0.statistics.moduleLogs })
  }

  /// A failed one before others, then the one that took longest.
  private var telling: TraceOverview? {
    func rank(_ trace: TraceOverview) -> (Int, Int64, Int) {
      (trace.status == .error ? 2 : trace.errorCount > 0 ? 1 : 0, trace.durationNanos, trace.spanCount)
    }
    return traces.max { rank($0) < rank($1) }
  }

  func isFailure(_ conditions: FailureConditions) -> Bool {
    if conditions.error, traces.contains(where: { $0.errorCount > 0 }) { return true }
    guard conditions.finding, let telling else { return false }
    return (try? explanation(of: telling))?["findings"]?.array?.isEmpty == false
  }

  private func explanation(of trace: TraceOverview) throws(ResponseError) -> JSONValue {
    try server.answer("trace/explain", ["traceId": .string(trace.traceID), "format": "json"])
  }

  // MARK: The answer

  /// At most so many characters: the list first, then a quarter for the findings, and the rest for the summary.
  func text(maxChars: Int) -> String {
    guard let telling else { return silence.sentence }
    var parts = [TraceListText.make(Array(traces.prefix(Self.maxListed)), maxChars: maxChars / 4)]
    if traces.count > Self.maxListed {
      parts[0] +=
        "\n… \(DurationText.count(traces.count - Self.maxListed)) more: --method traces/list, or --keep FILE and trace-distiller distill FILE"
    }
    if let losses { parts.append(losses) }
    for (method, share) in [("trace/explain", maxChars / 4), ("trace/summary", maxChars / 2)] {
      let params: JSONValue = ["traceId": .string(telling.traceID), "maxChars": .integer(Int64(max(400, share)))]
      if let answer = try? server.answerAsText(method, params) { parts.append(answer.text) }
    }
    return parts.joined(separator: "\n\n")
  }

  func json(maxChars: Int) -> JSONValue {
    var object: JSONObject = ["exitCode": .integer(Int64(end.code))]
    object["traces"] = (try? server.answer("traces/list", ["limit": .integer(Int64(Self.maxListed))])) ?? .null
    guard let telling else {
      object["hint"] = .string(silence.sentence)
      return .object(object)
    }
    object["explain"] = (try? explanation(of: telling)) ?? .null
    let params: JSONValue = ["traceId": .string(telling.traceID), "maxChars": .integer(Int64(maxChars))]
    object["summary"] = (try? server.answer("trace/summary", params)) ?? .null
    return .object(object)
  }

  /// What was sent and did not become part of the answer; nil nearly always.
  private var losses: String? {
    let report = silence.refusals
    return report.isEmpty ? nil : "Not all was taken: \(report)"
  }

  // MARK: Files

  /// Every span and every log outside of spans that is kept, as lines of OTLP.
  func keep(_ path: String) throws {
    var text = ""
    for trace in traces.reversed() {
      var params: JSONObject = ["traceId": .string(trace.traceID), "format": "otlp", "maxChars": 64_000_000]
      while true {
        let answer: JSONValue
        do throws(ResponseError) { answer = try server.answer("trace/export", .object(params)) } catch {
          tell("\(trace.handle) cannot be written to \(path): \(error.message)")
          break
        }
        let part = answer["text"]?.string ?? ""
        text += part.hasSuffix("\n") || part.isEmpty ? part : part + "\n"
        guard let cursor = answer["nextCursor"]?.string else { break }
        params["cursor"] = .string(cursor)
      }
    }
    ModuleLogExport.write(store.withLock { $0.logs }) { text += String(decoding: $0, as: UTF8.self) }
    try Self.write(text, to: path)
  }

  static func write(_ text: String, to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      tell("\(path): \(errorText(errno))")
      throw ExitStatus.ownFailure
    }
    defer { close(file) }
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { Platform.write(file, $0.baseAddress! + written, bytes.count - written) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        tell("\(path): \(errorText(errno))")
        throw ExitStatus.ownFailure
      }
      written += count
    }
  }
}
