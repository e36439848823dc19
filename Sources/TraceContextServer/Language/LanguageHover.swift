// textDocument/hover: what the line did.

import JSON
import JSONRPC
import TraceDistiller

enum LanguageHover {
  static func answer(_ report: FileReport, line: Int, isMarkdown: Bool) -> JSONValue {
    let lines = report.code.lines.filter { report.line($0.location, recordedAt: $0.newestStart) == line }
    let told = report.code.told.filter { report.line($0.note.location, recordedAt: $0.startNanos) == line }
    guard !lines.isEmpty || !told.isEmpty else { return .null }
    let newest = max(lines.map(\.newestStart).max() ?? 0, told.map(\.startNanos).max() ?? 0)
    let text = LineWords.hover(lines, told, isStale: report.isStale(newest), isMarkdown: isMarkdown)
    return [
      "contents": ["kind": .string(isMarkdown ? "markdown" : "plaintext"), "value": .string(text)], "range": report.range(ofLine: line),
    ]
  }
}
