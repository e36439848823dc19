// The object by which module logs are chosen: the filter's keys as far as a log has them, and its level.

import JSON
import JSONRPC
import TraceDistiller
import TraceRecords

struct LogFilter: Sendable {
  static let keys = ["level", "service", "target", "run", "since", "until", "attributes", "text"]

  private var level = SeverityLevel.trace
  private var service: TextPattern?
  private var target: TextPattern?
  private var run: TextPattern?
  private var since: Int64?
  private var until: Int64?
  private var attributes: [(key: String, value: String)] = []
  private var text: TextPattern?

  init(_ value: JSONValue?) throws(ResponseError) {
    guard let value else { return }
    for (key, value) in try FilterReader.members(of: value) {
      switch key {
      case "level":
        guard let level = value.string.flatMap({ name in SeverityLevel.allCases.first { $0.name == name } }) else {
          throw FilterReader.wrong(key, value, "TRACE, DEBUG, INFO, WARN or ERROR")
        }
        self.level = level
      case "service": service = try FilterReader.pattern(key, value)
      case "target": target = try FilterReader.pattern(key, value)
      case "run": run = try FilterReader.pattern(key, value)
      case "text": text = try FilterReader.pattern(key, value)
      case "since": since = try FilterReader.instant(key, value)
      case "until": until = try FilterReader.instant(key, value)
      case "attributes": attributes = try FilterReader.attributes(key, value)
      default: throw .unknownKey(key, in: "filter", known: Self.keys)
      }
    }
  }

  func matches(_ log: ModuleLog) -> Bool {
    if log.level < level { return false }
    if let since, log.timeUnixNano < since { return false }
    if let until, log.timeUnixNano > until { return false }
    if let target, !target.matches(log.target ?? "") { return false }
    if let service, !service.matches(log.service ?? "") { return false }
    if let run, !run.matches(log.run ?? "") { return false }
    guard !attributes.isEmpty || text != nil else { return true }
    if let text, text.matches(log.message), attributes.isEmpty { return true }
    let found = log.attributes
    for (key, value) in attributes {
      guard found.contains(where: { $0.key.utf8.elementsEqual(key.utf8) && $0.value.text.utf8.elementsEqual(value.utf8) }) else {
        return false
      }
    }
    guard let text else { return true }
    return text.matches(log.message) || found.contains { text.matches($0.value.text) }
  }
}
