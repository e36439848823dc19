// textDocument/publishDiagnostics and textDocument/diagnostic: errors at the line that they came from, and what costs time.

import JSON
import JSONRPC
import TraceDistiller

enum LanguageDiagnostics {
  /// At most as many as the options say: errors before findings before warnings; the last one tells how many more there are.
  static func answer(_ report: FileReport, _ options: LanguageOptions, _ reports: FileReports) -> JSONValue {
    guard options.has(.diagnostics) else { return [] }
    var items: [(told: FileCode.Told, line: Int)] = []
    for told in report.code.told where told.note.kind != .finding || options.has(.findings) {
      if let line = report.line(told.note.location, recordedAt: told.startNanos) { items.append((told, line)) }
    }
    let shown = items.prefix(options.maxDiagnostics)
    let hasRelated = reports.state.client.knowsRelated
    return .array(
      shown.enumerated().map { index, item in
        let isStale = report.isStale(item.told.startNanos)
        var message = LineWords.message(item.told.note) + " (\(item.told.handle))"
        if isStale { message += ", " + FileReport.staleness }
        if index == shown.count - 1, items.count > shown.count { message += "; and \(items.count - shown.count) more in this file" }
        var object: JSONObject = [
          "range": report.range(ofLine: item.line), "severity": .integer(severity(item.told.note, isStale)), "source": "trace-distiller",
          "code": .string(code(item.told.note.kind)), "message": .string(message),
        ]
        let related = hasRelated ? related(item.told, reports) : []
        if !related.isEmpty { object["relatedInformation"] = .array(related) }
        return .object(object)
      })
  }

  /// 1 is an error, 2 a warning, 3 information, 4 a hint. What was recorded before the last edit may be mended already.
  private static func severity(_ note: TraceCode.Note, _ isStale: Bool) -> Int {
    if isStale { return 4 }
    switch note.kind {
    case .error: return 1
    case .warning: return 2
    case .finding: return note.costNanos > 0 ? 3 : 4
    }
  }

  private static func code(_ kind: TraceCode.Note.Kind) -> String {
    switch kind {
    case .error: "error"
    case .warning: "warning"
    case .finding: "finding"
    }
  }

  private static func related(_ told: FileCode.Told, _ reports: FileReports) -> [JSONValue] {
    told.note.path.compactMap { step in
      guard let (uri, line) = reports.target(step.location, recordedAt: told.startNanos) else { return nil }
      return [
        "location": ["uri": .string(uri), "range": LanguageShape.range(line, 0, line, 0)],
        "message": .string(step.name.isEmpty ? "called here" : "in \(step.name)"),
      ]
    }
  }
}
