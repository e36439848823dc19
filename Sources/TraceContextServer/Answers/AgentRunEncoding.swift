// A run of an agent as JSON: its steps in order, what each cost, and as much of what was said as is wanted and fits.

import JSON
import TraceDistiller

struct AgentRunEncoding {
  private(set) var json: JSONValue = .null
  private(set) var isCut = false

  /// - Parameter budget: for the whole object. Texts are cut in their middle first, then steps in the middle of the run are left out.
  init(_ run: AgentRun, _ trace: DistilledTrace, _ contents: AgentContents, budget: Int) {
    var object: JSONObject = [
      "steps": .array([]), "stepsTotal": .integer(run.steps.count), "tokens": Self.tokens(run.total),
      "madeUpTimes": .bool(run.hasMadeUpTimes),
    ]
    object.append("ended", run.end.map { .string(Self.end($0)) })
    let room = budget - JSONLength.of(.object(object)) - 40
    let texts = AgentTexts(trace, contents)
    func made(_ index: Int, _ limit: Int) -> (json: JSONValue, isWhole: Bool) {
      Self.step(run, index, trace, texts, contents, limit: limit)
    }
    for limit in contents == .preview ? [80] : MiddleCut.limits {
      var (used, isWhole) = (0, true)
      var steps: [JSONValue] = []
      while steps.count < run.steps.count, used <= room {
        let step = made(steps.count, limit)
        used += JSONLength.of(step.json) + 1
        isWhole = isWhole && step.isWhole
        steps.append(step.json)
      }
      guard used <= room else { continue }
      object["steps"] = .array(steps)
      json = .object(object)
      isCut = !isWhole
      return
    }
    isCut = true
    var (low, high, used) = (0, run.steps.count - 1, 0)
    var first: [JSONValue] = []
    var last: [JSONValue] = []
    func take(_ index: Int) -> JSONValue? {
      let step = made(index, contents == .preview ? 80 : MiddleCut.limits.last!).json
      let length = JSONLength.of(step) + 1
      guard used + length <= room else { return nil }
      used += length
      return step
    }
    while low <= high, let step = take(low) {
      first.append(step)
      low += 1
      guard low <= high, let step = take(high) else { break }
      last.append(step)
      high -= 1
    }
    if low <= high {
      object["leftOut"] = ["after": .integer(low), "steps": .integer(high - low + 1)]
    }
    object["steps"] = .array(first + last.reversed())
    json = .object(object)
  }

  /// A text of the run as it is, or what we saw of its end.
  static func end(_ end: AgentRun.End) -> String {
    switch end {
    case .told(let text): MiddleCut(text, limit: 200).joined
    case .tokenLimit: "the last answer was cut at its token limit"
    case .noAnswer: "no answer after the last tool call"
    case .unanswered: "no answer to the last message"
    }
  }

  private static func step(
    _ run: AgentRun, _ index: Int, _ trace: DistilledTrace, _ texts: AgentTexts, _ contents: AgentContents, limit: Int
  ) -> (json: JSONValue, isWhole: Bool) {
    let step = run.steps[index]
    let node = trace.node(step.row)
    let kind =
      switch step.kind {
      case .agent: "agent"
      case .model: "model"
      case .tool: "tool"
      case .message: "message"
      }
    var object: JSONObject = [
      "step": .integer(step.number ?? Int64(index + 1)), "spanId": .string(node.spanID), "kind": .string(kind),
      "status": .string((node.isRunning ? SpanOutcome.running : node.outcome).rawValue),
    ]
    for (key, value) in [("actor", step.actor), ("model", step.model), ("tool", step.tool)] where !value.isEmpty {
      object[key] = .string(MiddleCut(value, limit: 80).joined)
    }
    if !run.hasMadeUpTimes { object["durationMs"] = TraceShape.millis(node.durationNanos) }
    if !step.tokens.isEmpty { object["tokens"] = tokens(step.tokens) }
    if step.subtree != step.tokens { object["subtreeTokens"] = tokens(step.subtree) }
    guard contents != .preview else {
      if !step.opening.isEmpty { object["opening"] = .string(String(String.UnicodeScalarView(step.opening.unicodeScalars.prefix(limit)))) }
      return (.object(object), true)
    }
    var isWhole = true
    var list: [JSONValue] = []
    for entry in texts.entries(of: step) {
      let cut = MiddleCut(entry.text, limit: limit)
      var told: JSONObject = ["part": .string(entry.part.rawValue), "text": .string(cut.head)]
      if cut.isCut {
        isWhole = false
        told["leftOutChars"] = .integer(cut.missing)
        told["end"] = .string(cut.tail)
      }
      list.append(.object(told))
    }
    if !list.isEmpty { object["texts"] = .array(list) }
    return (.object(object), isWhole)
  }

  private static func tokens(_ tokens: AgentRun.Tokens) -> JSONValue {
    var object: JSONObject = ["input": .integer(tokens.input), "output": .integer(tokens.output)]
    if tokens.cost > 0 { object["cost"] = .number(Double(tokens.cost) / 1_000_000_000) }
    return .object(object)
  }
}

extension MiddleCut {
  fileprivate var joined: String { isCut ? "\(head)…\(tail)" : head }
}
