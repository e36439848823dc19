// Errors and warnings as lines: where, what, how often, on which path.

struct ErrorsText {
  private(set) var lines: [String] = []
  private(set) var isCut = false

  init(_ trace: DistilledTrace, language: SummaryLanguage, budget: Int) {
    let problems = trace.problems()
    guard !problems.isEmpty else { return }
    var body: [String] = []
    var used = jsonLength(language.errors) + 4
    // The note of what is missing must fit whatever is cut.
    let reserve = jsonLength(language.moreEntries(problems.count, see: "trace/errors {\"traceId\":\"\(trace.snapshot.handle)\"}")) + 2
    for (index, problem) in problems.enumerated() {
      let line = ErrorsText.line(problem, trace)
      let needed = jsonLength(line) + 2
      let isLast = index == problems.count - 1
      guard used + needed + (isLast ? 0 : reserve) <= budget else {
        isCut = true
        guard used + reserve <= budget else { return }
        body.append(language.moreEntries(problems.count - index, see: "trace/errors {\"traceId\":\"\(trace.snapshot.handle)\"}"))
        break
      }
      used += needed
      body.append(line)
    }
    lines = ["", language.errors] + body
  }

  /// `❌ fetch_quote ×2: timeout — download_all › symbol_loop › task › fetch_quote`
  private static func line(_ problem: TraceProblem, _ trace: DistilledTrace) -> String {
    let mark = problem.severity == .error ? "❌" : "⚠️"
    let times = problem.count > 1 ? " ×\(DurationText.count(problem.count))" : ""
    let id = trace.snapshot.storage.spanID(problem.firstRow)
    let name = VisibleText.make(problem.spanName.isEmpty ? id : problem.spanName, limit: 80)
    let message = problem.message.isEmpty ? "" : ": " + VisibleText.make(problem.message, limit: 200)
    return "\(mark) \(name)\(times)\(message) — \(path(trace.path(to: problem.firstRow), trace))"
  }

  /// Names from the root; of a long path the first two and the last four.
  private static func path(_ rows: [Int], _ trace: DistilledTrace) -> String {
    let kept = rows.count <= 8 ? rows.map(Optional.some) : rows.prefix(2).map(Optional.some) + [nil] + rows.suffix(4).map(Optional.some)
    return kept.map { row in
      row.map { VisibleText.make(trace.node($0).name, limit: 40) } ?? "…\(DurationText.count(rows.count - 6)) more…"
    }.joined(separator: " › ")
  }
}
