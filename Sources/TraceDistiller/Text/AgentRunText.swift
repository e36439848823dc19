// A run of an agent as lines: its cost, then one line per step. `trace/span` shows the full text of a step.

struct AgentRunText {
  private(set) var lines: [String] = []
  private(set) var isCut = false

  init(_ run: AgentRun, _ trace: DistilledTrace, language: SummaryLanguage, budget: Int) {
    let heading = ["", language.agentRun, AgentRunText.sums(run, language)]
    var used = heading.reduce(0) { $0 + jsonLength($1) + 2 }
    let reserve = 40
    var first: [String] = []
    var last: [String] = []
    // The beginning and the end are the most informative, so the middle is left out.
    let all = run.steps.indices.map { AgentRunText.line(run.steps[$0], $0 + 1, trace, language) }
    var (low, high) = (0, all.count - 1)
    while low <= high {
      let line = all[low]
      guard used + jsonLength(line) + 2 + (low < high ? reserve : 0) <= budget else { break }
      used += jsonLength(line) + 2
      first.append(line)
      low += 1
      guard low <= high else { break }
      let ending = all[high]
      guard used + jsonLength(ending) + 2 + (low < high ? reserve : 0) <= budget else { break }
      used += jsonLength(ending) + 2
      last.append(ending)
      high -= 1
    }
    isCut = low <= high
    guard !first.isEmpty else { return }
    if isCut { first.append(language.moreSteps(high - low + 1)) }
    lines = heading + first + last.reversed()
  }

  /// `12 steps · 2,340 tokens in, 512 out · cost 0.0123`
  private static func sums(_ run: AgentRun, _ language: SummaryLanguage) -> String {
    var parts = [language.steps(run.steps.count)]
    if run.total.input > 0 || run.total.output > 0 { parts.append(language.tokens(run.total)) }
    if run.total.cost > 0 { parts.append(language.cost + cost(run.total.cost)) }
    return parts.joined(separator: " · ")
  }

  /// `3. ❌ tool run_tests  4.00 s  "exit code 1"`
  private static func line(_ step: AgentRun.Step, _ number: Int, _ trace: DistilledTrace, _ language: SummaryLanguage) -> String {
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
    var parts = ["\(step.number ?? Int64(number)). \(node.isFailed ? "❌ " : "")\(who)"]
    if !step.tokens.isEmpty { parts.append(language.tokens(step.tokens)) }
    if step.kind == .tool { parts.append(DurationText.format(node.durationNanos)) }
    let opening = step.opening.unicodeScalars.prefix(80)
    if !opening.isEmpty { parts.append(VisibleText.quoted(String(String.UnicodeScalarView(opening)), limit: 80)) }
    return parts.joined(separator: "  ")
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
  var agentRun: String { self == .english ? "=== Agent run ===" : "=== 智能体运行 ===" }
  var agentWord: String { self == .english ? "agent " : "智能体 " }
  var modelWord: String { self == .english ? "model " : "模型 " }
  var toolWord: String { self == .english ? "tool " : "工具 " }
  var cost: String { self == .english ? "cost " : "费用 " }
  func steps(_ count: Int) -> String { self == .english ? "\(DurationText.count(count)) steps" : "\(DurationText.count(count)) 步" }
  func moreSteps(_ count: Int) -> String {
    self == .english ? "… \(DurationText.count(count)) steps between" : "… 中间还有 \(DurationText.count(count)) 步"
  }
  func tokens(_ tokens: AgentRun.Tokens) -> String {
    let (input, output) = (DurationText.count(Int(clamping: tokens.input)), DurationText.count(Int(clamping: tokens.output)))
    return self == .english ? "\(input) tokens in, \(output) out" : "输入 \(input) 词元, 输出 \(output)"
  }

  /// After the status: how the run ended.
  func ended(_ end: AgentRun.End) -> String {
    switch (end, self) {
    case (.told(let text), .english): ", ended: \(VisibleText.quoted(text, limit: 60))"
    case (.told(let text), .chinese): ", 结束原因: \(VisibleText.quoted(text, limit: 60))"
    case (.tokenLimit, .english): ", the last answer was cut at its token limit"
    case (.tokenLimit, .chinese): ", 最后的回答因词元上限被截断"
    case (.noAnswer, .english): ", no answer after the last tool call"
    case (.noAnswer, .chinese): ", 最后一次工具调用后没有回答"
    }
  }
}
