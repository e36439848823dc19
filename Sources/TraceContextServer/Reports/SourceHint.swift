// A hint for an empty answer: where records are expected, or why none will arrive.

import TraceDistiller
import TraceRecords

/// One sentence for empty answers and for a language client's log.
enum SourceHint {
  /// If there are many pipes, the first ones are named, and the hint says where the others are listed.
  private static let maxTold = 4

  static func text(_ sources: [SourceReport], _ calls: CallNames = .methods) -> String {
    let receiver = sources.first { $0.kind == "otlp" && $0.state == "reading" }
    let places = sources.filter { $0.kind != "journal" && $0.kind != "otlp" }
    guard let first = places.first else { return "there is no source of records" }
    if first.kind == "file" {
      let files = places.filter { $0.statistics.records > 0 }
      if let logs = files.first {
        return "\(logs.path) holds log lines and no trace" + (calls.has("logs/list") ? "; \(calls("logs/list")) shows them" : "")
      }
      return "\(first.path) \(first.refusal ?? "holds no trace; \(calls("server/status")) counts what was read")"
    }
    // Pipes without a problem share one sentence; each of the others gets its own.
    let (well, others) = (places.filter(isWell), places.filter { !isWell($0) })
    var sentences: [String] = []
    if !well.isEmpty {
      let paths = well.prefix(maxTold).map(\.path).joined(separator: " or ")
      sentences.append("write records to the pipe \(paths); \(calls("server/status")) counts what arrives")
    }
    sentences += others.prefix(maxTold).map { sentence($0, calls) }
    let untold = max(0, well.count - maxTold) + max(0, others.count - maxTold)
    if untold > 0 { sentences.append("\(untold) more pipes are in \(calls("server/status"))") }
    if let receiver { sentences.append(sentence(receiver)) }
    return sentences.joined(separator: "; ")
  }

  private static func sentence(_ receiver: SourceReport) -> String {
    let refused = receiver.requests.filter { !["connections", "traces", "logs", "metrics"].contains($0.name) && $0.count > 0 }
    let told = refused.isEmpty ? "" : " (refused so far: \(refused.map { "\($0.name) \($0.count)" }.joined(separator: ", ")))"
    return
      "programs with OpenTelemetry send to \(receiver.path) when OTEL_EXPORTER_OTLP_ENDPOINT is that and OTEL_EXPORTER_OTLP_PROTOCOL is http/protobuf\(told)"
  }

  private static func isWell(_ source: SourceReport) -> Bool {
    source.state == "reading" && source.unfinished == nil && (source.statistics.lines == 0 || source.statistics.records > 0)
  }

  private static func sentence(_ source: SourceReport, _ calls: CallNames) -> String {
    switch source.state {
    case "owned":
      return
        "the pipe \(source.path) is read by another server (pid \(source.ownerPID ?? 0)): ask through the program that started it; this one takes over when it ends"
    case "reading" where source.unfinished != nil && source.statistics.records == 0:
      return
        "\(source.unfinished?.bytes ?? 0) bytes came through the pipe \(source.path) of a record that has not ended: its writer has to write the rest, and a newline"
    case "reading" where source.statistics.records > 0:
      return "write records to the pipe \(source.path); \(calls("server/status")) counts what arrives"
    case "reading":
      let latest = source.refusal.map { "; the input \($0)" } ?? source.problems.last.map { "; the latest: \($0.reason)" } ?? ""
      return
        "\(source.statistics.lines) lines came through the pipe \(source.path), none was a record\(latest); protocol/records.schema.json tells the format"
    default: return "the pipe \(source.path) cannot be read: \(source.message ?? source.state)"
    }
  }
}
