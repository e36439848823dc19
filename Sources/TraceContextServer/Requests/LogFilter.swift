// The filter for module logs: those keys of the trace filter that apply to logs, and the level.

import JSON
import JSONRPC
import TraceDistiller
import TraceRecords

struct LogFilter: Sendable {
  static let keys = ["level", "service", "target", "run", "project", "since", "until", "attributes", "text"]

  private(set) var level = SeverityLevel.trace
  private(set) var query = TraceQuery()

  init(_ value: JSONValue?) throws(ResponseError) {
    guard let value else { return }
    for (key, value) in try FilterReader.members(of: value) {
      guard Self.keys.contains(key) else { throw .unknownKey(key, in: "filter", known: Self.keys) }
      guard key == "level" else {
        _ = try query.read(key, value)
        continue
      }
      guard let level = value.string.flatMap({ name in SeverityLevel.allCases.first { $0.name == name } }) else {
        throw FilterReader.wrong(key, value, "TRACE, DEBUG, INFO, WARN or ERROR")
      }
      self.level = level
    }
  }

  /// The project that it names.
  var project: ProjectCondition? { query.trace.project }

  func matches(_ log: ModuleLog) -> Bool { log.level >= level && query.matches(log) }
}
