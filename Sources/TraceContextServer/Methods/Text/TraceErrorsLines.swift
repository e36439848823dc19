// trace/errors as text: the cause, then where it happened with the state of its ancestors, the spans, and the source location.

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
        ? "no span of \(DurationText.count(storage.spanCount)) has an error status, no ERROR or WARN among \(AnswerWords.counted(storage.events.count, "log line")) in them"
        : AnswerWords.counted(problems.count, "cause") + (shown < problems.count ? ", \(shown) shown" : "")
      return AnswerWords.trace(trace.snapshot, calls) + [counts + causes]
    } entry: {
      lines(of: problems[$0], room: maxChars / max(1, min(limit, problems.count)))
    } tail: { end, isCut in
      isCut ? [AnswerWords.more(PageCursor.make(end))] : []
    }
  }

  /// - Parameter room: the part of the bound that each cause may take if all are shown. Messages and stacks are whole if there is room.
  private func lines(of problem: TraceProblem, room: Int) -> [String] {
    let storage = trace.snapshot.storage
    let words = trace.words(problem)
    let what = SummaryLanguage.english.failure(type: words.type, message: words.message, limit: max(300, min(4_000, room / 2)))
    let mark = problem.severity == .error ? "❌" : "⚠️"
    let times = problem.count > 1 ? " ×\(DurationText.count(problem.count))" : ""
    let swallowed = problem.swallowedBy.map { ", swallowed by \(AnswerWords.name(trace.node($0).name, limit: 60))" } ?? ""
    var lines = ["\(mark) \(what)\(times) in \(AnswerWords.name(trace.node(problem.firstRow).name))\(swallowed)"]
    // The middle of a long path is left out.
    let path = trace.path(to: problem, first: 4, last: 28)
    let hidden = path.hidden > 0 ? ["… \(path.hidden) more …"] : []
    lines.append("   path: " + (path.beginning.map(step) + hidden + path.end.map(step)).joined(separator: " › "))
    let more = problem.spanCount - problem.rows.count
    let spans = problem.rows.map { AnswerWords.id(storage.spanID($0)) }.joined(separator: ", ")
    lines.append("   spans: " + spans + (more > 0 ? ", \(DurationText.count(more)) more" : ""))
    if !words.frames.isEmpty {
      lines.append(
        "   stack: "
          + words.frames.prefix(room >= 1_200 ? words.frames.count : 2).map { VisibleText.make($0.told, limit: 240) }.joined(
            separator: " ← "))
    }
    return lines
  }

  private func step(_ row: Int) -> String {
    let node = trace.node(row)
    return AnswerWords.name(node.name, limit: 60) + AnswerWords.attributes(node.attributes)
  }
}
