// Errors and warnings as lines: where, what, how often, on which path.

struct ErrorsText {
  private(set) var lines: [String] = []
  private(set) var isCut = false
  /// Entries that are told, apart from the note of how many are not.
  private(set) var shownCount = 0

  init(_ trace: DistilledTrace, _ problems: [TraceProblem], language: SummaryLanguage, budget: Int, limit: Int = .max) {
    guard !problems.isEmpty else { return }
    let heading = problems[0].severity == .error ? language.errors : language.warnings
    var body: [String] = []
    var used = jsonLength(heading) + 4
    // The note of what is missing must fit whatever is cut.
    let reserve = jsonLength(language.moreEntries(problems.count, see: "trace/errors {\"traceId\":\"\(trace.snapshot.handle)\"}")) + 2
    for (index, problem) in problems.enumerated() {
      let line = ErrorsText.line(problem, trace)
      let needed = jsonLength(line) + 2
      let isLast = index == problems.count - 1
      guard index < limit, used + needed + (isLast ? 0 : reserve) <= budget else {
        isCut = true
        guard used + reserve <= budget else { return }
        body.append(language.moreEntries(problems.count - index, see: "trace/errors {\"traceId\":\"\(trace.snapshot.handle)\"}"))
        break
      }
      used += needed
      shownCount += 1
      body.append(line)
    }
    lines = ["", heading] + body
  }

  /// `❌ fetch_quote ×2: timeout — download_all › symbol_loop › task › fetch_quote`
  private static func line(_ problem: TraceProblem, _ trace: DistilledTrace) -> String {
    let mark = problem.severity == .error ? "❌" : "⚠️"
    let times = problem.count > 1 ? " ×\(DurationText.count(problem.count))" : ""
    let name = trace.node(problem.firstRow).title(limit: 80)
    let message = problem.message.isEmpty ? "" : ": " + FieldText.message.make(problem.message, limit: 200)
    return "\(mark) \(name)\(times)\(message) — \(path(trace.path(to: problem.firstRow), trace))"
  }

  /// Names from the root; of a long path the first two and the last four.
  private static func path(_ rows: [Int], _ trace: DistilledTrace) -> String {
    let kept = rows.count <= 8 ? rows.map(Optional.some) : rows.prefix(2).map(Optional.some) + [nil] + rows.suffix(4).map(Optional.some)
    return kept.map { row in
      row.map { trace.node($0).title(limit: 40) } ?? "…\(DurationText.count(rows.count - 6)) more…"
    }.joined(separator: " › ")
  }
}
