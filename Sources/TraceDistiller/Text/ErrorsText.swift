// Errors and warnings as lines: what, how often, where in the code, on which path, and which ancestor succeeded despite it.

struct ErrorsText {
  private(set) var lines: [String] = []
  private(set) var isCut = false
  /// The number of entries shown, without the note about further ones.
  private(set) var shownCount = 0

  init(_ trace: DistilledTrace, _ problems: [TraceProblem], language: SummaryLanguage, calls: CallNames, budget: Int, limit: Int = .max) {
    guard !problems.isEmpty else { return }
    let heading = problems[0].severity == .error ? language.errors : language.warnings
    var body: [String] = []
    var used = jsonLength(heading) + 4
    let call = "\(calls("trace/errors")) {\"traceId\":\"\(trace.snapshot.handle)\"}"
    // The note about what is missing must fit, whatever is cut.
    let reserve = jsonLength(language.moreEntries(problems.count, see: call)) + 2
    // Messages are shown in full if there is room.
    let messageLimit = max(200, min(2_000, budget / max(1, min(limit, problems.count)) / 2))
    for (index, problem) in problems.enumerated() {
      let line = ErrorsText.line(problem, trace, language, messageLimit)
      let needed = jsonLength(line) + 2
      let isLast = index == problems.count - 1
      guard index < limit, used + needed + (isLast ? 0 : reserve) <= budget else {
        isCut = true
        guard used + reserve <= budget else { return }
        body.append(language.moreEntries(problems.count - index, see: call))
        break
      }
      used += needed
      shownCount += 1
      body.append(line)
    }
    lines = ["", heading] + body
  }

  /// `❌ KeyError: 'JPY' ×2 in minor_units (cart.py:41) — POST › price.cart › minor_units, swallowed by price.cart`
  private static func line(_ problem: TraceProblem, _ trace: DistilledTrace, _ language: SummaryLanguage, _ messageLimit: Int) -> String {
    let words = trace.words(problem)
    let mark = problem.severity == .error ? "❌" : "⚠️"
    let times = problem.count > 1 ? " ×\(DurationText.count(problem.count))" : ""
    let place = words.frames.first.map { " (\($0.place(limit: 60)))" } ?? ""
    let name = trace.node(problem.firstRow).title(limit: 80)
    return
      "\(mark) \(language.failure(type: words.type, message: words.message, limit: messageLimit))\(times) \(language.inside) \(name)\(place) — \(path(problem, trace))\(end(problem, trace, language))"
  }

  /// Names from the root on; of a long path the first two and the last four.
  private static func path(_ problem: TraceProblem, _ trace: DistilledTrace) -> String {
    let path = problem.pathLength <= 8 ? (trace.path(to: problem.firstRow), 0, []) : trace.path(to: problem, first: 2, last: 4)
    let hidden = path.1 > 0 ? ["…\(DurationText.count(path.1)) more…"] : []
    return (path.0.map { step($0, trace) } + hidden + path.2.map { step($0, trace) }).joined(separator: " › ")
  }

  private static func step(_ row: Int, _ trace: DistilledTrace) -> String {
    let node = trace.node(row)
    return FieldText.step.make(node.name.isEmpty ? node.spanID : node.name, limit: 40)
  }

  /// What the failure led to, if that is more than the path shows.
  private static func end(_ problem: TraceProblem, _ trace: DistilledTrace, _ language: SummaryLanguage) -> String {
    let ends = problem.ends
    let isAll = ends.root + ends.swallowed == problem.count && (ends.root == 0 || ends.swallowed == 0)
    var told: [String] = []
    if ends.root > 0, problem.pathLength > 1 { told.append(language.propagated(isAll ? nil : ends.root)) }
    if ends.swallowed > 0, let ancestor = problem.swallowedBy {
      told.append(language.swallowed(isAll ? nil : ends.swallowed, by: step(ancestor, trace)))
    }
    return told.map { ", " + $0 }.joined()
  }
}

extension SummaryLanguage {
  /// `KeyError: 'JPY'`: the failure as one field.
  package func failure(type: String, message: String, limit: Int) -> String {
    // The last part of `java.net.ConnectException`; left out if the message begins with it.
    let last = type.split(whereSeparator: { $0 == "." || $0 == ":" || $0 == "/" }).last.map(String.init) ?? type
    if message.isEmpty { return last.isEmpty ? withoutMessage : FieldText.message.make(type, limit: 80) }
    let isToldTwice = last.isEmpty || message.utf8.starts(with: last.utf8)
    return FieldText.message.make(isToldTwice ? message : "\(last): \(message)", limit: limit)
  }
}
