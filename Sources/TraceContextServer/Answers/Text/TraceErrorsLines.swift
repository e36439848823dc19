// trace/errors as lines: the cause, then where it happened with the state of its ancestors, the spans, and the place in the code.

import JSON
import TraceDistiller

extension TraceErrors {
  static func lines(of answer: JSONValue, _ calls: CallNames) -> AnswerLines? {
    let errors = answer["errors"]?.array ?? []
    let total = Int(answer["total"]?.integer ?? 0)
    var lines = AnswerLines()
    let counts = "\(AnswerWords.counted(Int(answer["errorCount"]?.integer ?? 0), "failed span")), "
    let causes =
      total == 0
      ? "nothing failed and nothing warned" : AnswerWords.counted(total, "cause") + (errors.count < total ? ", \(errors.count) shown" : "")
    lines.head =
      AnswerWords.trace(answer, calls) + [
        counts + AnswerWords.counted(Int(answer["warningCount"]?.integer ?? 0), "warning") + ": " + causes
      ]
    lines.entries = errors.map { entry($0) }
    lines.tail = AnswerWords.closing(answer)
    return lines
  }

  private static func entry(_ error: JSONValue) -> [String] {
    let what = SummaryLanguage.english.failure(type: error["type"]?.string ?? "", message: error["message"]?.string ?? "", limit: 300)
    let mark = error["severity"] == "error" ? "❌" : "⚠️"
    let count = Int(error["count"]?.integer ?? 1)
    let swallowed = error["swallowedBy"].map { ", swallowed by \(AnswerWords.name($0["name"], limit: 60))" } ?? ""
    let path = (error["path"]?.array ?? []).map { AnswerWords.name($0["name"], limit: 60) + AnswerWords.attributes($0["attributes"]) }
    let hidden = Int(error["pathLength"]?.integer ?? 0) - path.count
    let spans = (error["spans"]?.array ?? []).map { AnswerWords.id($0) }
    var lines = [
      "\(mark) \(what)\(count > 1 ? " ×\(DurationText.count(count))" : "") in \(AnswerWords.name(error["name"]))\(swallowed)"
    ]
    // Of a long path the middle is left out.
    let shown = hidden > 0 ? Array(path.prefix(4)) + ["… \(hidden) more …"] + Array(path.dropFirst(4)) : path
    lines.append("   path: " + shown.joined(separator: " › "))
    let more = Int(error["spanCount"]?.integer ?? 0) - spans.count
    lines.append("   spans: " + spans.joined(separator: ", ") + (more > 0 ? ", \(DurationText.count(more)) more" : ""))
    let frames = (error["stackTop"]?.array ?? []).compactMap(\.string)
    if !frames.isEmpty { lines.append("   stack: " + frames.map { VisibleText.make($0, limit: 120) }.joined(separator: " ← ")) }
    return lines
  }
}
