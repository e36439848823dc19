// The one small object by which traces are chosen, the same in every method. methods.md, "The family".

import JSON
import JSONRPC
import TraceDistiller
import TraceRecords

struct TraceFilter: Sendable {
  static let keys = [
    "name", "service", "target", "run", "status", "hasErrors", "minDurationMs", "maxDurationMs", "since", "until", "attributes", "text",
  ]

  private var name: String?
  private var service: String?
  private var target: String?
  private var run: String?
  private var status: SpanOutcome?
  private var hasErrors: Bool?
  private var minDurationMs: Double?
  private var maxDurationMs: Double?
  private var since: Int64?
  private var until: Int64?
  private var attributes: [(key: String, value: String)] = []
  private var text: String?

  init(_ value: JSONValue?) throws(ResponseError) {
    guard let value else { return }
    guard case .object(let object) = value else {
      throw .invalidParams("filter must be an object, not \(ParameterReader.quote(value))", data: ["parameter": "filter"])
    }
    for (key, value) in object.members where !value.isNull {
      switch key {
      case "name": name = try Self.text(key, value)
      case "service": service = try Self.text(key, value)
      case "target": target = try Self.text(key, value)
      case "run": run = try Self.text(key, value)
      case "text": text = try Self.text(key, value)
      case "status":
        guard let outcome = value.string.flatMap({ SpanOutcome(rawValue: $0) }) else {
          throw Self.wrong(key, value, "ok, error or running")
        }
        status = outcome
      case "hasErrors":
        guard let flag = value.bool else { throw Self.wrong(key, value, "true or false") }
        hasErrors = flag
      case "minDurationMs", "maxDurationMs":
        guard let number = value.double, number >= 0 else { throw Self.wrong(key, value, "a number of milliseconds") }
        if key == "minDurationMs" { minDurationMs = number } else { maxDurationMs = number }
      case "since": since = try Self.instant(key, value)
      case "until": until = try Self.instant(key, value)
      case "attributes":
        guard let wanted = value.object else { throw Self.wrong(key, value, "an object of key and value") }
        attributes = wanted.members.map { ($0.key, $0.value.string ?? $0.value.serializedString) }
      default: throw .unknownKey(key, in: "filter", known: Self.keys)
      }
    }
  }

  /// Spans have to be read, not only the line of the list.
  var looksInside: Bool { target != nil || text != nil || !attributes.isEmpty }

  /// - Parameter snapshot: the trace itself, asked for only when the filter looks inside.
  func matches(_ trace: TraceOverview, snapshot: () -> TraceSnapshot?) -> Bool {
    if let name, !Self.contains(trace.rootName, name) { return false }
    if let service, !Self.contains(trace.service ?? "", service) { return false }
    if let run, !Self.contains(trace.run ?? "", run) { return false }
    if let status, trace.status != status { return false }
    if let hasErrors, (trace.errorCount > 0) != hasErrors { return false }
    let millis = Double(trace.durationNanos) / 1_000_000
    if let minDurationMs, millis < minDurationMs { return false }
    if let maxDurationMs, millis > maxDurationMs { return false }
    if let since, trace.startTimeUnixNano < since { return false }
    if let until, trace.startTimeUnixNano > until { return false }
    guard looksInside else { return true }
    guard let snapshot = snapshot() else { return false }
    return matchesInside(DistilledTrace(snapshot))
  }

  /// Every condition must hold for some span, not all for the same one.
  private func matchesInside(_ trace: DistilledTrace) -> Bool {
    // Spans of which only logs spoke are among them.
    let nodes = (0..<trace.tree.count).lazy.map { trace.node($0) }
    if let target, !nodes.contains(where: { Self.contains($0.target ?? "", target) }) { return false }
    for (key, value) in attributes {
      guard
        nodes.contains(where: {
          $0.attributes.contains { $0.key.utf8.elementsEqual(key.utf8) && $0.value.text.utf8.elementsEqual(value.utf8) }
        })
      else { return false }
    }
    guard let text else { return true }
    return nodes.contains { node in
      Self.contains(node.name, text) || node.attributes.contains { Self.contains($0.value.text, text) }
        || node.events().contains { Self.contains($0.message, text) }
    }
  }

  /// What there is when nothing matches: names that look alike, and the time that the traces cover.
  func alternatives(_ traces: [TraceOverview]) -> String {
    var names: [String] = []
    for trace in traces where !names.contains(trace.rootName) && names.count < 200 { names.append(trace.rootName) }
    let near = nearest(name ?? text ?? "", among: names, limit: 5).map { VisibleText.make($0, limit: 60) }
    let first = traces.map(\.startTimeUnixNano).min() ?? 0
    let last = traces.map(\.startTimeUnixNano).max() ?? 0
    let count = traces.count == 1 ? "is 1 trace" : "are \(DurationText.count(traces.count)) traces"
    return "nothing matches; there \(count) (\(near.joined(separator: ", "))) "
      + "that began between \(Timestamp.format(first)) and \(Timestamp.format(last))"
  }

  /// Case-insensitive, as substrings.
  private static func contains(_ text: String, _ part: String) -> Bool {
    if part.isEmpty { return true }
    let (text, part) = (Array(text.lowercased().utf8), Array(part.lowercased().utf8))
    guard part.count <= text.count else { return false }
    return (0...(text.count - part.count)).contains { text[$0..<$0 + part.count].elementsEqual(part) }
  }

  private static func text(_ key: String, _ value: JSONValue) throws(ResponseError) -> String {
    guard let text = value.string else { throw wrong(key, value, "a string") }
    return text
  }

  private static func instant(_ key: String, _ value: JSONValue) throws(ResponseError) -> Int64 {
    guard let text = value.string, let instant = Timestamp.parse(text) ?? Int64(text) else {
      throw wrong(key, value, "an instant as RFC 3339 or as a string of Unix nanoseconds")
    }
    return instant
  }

  private static func wrong(_ key: String, _ found: JSONValue, _ expected: String) -> ResponseError {
    .invalidParams("filter.\(key) must be \(expected), not \(ParameterReader.quote(found))", data: ["parameter": .string("filter.\(key)")])
  }
}
