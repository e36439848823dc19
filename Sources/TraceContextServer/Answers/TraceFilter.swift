// The one small object by which traces are chosen, the same in every method. methods.md, "The family".

import JSON
import JSONRPC
import TraceDistiller
import TraceRecords

struct TraceFilter: Sendable {
  static let keys = [
    "name", "service", "target", "run", "status", "hasErrors", "minDurationMs", "maxDurationMs", "since", "until", "attributes", "text",
  ]

  private(set) var name: TextPattern?
  private(set) var service: TextPattern?
  private(set) var target: TextPattern?
  private(set) var run: TextPattern?
  private(set) var status: SpanOutcome?
  private(set) var hasErrors: Bool?
  private(set) var minDurationMs: Double?
  private(set) var maxDurationMs: Double?
  private(set) var since: Int64?
  private(set) var until: Int64?
  private(set) var attributes: [(key: String, value: String)] = []
  private(set) var text: TextPattern?

  init(_ value: JSONValue?) throws(ResponseError) {
    guard let value else { return }
    for (key, value) in try FilterReader.members(of: value) {
      switch key {
      case "name": name = try TextPattern(FilterReader.text(key, value))
      case "service": service = try TextPattern(FilterReader.text(key, value))
      case "target": target = try TextPattern(FilterReader.text(key, value))
      case "run": run = try TextPattern(FilterReader.text(key, value))
      case "text": text = try TextPattern(FilterReader.text(key, value))
      case "status":
        guard let outcome = value.string.flatMap({ SpanOutcome(rawValue: $0) }) else {
          throw FilterReader.wrong(key, value, "ok, error or running")
        }
        status = outcome
      case "hasErrors":
        guard let flag = value.bool else { throw FilterReader.wrong(key, value, "true or false") }
        hasErrors = flag
      case "minDurationMs", "maxDurationMs":
        guard let number = value.double, number >= 0 else { throw FilterReader.wrong(key, value, "a number of milliseconds") }
        if key == "minDurationMs" { minDurationMs = number } else { maxDurationMs = number }
      case "since": since = try FilterReader.instant(key, value)
      case "until": until = try FilterReader.instant(key, value)
      case "attributes": attributes = try FilterReader.attributes(key, value)
      default: throw .unknownKey(key, in: "filter", known: Self.keys)
      }
    }
  }

  /// Spans have to be read, not only the line of the list.
  var looksInside: Bool { target != nil || text != nil || !attributes.isEmpty }

  /// - Parameter snapshot: the trace itself, asked for only when the filter looks inside.
  func matches(_ trace: TraceOverview, snapshot: () -> TraceSnapshot?) -> Bool {
    if let name, !name.matches(trace.rootName) { return false }
    if let service, !service.matches(trace.service ?? "") { return false }
    if !matchesRun(trace) { return false }
    if let status, trace.status != status { return false }
    if let hasErrors, (trace.errorCount > 0) != hasErrors { return false }
    let millis = Double(trace.durationNanos) / 1_000_000
    if let minDurationMs, millis < minDurationMs { return false }
    if let maxDurationMs, millis > maxDurationMs { return false }
    if let since, trace.startTimeUnixNano < since { return false }
    if let until, trace.startTimeUnixNano > until { return false }
    return !looksInside || matchesInside(snapshot)
  }

  /// What the line of a trace can decide.
  var query: TraceListQuery {
    var query = TraceListQuery()
    (query.name, query.service, query.run) = (name, service, run)
    (query.outcome, query.hasErrors) = (status, hasErrors)
    (query.minMillis, query.maxMillis) = (minDurationMs, maxDurationMs)
    (query.since, query.until) = (since, until)
    return query
  }

  /// What only its spans can. A trace that is gone by now matches nothing.
  func matchesInside(_ snapshot: () -> TraceSnapshot?) -> Bool { snapshot().map { matchesInside(DistilledTrace($0)) } ?? false }

  /// Whether some program that told of the trace is of the run that is wanted.
  func matchesRun(_ trace: TraceOverview) -> Bool {
    guard let run else { return true }
    return trace.runs.isEmpty ? run.matches("") : trace.runs.contains { run.matches($0) }
  }

  /// Every condition must hold for some span, not all for the same one.
  private func matchesInside(_ trace: DistilledTrace) -> Bool {
    // Spans of which only logs spoke are among them.
    let nodes = (0..<trace.tree.count).lazy.map { trace.node($0) }
    if let target, !nodes.contains(where: { target.matches($0.target ?? "") }) { return false }
    for (key, value) in attributes {
      guard
        nodes.contains(where: {
          $0.attributes.contains { $0.key.utf8.elementsEqual(key.utf8) && $0.value.text.utf8.elementsEqual(value.utf8) }
        })
      else { return false }
    }
    guard let text else { return true }
    return nodes.contains { node in
      text.matches(node.name) || node.attributes.contains { text.matches($0.value.text) }
        || node.events().contains { text.matches($0.message) }
    }
  }

  /// What there is when nothing matches: names that look alike, and the time that the traces cover.
  func alternatives(_ traces: [TraceOverview]) -> String {
    alternatives(
      traces, count: traces.count, from: traces.map(\.startTimeUnixNano).min() ?? 0, to: traces.map(\.startTimeUnixNano).max() ?? 0)
  }

  /// - Parameters:
  ///   - traces: those whose names are told, oldest first.
  ///   - count: how many there are, which began between `first` and `last`.
  func alternatives(_ traces: [TraceOverview], count: Int, from first: Int64, to last: Int64) -> String {
    var names: [String] = []
    for trace in traces where !names.contains(trace.rootName) && names.count < 200 { names.append(trace.rootName) }
    let near = nearest(name?.text ?? text?.text ?? "", among: names, limit: 5).map { VisibleText.make($0, limit: 60) }
    let number = count == 1 ? "is 1 trace" : "are \(DurationText.count(count)) traces"
    return "nothing matches; there \(number) (\(near.joined(separator: ", "))) "
      + "that began between \(Timestamp.format(first)) and \(Timestamp.format(last))" + otherRuns(traces)
  }

  /// The runs that there are, where one was asked for.
  func otherRuns(_ traces: [TraceOverview]) -> String {
    guard let run else { return "" }
    var names: [String] = []
    // The newest of them: a run is most likely the last one.
    for name in traces.reversed().lazy.flatMap(\.runs) where !names.contains(name) && names.count < 50 { names.append(name) }
    if names.isEmpty { return "; none of them tells its run" }
    return "; runs: " + nearest(run.text, among: names, limit: 5).map { VisibleText.make($0, limit: 60) }.joined(separator: ", ")
  }
}
