// Phrases that several answers share. Texts of records pass through FieldText and VisibleText, so they cannot imitate a line of ours.

import JSON
import TraceDistiller
import TraceRecords

enum AnswerWords {
  /// `3 spans`, `1 span`.
  static func counted(_ count: Int, _ noun: String) -> String { "\(DurationText.count(count)) \(count == 1 ? noun : noun + "s")" }

  static func name(_ text: String, limit: Int = 80) -> String { text.isEmpty ? "(unnamed)" : FieldText.name.make(text, limit: limit) }

  static func id(_ text: String) -> String { FieldText.name.make(text, limit: 64) }

  static func mark(_ status: SpanOutcome) -> String { status == .error ? "❌ " : status == .running ? "⏳ " : "" }

  /// ` [key=value, …]` in at most about `limit` characters, the most informative attributes first; empty if there are none.
  static func attributes(_ attributes: [DistilledAttribute], limit: Int = 120) -> String {
    let readable = attributes.filter { AttributeChoice.isReadable($0.key) }
    let ranked = readable.enumerated().map { (rank: AttributeChoice.rank($1.key), index: $0, attribute: $1) }
    let ordered = ranked.sorted { ($0.rank, $0.index) < ($1.rank, $1.index) }.map(\.attribute)
    var parts: [String] = []
    var length = 0
    for attribute in ordered {
      let part = "\(FieldText.key.make(attribute.key, limit: 40))=\(value(attribute.value, limit: 60))"
      length += part.unicodeScalars.count + 2
      guard length <= limit || parts.isEmpty else { break }
      parts.append(part)
    }
    guard !ordered.isEmpty else { return "" }
    if parts.count < ordered.count { parts.append("+\(ordered.count - parts.count)") }
    return " [\(parts.joined(separator: ", "))]"
  }

  static func value(_ value: DistilledAttribute.Value, limit: Int) -> String {
    switch TraceShape.value(value) {
    case .string(let text): FieldText.value.make(text, limit: limit)
    case let other: VisibleText.make(other.serializedString, limit: limit)
    }
  }

  /// Which trace the answer is about, and what is missing from it.
  static func trace(_ trace: TraceSnapshot, _ calls: CallNames) -> [String] {
    let which = trace.namesakes.map { SummaryLanguage.english.newest(of: $0) } ?? ""
    var lines = ["Trace: \(trace.handle) · \(id(trace.traceID))\(which)"]
    if !trace.isComplete, !trace.reasons.isEmpty { lines.append("Not complete: " + trace.reasons.joined(separator: ", ")) }
    return lines + lost(trace.losses, calls)
  }

  static func lost(_ losses: LossReport, _ calls: CallNames) -> [String] {
    guard !losses.isEmpty else { return [] }
    let (lines, records) = (Int(clamping: losses.lines), Int(clamping: losses.records))
    return [
      "Lost on the way: \(DurationText.count(lines)) lines, \(DurationText.count(records)) records (\(calls("server/status")))"
    ]
  }

  /// Traces, or logs, that a list leaves out because they belong to other projects.
  static func otherProjects(_ count: Int, of noun: String = "trace") -> String {
    "\(counted(count, noun)) of other projects left out: {\"filter\":{\"project\":\"*\"}} shows them"
  }

  static func note(_ note: String?) -> [String] { note.map { ["Note: " + $0] } ?? [] }

  /// A note and a hint that are shown instead of entries, cut to the room: a hint may contain a pipe's long path.
  static func fitting(_ note: String?, _ hint: String?, _ room: Int) -> (note: String?, hint: String?) {
    let note = note.map { JSONLength.cut($0, to: max(60, room / 2)) }
    return (note, hint.map { JSONLength.cut($0, to: room - (note.map { jsonLength($0) + 10 } ?? 0)) })
  }

  /// How to request the next page.
  static func more(_ cursor: String) -> String { "More: the same call with \"cursor\":\"\(cursor)\"" }
}
