// Tells the editor when what its lines did has changed: at once, and then at most four times a second.

import JSON
import JSONRPC
import Platform
import Synchronization
import TraceDistiller

final class LanguageWatch: Sendable {
  private struct Times: Sendable {
    var isBegun = false
    var isRunning = false
    var isAskedAgain = false
    var last: Int64 = 0
    /// When it looks again by itself.
    var next: Int64?
    var isOver = false
    var observation: TraceObservation?
  }

  private let reports: FileReports
  private let times = Mutex(Times())
  static let restNanos: Int64 = 250_000_000

  init(_ reports: FileReports) { self.reports = reports }

  /// From here on changes of traces are told.
  func begin() {
    let observation = reports.connection.source.observe([.completed, .abandoned, .changed, .reopened, .evicted, .sooner]) { [weak self] _ in
      self?.reports.state.isChanged()
      self?.wake()
    }
    times.withLock { ($0.observation, $0.isBegun) = (observation, true) }
    if observation != nil { reports.state.generation.add(1, ordering: .releasing) }
    wake()
  }

  func end() {
    let observation = times.withLock { times in
      defer { times.observation = nil }
      times.isOver = true
      return times.observation
    }
    observation?.cancel()
  }

  /// Something changed: a trace, a document, an option.
  func wake() {
    let begins = times.withLock { times in
      guard times.isBegun, !times.isOver else { return false }
      defer { times.isRunning = true }
      if times.isRunning { times.isAskedAgain = true }
      return !times.isRunning
    }
    guard begins, let workers = reports.connection.workers else { return }
    Task.detached(executorPreference: workers.long) { await self.run() }
  }

  private func run() async {
    while true {
      let now = MonotonicClock.nanos
      let wait = times.withLock { max(0, $0.last + Self.restNanos - now) }
      if wait > 0 { try? await Task.sleep(nanoseconds: UInt64(wait)) }
      times.withLock { ($0.isAskedAgain, $0.last) = (false, MonotonicClock.nanos) }
      await tell()
      let goesOn = times.withLock { times in
        if times.isOver || !times.isAskedAgain { times.isRunning = false }
        return times.isRunning
      }
      guard goesOn else { break }
    }
    // A trace is complete when it was quiet: nothing arrives then that would say so.
    if let next = reports.connection.source.advance(to: reports.connection.clock()) { wake(at: next) }
  }

  /// Looks again at that time of the store's clock, unless it does so before.
  private func wake(at instant: Int64) {
    let isFirst = times.withLock { times in
      guard !times.isOver, times.next.map({ instant < $0 }) ?? true else { return false }
      times.next = instant
      return true
    }
    guard isFirst, let workers = reports.connection.workers else { return }
    let wait = UInt64(max(0, instant - reports.connection.clock()))
    Task.detached(executorPreference: workers.timely) { [weak self] in
      try? await Task.sleep(nanoseconds: wait)
      self?.times.withLock { if $0.next == instant { $0.next = nil } }
      self?.wake()
    }
  }

  private func tell() async {
    let (client, options, open) = reports.state.read { ($0.client, $0.options, Array($0.documents.keys).sorted()) }
    var isNews = false
    for uri in open {
      guard let report = try? await reports.report(uri) else { continue }
      let diagnostics = LanguageDiagnostics.answer(report, options, reports)
      if note(diagnostics, uri) {
        isNews = true
        if !client.isPulling { publish(diagnostics, uri, report.document?.version) }
      }
      let lenses = LanguageLines.lenses(report, options)
      let isOther = reports.state.change { values in
        guard values.documents[uri] != nil else { return false }
        return values.shown.updateValue(lenses, forKey: uri) ?? [] != lenses
      }
      if isOther { isNews = true }
    }
    guard isNews else { return }
    if client.refreshesLenses, options.has(.codeLens) { ask("workspace/codeLens/refresh") }
    if client.refreshesHints, options.has(.inlayHints) { ask("workspace/inlayHint/refresh") }
    if client.isPulling, options.has(.diagnostics) { ask("workspace/diagnostic/refresh") }
  }

  /// The client answers when it likes; nobody waits for that.
  private func ask(_ method: String) {
    Task.detached { [requests = reports.connection.requests] in _ = await requests.ask(method) }
  }

  /// The same is not said twice, and nothing of a file that nothing was ever said of.
  private func note(_ diagnostics: JSONValue, _ uri: String) -> Bool {
    reports.state.change { values in
      guard values.documents[uri] != nil, (values.published[uri] ?? []) != diagnostics else { return false }
      values.published[uri] = diagnostics
      return true
    }
  }

  private func publish(_ diagnostics: JSONValue, _ uri: String, _ version: Int64?) {
    var params: JSONObject = ["uri": .string(uri), "diagnostics": diagnostics]
    if let version { params["version"] = .integer(version) }
    reports.connection.notifications.send("textDocument/publishDiagnostics", .object(params))
  }
}
