// What lines about an answer's JSON have in common. Texts of records pass through FieldText and VisibleText: they cannot forge a line.

import JSON
import TraceDistiller
import TraceRecords

enum AnswerWords {
  static func count(_ value: JSONValue?) -> String { DurationText.count(Int(value?.integer ?? 0)) }

  /// `3 spans`, `1 span`.
  static func counted(_ count: Int, _ noun: String) -> String { "\(DurationText.count(count)) \(count == 1 ? noun : noun + "s")" }

  static func duration(_ millis: JSONValue?) -> String { DurationText.format(nanos(millis)) }

  /// JSON carries milliseconds; a double holds every duration below a month to the nanosecond.
  static func nanos(_ millis: JSONValue?) -> Int64 { Int64(exactly: ((millis?.double ?? 0) * 1_000_000).rounded()) ?? .max }

  static func instant(_ nanos: JSONValue?) -> String { nanos?.string.flatMap { Int64($0) }.map { Timestamp.format($0) } ?? "-" }

  static func name(_ value: JSONValue?, limit: Int = 80) -> String {
    guard let text = value?.string, !text.isEmpty else { return "(unnamed)" }
    return FieldText.name.make(text, limit: limit)
  }

  static func id(_ value: JSONValue?) -> String { FieldText.name.make(value?.string ?? "", limit: 64) }

  static func mark(_ status: JSONValue?) -> String { status == "error" ? "❌ " : status == "running" ? "⏳ " : "" }

  /// ` [key=value, …]` in at most about `limit` characters, what tells most first; nothing where there is none.
  static func attributes(_ value: JSONValue?, limit: Int = 120) -> String {
    let readable = (value?.object?.members ?? []).filter { AttributeChoice.isReadable($0.key) }
    let ranked = readable.enumerated().map { (rank: AttributeChoice.rank($1.key), index: $0, member: $1) }
    let members = ranked.sorted { ($0.rank, $0.index) < ($1.rank, $1.index) }.map(\.member)
    var parts: [String] = []
    var length = 0
    for (key, value) in members {
      let part = "\(FieldText.key.make(key, limit: 40))=\(self.value(value, limit: 60))"
      length += part.unicodeScalars.count + 2
      guard length <= limit || parts.isEmpty else { break }
      parts.append(part)
    }
    guard !members.isEmpty else { return "" }
    if parts.count < members.count { parts.append("+\(members.count - parts.count)") }
    return " [\(parts.joined(separator: ", "))]"
  }

  static func value(_ value: JSONValue, limit: Int) -> String {
    if let text = value.string { return FieldText.value.make(text, limit: limit) }
    return VisibleText.make(value.serializedString, limit: limit)
  }

  /// Which trace it is about, and what is missing of it.
  static func trace(_ answer: JSONValue, _ calls: CallNames) -> [String] {
    let which = answer["namesakes"]?.integer.map { SummaryLanguage.english.newest(of: Int($0)) } ?? ""
    var lines = ["Trace: \(answer["handle"]?.string ?? "") · \(id(answer["traceId"]))\(which)"]
    let reasons = answer["reasons"]?.array?.compactMap(\.string) ?? []
    if answer["complete"] != true, !reasons.isEmpty { lines.append("Not complete: " + reasons.joined(separator: ", ")) }
    return lines + lost(answer, calls)
  }

  static func lost(_ answer: JSONValue, _ calls: CallNames) -> [String] {
    guard let lost = answer["lost"] else { return [] }
    return ["Lost on the way: \(count(lost["lines"])) lines, \(count(lost["records"])) records (\(calls("server/status")))"]
  }

  /// The hint of an empty answer, and how to get the next page of a long one.
  static func closing(_ answer: JSONValue) -> [String] {
    var lines: [String] = []
    if let hint = answer["hint"]?.string { lines.append(hint) }
    if let cursor = answer["nextCursor"]?.string { lines.append("More: the same call with \"cursor\":\"\(cursor)\"") }
    return lines
  }
}
