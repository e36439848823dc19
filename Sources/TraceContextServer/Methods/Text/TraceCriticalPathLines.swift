// trace/criticalPath as text: totals per operation, then the longest segments in order of time, with the ids of their spans.

import JSONRPC
import TraceDistiller

extension TraceCriticalPath.Result {
  /// The totals cover the segments that are not listed.
  private static let mostSegments = 20

  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    let rootID = AnswerWords.id(trace.node(root).spanID)
    var head = AnswerWords.trace(trace.snapshot, calls)
    head.append("Root: span \(rootID), \(DurationText.format(trace.tree.duration(root)))")
    if let line = toleranceLine { head.append(line) }
    let totals = CriticalPathText(self.totals, language: language, budget: max(200, (maxChars - LinePage.cost(head)) / 2))
    head += totals.lines.drop { $0.isEmpty }
    // Segments that do not fit are left out, the shortest first.
    var most = Self.mostSegments
    while true {
      let (answer, shown) = text(head, segments: most, maxChars)
      if shown >= min(most, path.segments.count) || most <= 1 {
        return TextAnswer(answer.text, isCut: answer.isCut || totals.isCut || shown < path.segments.count)
      }
      most = max(1, min(most - 1, shown))
    }
  }

  /// Shown only if the tolerance had an effect or was requested: `Overlaps of up to 0.75 ms taken for none: 6 (clock of 1.00 ms;
  /// overlapTolerance 0 turns it off)`
  private var toleranceLine: String? {
    let (calls, largest) = (path.forgiven.calls, DurationText.format(path.forgiven.largestNanos))
    switch path.tolerance {
    case .nanos(let nanos):
      return "Overlaps of up to \(DurationText.format(nanos)) taken for none, as asked: \(DurationText.count(calls))"
    case .usual:
      guard calls > 0 else { return nil }
      let clock = trace.tree.resolution.coarsestNanos
      let why = clock > 1 ? "a clock of \(DurationText.resolution(clock)), or 1 % of the shorter span" : "1 % of the shorter span"
      return "Overlaps of up to \(largest) taken for none: \(DurationText.count(calls)) (\(why); overlapTolerance 0 turns it off)"
    }
  }

  /// The text with the longest segments, at most that many, and how many of them fit.
  private func text(_ head: [String], segments most: Int, _ maxChars: Int) -> (TextAnswer, shown: Int) {
    let start = path.segments.first?.start ?? 0
    let shown = longest(atMost: most).sorted().map { path.segments[$0] }
    var fitting = 0
    let answer = LinePage(total: shown.count).text(maxChars: maxChars) { count in
      fitting = count
      let all = path.segments.count
      return head + [all > count ? "Segments: the longest \(count) of \(DurationText.count(all))" : "Segments:"]
    } entry: { index in
      let segment = shown[index]
      let node = trace.node(segment.row)
      let offset = segment.start.subtractingReportingOverflow(start).partialValue
      let times = "at +\(DurationText.format(offset)) for \(DurationText.format(segment.nanos))"
      return ["  \(times)  \(AnswerWords.name(node.name))  span \(AnswerWords.id(node.spanID))"]
    } tail: { _, _ in
      []
    }
    return (answer, fitting)
  }
}
