// What to do when there is nothing to tell yet: where records are expected, or why none will come.

import TraceDistiller
import TraceRecords

enum SourceHint {
  static func text(_ sources: [SourceReport], _ calls: CallNames = .methods) -> String {
    guard let source = sources.first else { return "there is no source of records" }
    if source.kind == "file" { return "\(source.path) holds no trace; \(calls("server/status")) counts what was read" }
    switch source.state {
    case "owned":
      return
        "the pipe \(source.path) is read by another server (pid \(source.ownerPID ?? 0)): ask through the program that started it; this one takes over when it ends"
    case "reading" where source.statistics.lines > 0 && source.statistics.records == 0:
      let latest = source.problems.last.map { "; the latest: \($0.reason)" } ?? ""
      return
        "\(source.statistics.lines) lines came through the pipe \(source.path), none was a record\(latest); protocol/records.schema.json tells the format"
    case "reading": return "write records to the pipe \(source.path); \(calls("server/status")) counts what arrives"
    default: return "the pipe \(source.path) cannot be read: \(source.message ?? source.state)"
    }
  }
}
