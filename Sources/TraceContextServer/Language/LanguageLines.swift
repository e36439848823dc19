// textDocument/codeLens and textDocument/inlayHint: what each line did, in a few characters.

import JSON
import JSONRPC
import TraceDistiller

enum LanguageLines {
  /// The lines to be marked: short ones only where something failed.
  private static func marked(_ report: FileReport, _ options: LanguageOptions) -> [(line: Int, use: FileCode.Line)] {
    let least = Int64(min(options.minMs, 1e9) * 1_000_000)
    return report.code.lines.compactMap { use in
      guard use.totalNanos >= least || use.failures > 0 else { return nil }
      return report.line(use.location, recordedAt: use.newestStart).map { ($0, use) }
    }
  }

  static func lenses(_ report: FileReport, _ options: LanguageOptions) -> JSONValue {
    .array(
      marked(report, options).map { line, use in
        let title = LineWords.short(use) + (report.isStale(use.newestStart) ? " · " + FileReport.staleness : "")
        return [
          "range": report.range(ofLine: line),
          "command": ["title": .string(title), "command": .string(LanguageCommand.explain.id), "arguments": [.string(use.newest)]],
          "data": ["traceDistiller": true],
        ]
      })
  }

  /// - Parameter lines: only hints of these.
  static func hints(_ report: FileReport, _ options: LanguageOptions, in lines: ClosedRange<Int>) -> JSONValue {
    var byLine: [Int: [FileCode.Line]] = [:]
    for (line, use) in marked(report, options) where lines.contains(line) { byLine[line, default: []].append(use) }
    return .array(
      byLine.keys.sorted().map { line in
        let uses = byLine[line]!
        let total = uses.reduce(Int64(0)) { max($0, $1.totalNanos) }
        let newest = uses.map(\.newestStart).max() ?? 0
        return [
          "position": LanguageShape.position(line, report.document?.span(ofLine: line, report.encoding).to ?? 0),
          "label": .string(LineWords.short(total)), "paddingLeft": true,
          "data": ["traceDistiller": true],
          "tooltip": .string(
            uses.map { LineWords.short($0) }.joined(separator: "\n") + (report.isStale(newest) ? "\n" + FileReport.staleness : "")),
        ]
      })
  }

  /// textDocument/codeAction: the commands, for the newest trace of a line.
  static func actions(_ report: FileReport, in lines: ClosedRange<Int>) -> JSONValue {
    let uses = report.code.lines.filter { use in report.line(use.location, recordedAt: use.newestStart).map(lines.contains) ?? false }
    guard let newest = uses.max(by: { $0.newestStart < $1.newestStart }) else { return [] }
    return .array(
      [LanguageCommand.explain, .summary, .criticalPath].map { command in
        [
          "title": .string("\(command.title) \(newest.newest)"),
          "command": ["title": .string(command.title), "command": .string(command.id), "arguments": [.string(newest.newest)]],
        ]
      })
  }
}
