// trace/errors as text: the cause, then where it happened with the state of its ancestors, the spans, and the place in the code.

import JSONRPC
import TraceDistiller

extension TraceErrors.Result {
  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    let storage = trace.snapshot.storage
    let counts =
      "\(AnswerWords.counted(storage.failedCount, "failed span")), \(AnswerWords.counted(storage.warningCount, "warning")): "
    return LinePage(total: problems.count, start: offset, limit: limit).text(maxChars: maxChars) { shown in
      let causes =
        problems.isEmpty
        ? "nothing failed and nothing warned"
        : AnswerWords.counted(problems.count, "cause") + (shown < problems.count ? ", \(shown) shown" : "")
      return AnswerWords.trace(trace.snapshot, calls) + [counts + causes]
    } entry: {
      lines(of: problems[$0])
    } tail: { end, isCut in
      isCut ? [AnswerWords.more(PageCursor.make(end))] : []
    }
  }

  private func lines(of problem: TraceProblem) -> [String] {
    let storage = trace.snapshot.storage
    let words = trace.words(problem)
    let what = SummaryLanguage.english.failure(type: words.type, message: words.message, limit: 300)
    let mark = problem.severity == .error ? "❌" : "⚠️"
    let times = problem.count > 1 ? " ×\(DurationText.count(problem.count))" : ""
    let swallowed = problem.swallowedBy.map { ", swallowed by \(AnswerWords.name(trace.node($0).name, limit: 60))" } ?? ""
    var lines = ["\(mark) \(what)\(times) in \(AnswerWords.name(trace.node(problem.firstRow).name))\(swallowed)"]
    // Of a long path the middle is left out.
    let path = trace.path(to: problem, first: 4, last: 28)
    let hidden = path.hidden > 0 ? ["… \(path.hidden) more …"] : []
    lines.append("   path: " + (path.beginning.map(step) + hidden + path.end.map(step)).joined(separator: " › "))
    let more = problem.spanCount - problem.rows.count
    let spans = problem.rows.map { AnswerWords.id(storage.spanID($0)) }.joined(separator: ", ")
    lines.append("   spans: " + spans + (more > 0 ? ", \(DurationText.count(more)) more" : ""))
    if !words.frames.isEmpty {
      lines.append("   stack: " + words.frames.map { VisibleText.make($0.told, limit: 120) }.joined(separator: " ← "))
    }
    return lines
  }

  private func step(_ row: Int) -> String {
    let node = trace.node(row)
    return AnswerWords.name(node.name, limit: 60) + AnswerWords.attributes(node.attributes)
  }
}
