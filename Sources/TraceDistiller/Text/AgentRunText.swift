// A run of an agent as lines: its cost, then one line per step, and below it as much of its texts as is wanted and fits.

struct AgentRunText {
  private(set) var lines: [String] = []
  private(set) var isCut = false

  /// - Parameter contents: With `text` and `all`, texts are cut in their middle until all steps fit; steps are left out last.
  init(_ run: AgentRun, _ trace: DistilledTrace, language: SummaryLanguage, budget: Int, contents: AgentContents = .preview) {
    let heading = ["", language.agentRun, AgentRunText.sums(run, language)]
    let room = budget - heading.reduce(0) { $0 + jsonLength($1) + 2 }
    let texts = AgentTexts(trace, contents)
    func made(_ index: Int, _ limit: Int) -> (lines: [String], isWhole: Bool) {
      AgentRunText.step(run, index, trace, language, texts, contents, limit: limit)
    }
    for limit in contents == .preview ? [0] : MiddleCut.limits {
      var (used, index, isWhole) = (0, 0, true)
      var steps: [String] = []
      while index < run.steps.count, used <= room {
        let step = made(index, limit)
        used += AgentRunText.cost(step.lines)
        isWhole = isWhole && step.isWhole
        steps += step.lines
        index += 1
      }
      guard used <= room else { continue }
      lines = heading + steps
      isCut = !isWhole
      return
    }
    // The beginning and the end are the most informative, so the middle is left out.
    isCut = true
    let reserve = 40
    var used = 0
    var first: [String] = []
    var last: [[String]] = []
    var (low, high) = (0, run.steps.count - 1)
    func take(_ index: Int) -> [String]? {
      let step = made(index, MiddleCut.limits.last!).lines
      let cost = AgentRunText.cost(step)
      guard used + cost + (low < high ? reserve : 0) <= room else { return nil }
      used += cost
      return step
    }
    while low <= high, let step = take(low) {
      first += step
      low += 1
      guard low <= high, let step = take(high) else { break }
      last.append(step)
      high -= 1
    }
    guard !first.isEmpty else { return }
    if low <= high { first.append(language.moreSteps(high - low + 1)) }
    lines = heading + first + last.reversed().joined()
  }

  private static func cost(_ lines: [String]) -> Int { lines.reduce(0) { $0 + jsonLength($1) + 2 } }

  /// `12 steps · 2,340 tokens in, 512 out · cost 0.0123`
  private static func sums(_ run: AgentRun, _ language: SummaryLanguage) -> String {
    let sums = amounts(run.total, language)
    return ([language.steps(run.steps.count)] + sums).joined(separator: " · ")
  }

  /// `2,340 tokens in, 512 out` and `cost 0.0123`, each if it is known.
  private static func amounts(_ tokens: AgentRun.Tokens, _ language: SummaryLanguage) -> [String] {
    var parts: [String] = []
    if tokens.input > 0 || tokens.output > 0 { parts.append(language.tokens(tokens)) }
    if tokens.cost > 0 { parts.append(language.cost + cost(tokens.cost)) }
    return parts
  }

  /// `3. ❌ tool run_tests  4.00 s  "exit code 1"`, and the lines of its texts.
  private static func step(
    _ run: AgentRun, _ index: Int, _ trace: DistilledTrace, _ language: SummaryLanguage, _ texts: AgentTexts, _ contents: AgentContents,
    limit: Int
  ) -> (lines: [String], isWhole: Bool) {
    let step = run.steps[index]
    let node = trace.node(step.row)
    var who: String
    switch step.kind {
    case .agent: who = language.agentWord + (step.actor.isEmpty ? node.title(limit: 40) : FieldText.name.make(step.actor, limit: 40))
    case .model: who = language.modelWord + (step.model.isEmpty ? node.title(limit: 40) : FieldText.name.make(step.model, limit: 40))
    case .tool: who = language.toolWord + (step.tool.isEmpty ? node.title(limit: 40) : FieldText.name.make(step.tool, limit: 40))
    case .message: who = FieldText.name.make(step.actor, limit: 40)
    }
    if step.kind == .message, !step.tool.isEmpty { who += " · " + language.toolWord + FieldText.name.make(step.tool, limit: 40) }
    if step.kind == .model, !step.actor.isEmpty { who = FieldText.name.make(step.actor, limit: 40) + " · " + who }
    var parts = ["\(step.number ?? Int64(index + 1)). \(node.isFailed ? "❌ " : "")\(who)"]
    parts += amounts(step.tokens, language)
    // Of what is below a step, its own tokens are no part: they would be counted twice.
    if step.tokens.isEmpty, !step.subtree.isEmpty { parts.append(language.below + amounts(step.subtree, language).joined(separator: ", ")) }
    if step.kind == .tool { parts.append(DurationText.format(node.durationNanos)) }
    guard contents != .preview else {
      let opening = step.opening.unicodeScalars.prefix(80)
      if !opening.isEmpty { parts.append(VisibleText.quoted(String(String.UnicodeScalarView(opening)), limit: 80)) }
      return ([parts.joined(separator: "  ")], true)
    }
    var lines = [parts.joined(separator: "  ")]
    var isWhole = true
    for entry in texts.entries(of: step) {
      let cut = MiddleCut(entry.text, limit: limit)
      isWhole = isWhole && !cut.isCut
      // Escapes take more room than what they stand for; the limit counts what was recorded.
      let head = VisibleText.quoted(cut.head, limit: .max)
      let mark = contents == .all ? language.part(entry.part) : ""
      lines.append("   \(mark)\(cut.isCut ? "\(head) \(language.cutOut(cut.missing)) \(VisibleText.quoted(cut.tail, limit: .max))" : head)")
    }
    return (lines, isWhole)
  }

  /// An amount in billionths as a decimal number with two to nine decimals, without further trailing zeros.
  static func cost(_ billionths: Int64) -> String {
    let (whole, fraction) = (billionths / 1_000_000_000, billionths % 1_000_000_000)
    var digits = String(fraction)
    digits = String(repeating: "0", count: 9 - digits.utf8.count) + digits
    while digits.utf8.count > 2, digits.utf8.last == 0x30 { digits.removeLast() }
    return "\(DurationText.count(Int(clamping: whole))).\(digits)"
  }
}

extension SummaryLanguage {
  var below: String { self == .english ? "below it " : "其下 " }
  func part(_ part: AgentTexts.Part) -> String {
    switch (part, self) {
    case (.input, .english): "in: "
    case (.output, .english): "out: "
    case (.input, .chinese): "输入: "
    case (.output, .chinese): "输出: "
    }
  }
  /// Between the two ends of a text whose middle is left out.
  func cutOut(_ count: Int) -> String {
    self == .english ? "…(\(DurationText.count(count)) chars)…" : "…(\(DurationText.count(count)) 个字符)…"
  }
  var agentRun: String { self == .english ? "=== Agent run ===" : "=== 智能体运行 ===" }
  var agentWord: String { self == .english ? "agent " : "智能体 " }
  var modelWord: String { self == .english ? "model " : "模型 " }
  var toolWord: String { self == .english ? "tool " : "工具 " }
  var cost: String { self == .english ? "cost " : "费用 " }
  func steps(_ count: Int) -> String { self == .english ? "\(DurationText.count(count)) steps" : "\(DurationText.count(count)) 步" }
  func moreSteps(_ count: Int) -> String {
    self == .english ? "… \(AnswerCount.of(count, "step")) between" : "… 中间还有 \(DurationText.count(count)) 步"
  }
  func tokens(_ tokens: AgentRun.Tokens) -> String {
    let (input, output) = (DurationText.count(Int(clamping: tokens.input)), DurationText.count(Int(clamping: tokens.output)))
    return self == .english ? "\(input) tokens in, \(output) out" : "输入 \(input) 词元, 输出 \(output)"
  }

  /// After the status: how the run ended.
  package func ended(_ end: AgentRun.End) -> String {
    switch (end, self) {
    case (.told(let text), .english): ", ended: \(VisibleText.quoted(text, limit: 60))"
    case (.told(let text), .chinese): ", 结束原因: \(VisibleText.quoted(text, limit: 60))"
    case (.tokenLimit, .english): ", the last answer was cut at its token limit"
    case (.tokenLimit, .chinese): ", 最后的回答因词元上限被截断"
    case (.noAnswer, .english): ", no answer after the last tool call"
    case (.noAnswer, .chinese): ", 最后一次工具调用后没有回答"
    case (.unanswered, .english): ", no answer to the last message"
    case (.unanswered, .chinese): ", 最后一条消息没有得到回答"
    }
  }
}
