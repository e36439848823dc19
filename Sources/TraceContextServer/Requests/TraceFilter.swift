// The object that selects traces, with the same meaning in every method. See methods.md, "The family".

import JSON
import JSONRPC
import TraceDistiller
import TraceRecords

struct TraceFilter: Sendable {
  /// Keys about a span: one span must meet all of them.
  static let spanKeys = ["name", "service", "target", "status", "minDurationMs", "maxDurationMs", "attributes", "text"]
  /// Keys about the trace as a whole.
  static let traceKeys = [
    "rootName", "rootStatus", "minRootDurationMs", "maxRootDurationMs", "hasErrors", "run", "project", "since", "until",
  ]
  static let keys = spanKeys + traceKeys

  private(set) var query = TraceQuery()
  private var given: [String] = []

  init(_ value: JSONValue?) throws(ResponseError) {
    guard let value else { return }
    for (key, value) in try FilterReader.members(of: value) {
      given.append(key)
      guard try query.read(key, value) else { throw .unknownKey(key, in: "filter", known: Self.keys) }
    }
  }

  /// The same filter, and in addition some span must contain the text.
  func with(text: TextPattern?) -> TraceFilter {
    guard let text else { return self }
    var filter = self
    filter.query.span.texts.append(text)
    return filter
  }

  /// The same filter, of every project if it names none.
  func with(everyProject isWanted: Bool) -> TraceFilter {
    var filter = self
    if isWanted, query.trace.project == nil { filter.query.trace.project = .any }
    return filter
  }

  /// Whether spans must be read: the ranks of the listed traces are not enough.
  var looksInside: Bool { !query.span.isEmpty }
}

extension TraceQuery {
  /// Reads one key of a filter, of any kind of filter: a key has one meaning. Returns false for an unknown key.
  mutating func read(_ key: String, _ value: JSONValue) throws(ResponseError) -> Bool {
    switch key {
    case "name": span.name = try FilterReader.pattern(key, value)
    case "service": span.service = try FilterReader.pattern(key, value)
    case "target": span.target = try FilterReader.pattern(key, value)
    case "status": span.outcome = try FilterReader.outcome(key, value)
    case "minDurationMs": span.minMillis = try FilterReader.millis(key, value)
    case "maxDurationMs": span.maxMillis = try FilterReader.millis(key, value)
    case "attributes": span.attributes = try FilterReader.attributes(key, value)
    case "text": span.texts = [try TextReader.pattern("filter.text", value)]
    case "rootName": trace.rootName = try FilterReader.pattern(key, value)
    case "rootStatus": trace.rootOutcome = try FilterReader.outcome(key, value)
    case "minRootDurationMs": trace.minRootMillis = try FilterReader.millis(key, value)
    case "maxRootDurationMs": trace.maxRootMillis = try FilterReader.millis(key, value)
    case "hasErrors":
      guard let flag = value.bool else { throw FilterReader.wrong(key, value, "true or false") }
      trace.hasErrors = flag
    case "run": trace.run = try FilterReader.pattern(key, value)
    case "project":
      guard let project = ProjectCondition(try FilterReader.text(key, value)) else {
        throw FilterReader.wrong(key, value, "the path of a directory, or * for every project")
      }
      trace.project = project
    case "since": trace.since = try FilterReader.instant(key, value)
    case "until": trace.until = try FilterReader.instant(key, value)
    default: return false
    }
    return true
  }
}

extension TraceFilter {
  /// What a method listed in 0.1, which decided the meaning of keys there.
  enum Subject { case traces, spans }

  /// Keys whose meaning has changed since 0.1, with the key that has the old meaning now.
  private static let changedOfTraces: [(key: String, now: String?)] = [
    ("name", "rootName"), ("service", nil), ("status", "rootStatus"), ("minDurationMs", "minRootDurationMs"),
    ("maxDurationMs", "maxRootDurationMs"),
  ]
  private static let changedOfSpans: [(key: String, now: String?)] = [("hasErrors", nil), ("since", nil), ("until", nil)]

  /// What an answer has to say about its filter: how keys were understood, and that traces of other projects were left out without being asked to.
  func note(_ subject: Subject, _ kept: TraceListing) -> String? {
    let others = query.trace.project == nil && kept.ofOtherProjects > 0 ? AnswerWords.otherProjects(kept.ofOtherProjects) : nil
    let notes = [note(subject), others].compactMap { $0 }
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
  }

  /// How keys were understood that meant something else in 0.1; nil if there are none. To be removed after one release.
  func note(_ subject: Subject) -> String? {
    let changed = (subject == .traces ? Self.changedOfTraces : Self.changedOfSpans).filter { given.contains($0.key) }
    guard !changed.isEmpty else { return nil }
    let keys = changed.map { "filter.\($0.key)" }.joined(separator: ", ")
    let (meaning, old) = subject == .traces ? ("one span", "the root") : ("the whole trace", "the span")
    let now = changed.compactMap(\.now)
    return "\(keys): of \(meaning), in 0.1 of \(old)" + (now.isEmpty ? "" : " (now \(now.joined(separator: ", ")))")
  }
}
