// A run of an agent: its steps in order, its cost in tokens, and how it ended. Read from the attributes of OpenTelemetry's gen_ai
// conventions, of OpenInference, and from plain `step`, `role` and `content`.

package struct AgentRun: Sendable {
  package enum Kind: Sendable { case agent, model, tool, message }

  package struct Step: Sendable {
    package var row: Int
    package var kind: Kind
    /// The role of a message, or the name of an agent; empty if it is not known.
    package var actor = ""
    package var tool = ""
    package var model = ""
    package var tokens = Tokens()
    /// Of this span and all spans below it: the sums of steps that are beside one another add up to the sum of the step above them.
    package var subtree = Tokens()
    /// The beginning of its text; an answer is preferred to a question.
    package var opening = ""
    /// As recorded.
    package var number: Int64?
    var finish = ""
  }

  /// Counted as integers, so that sums are exact.
  package struct Tokens: Sendable, Equatable {
    package var input: Int64 = 0
    package var output: Int64 = 0
    /// In billionths of the currency unit.
    package var cost: Int64 = 0
    package var isEmpty: Bool { input == 0 && output == 0 && cost == 0 }

    static func + (left: Tokens, right: Tokens) -> Tokens {
      Tokens(
        input: left.input.addingSaturated(right.input), output: left.output.addingSaturated(right.output),
        cost: left.cost.addingSaturated(right.cost))
    }
  }

  package enum End: Sendable, Equatable {
    /// What the root's attributes say.
    case told(String)
    /// The last answer was cut off at the token limit.
    case tokenLimit
    /// The last step requested a tool or was a tool call: there was no answer after it.
    case noAnswer
    /// The last message is the user's: there was no answer to it.
    case unanswered
  }

  package private(set) var steps: [Step] = []
  /// Each usage is counted once: an agent that repeats the usage of its model calls is not counted again.
  package private(set) var total = Tokens()
  package private(set) var end: End?
  /// All messages have exactly the same duration, so their times were not measured.
  package private(set) var hasMadeUpTimes = false

  private static let leastSteps = 2
  private static let mostOpening = 400

  /// Nil if the trace is not such a run.
  /// - Parameter focus: only this span and what is below it.
  /// - Complexity: O(texts) for other traces, O(spans + attributes) for these.
  package init?(_ trace: DistilledTrace, below focus: Int? = nil) {
    let storage = trace.snapshot.storage
    var reader = AgentAttributes(storage)
    guard reader.isPossible, let root = focus ?? trace.tree.roots.first?.row else { return nil }
    var order: [Int32] = []
    if focus == nil {
      order = trace.tree.parentsFirst
    } else {
      order = [Int32(root)]
      var head = 0
      while head < order.count {
        trace.tree.appendChildren(of: Int(order[head]), to: &order)
        head += 1
      }
    }
    var own: [Int: Tokens] = [:]
    for row in order.lazy.map(Int.init) {
      guard let step = reader.step(row) else { continue }
      if !step.tokens.isEmpty { own[row] = step.tokens }
      steps.append(step)
    }
    guard steps.count >= AgentRun.leastSteps else { return nil }
    countOnce(&own, order, trace)
    steps.sort { left, right in
      if let one = left.number, let other = right.number, one != other { return one < other }
      return left.row != right.row && trace.tree.startPrecedes(left.row, right.row)
    }
    let told = reader.ending(of: root) ?? steps.last.flatMap { reader.ending(of: $0.row) }
    end = told.map { .told($0) } ?? AgentRun.end(steps)
    let messages = steps.filter { $0.kind == .message }
    let durations = Set(messages.map { trace.tree.duration($0.row) })
    hasMadeUpTimes = messages.count >= 4 && messages.count * 2 > steps.count && durations.count == 1
  }

  /// Counts the tokens of a span only if no span below it reports tokens: otherwise they are the same tokens again.
  private mutating func countOnce(_ own: inout [Int: Tokens], _ order: [Int32], _ trace: DistilledTrace) {
    // Children come after their parents in the order, so from its end on every sum is complete before it is added to its parent's.
    var below: [Int: Tokens] = [:]
    var sums: [Int: Tokens] = [:]
    for row in order.reversed().lazy.map(Int.init) {
      if below[row] != nil { own[row] = nil }
      guard let sum = below[row] ?? own[row] else { continue }
      sums[row] = sum
      let parent = Int(trace.tree.parent[row])
      if parent >= 0 { below[parent] = (below[parent] ?? Tokens()) + sum }
    }
    total = Tokens()
    for index in steps.indices {
      steps[index].tokens = own[steps[index].row] ?? Tokens()
      steps[index].subtree = sums[steps[index].row] ?? Tokens()
      total = total + steps[index].tokens
    }
  }

  private static func end(_ steps: [Step]) -> End? {
    guard let last = steps.last(where: { $0.kind != .agent }) else { return nil }
    switch last.finish {
    case let finish where finish.contains("length") || finish.contains("max_tokens"): return .tokenLimit
    case let finish where finish.contains("tool"): return .noAnswer
    default: break
    }
    guard last.kind == .message else { return last.kind == .tool ? .noAnswer : nil }
    switch last.actor.lowercased() {
    case "tool", "function", "observation": return .noAnswer
    case "user", "human": return .unanswered
    default: return nil
    }
  }

  /// The beginning of a text. For messages as JSON, the beginning of the first content.
  static func opening(_ text: String) -> String {
    let bytes = Array(text.utf8.prefix(16_384))
    if bytes.first == UInt8(ascii: "[") || bytes.first == UInt8(ascii: "{") {
      for key in [#""content":"#, #""text":"#] {
        let wanted = Array(key.utf8)
        guard let place = bytes.indices.first(where: { bytes[$0] == wanted[0] && bytes[$0...].starts(with: wanted) }) else { continue }
        let rest = bytes[(place + wanted.count)...].drop { $0 == UInt8(ascii: " ") }
        guard rest.first == UInt8(ascii: "\"") else { continue }
        var found: [UInt8] = []
        var isEscaped = false
        for byte in rest.dropFirst() {
          if isEscaped {
            found.append(byte == UInt8(ascii: "n") || byte == UInt8(ascii: "t") ? UInt8(ascii: " ") : byte)
            isEscaped = false
          } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
          } else if byte == UInt8(ascii: "\"") || found.count >= mostOpening {
            break
          } else {
            found.append(byte)
          }
        }
        if !found.isEmpty { return String(decoding: found, as: UTF8.self) }
      }
    }
    return String(decoding: bytes.prefix(mostOpening), as: UTF8.self)
  }
}

/// Reads the attributes of a span that describe a step.
struct AgentAttributes {
  private enum Meaning: UInt8 {
    case other, operation, inference, role, content, step, agent, tool, model, input, output, cost, answer, question, finish, ending
  }

  private static let names: [(name: StaticString, meaning: Meaning)] = [
    ("gen_ai.operation.name", .operation), ("openinference.span.kind", .inference), ("role", .role), ("content", .content),
    ("traceloop.span.kind", .inference), ("llm.request.type", .operation), ("step", .step), ("step_number", .step), ("step.number", .step),
    ("gen_ai.agent.name", .agent), ("agent.name", .agent),
    ("gen_ai.tool.name", .tool), ("tool.name", .tool), ("gen_ai.response.model", .model), ("gen_ai.request.model", .model),
    ("llm.model_name", .model), ("gen_ai.usage.input_tokens", .input), ("gen_ai.usage.prompt_tokens", .input),
    ("llm.token_count.prompt", .input), ("input_tokens", .input), ("prompt_tokens", .input), ("gen_ai.usage.output_tokens", .output),
    ("gen_ai.usage.completion_tokens", .output), ("llm.token_count.completion", .output), ("output_tokens", .output),
    ("completion_tokens", .output), ("gen_ai.usage.cost", .cost), ("llm.cost.total", .cost), ("cost_usd", .cost), ("cost", .cost),
    ("gen_ai.output.messages", .answer), ("gen_ai.completion", .answer), ("output.value", .answer),
    ("llm.output_messages.0.message.content", .answer), ("gen_ai.completion.0.content", .answer), ("gen_ai.tool.call.result", .answer),
    ("traceloop.entity.output", .answer), ("gen_ai.input.messages", .question), ("gen_ai.prompt", .question), ("input.value", .question),
    ("gen_ai.prompt.0.content", .question), ("llm.input_messages.0.message.content", .question), ("traceloop.entity.input", .question),
    ("gen_ai.tool.call.arguments", .question),
    ("gen_ai.response.finish_reasons", .finish), ("finish_reason", .finish), ("stop_reason", .finish), ("exit_status", .ending),
    ("end_reason", .ending), ("termination_reason", .ending), ("agent.end_reason", .ending),
  ]

  private let storage: TraceStorage
  private var meanings: [Meaning]
  /// Whether any span may be a step.
  let isPossible: Bool

  init(_ storage: TraceStorage) {
    self.storage = storage
    var meanings = [Meaning](repeating: .other, count: storage.texts.count)
    var known: Set<UInt8> = []
    for number in 1..<max(1, meanings.count) {
      guard let reference = storage.texts.reference(UInt32(number)) else { continue }
      storage.arena.withBytes(reference) { text in
        guard text.count >= 4, text.count <= 40 else { return }
        for (name, meaning) in AgentAttributes.names where name.utf8CodeUnitCount == text.count {
          if UnsafeRawBufferPointer(start: name.utf8Start, count: text.count).elementsEqual(text) { meanings[number] = meaning }
        }
      }
      known.insert(meanings[number].rawValue)
    }
    self.meanings = meanings
    let told = known
    func has(_ meaning: Meaning) -> Bool { told.contains(meaning.rawValue) }
    isPossible = has(.operation) || has(.inference) || has(.role) && has(.content) || has(.model) && has(.input)
  }

  /// The texts of a span as they were recorded: what it was asked, what it answered, and what a message says.
  func texts(of row: Int) -> (question: String, answer: String, content: String) {
    var (question, answer, content) = ("", "", "")
    for block in storage.arena.chain(of: storage.spans[row].attributes) {
      storage.arena.withBlock(block) { cursor in
        while cursor.next() {
          switch meanings[Int(cursor.key)] {
          case .question where question.isEmpty: question = cursor.value.text
          case .answer where answer.isEmpty: answer = cursor.value.text
          case .content: content = cursor.value.text
          default: break
          }
        }
      }
    }
    return (question, answer, content)
  }

  mutating func step(_ row: Int) -> AgentRun.Step? {
    var step = AgentRun.Step(row: row, kind: .message)
    var (operation, role, content, answer, question) = ("", "", "", "", "")
    var hasModel = false
    for block in storage.arena.chain(of: storage.spans[row].attributes) {
      storage.arena.withBlock(block) { cursor in
        while cursor.next() {
          let meaning = meanings[Int(cursor.key)]
          guard meaning != .other else { continue }
          let value = cursor.value
          switch meaning {
          case .operation, .inference: operation = value.text.lowercased()
          case .role: role = value.text
          case .content: content = value.text
          case .step: step.number = AgentAttributes.whole(value)
          case .agent: step.actor = value.text
          case .tool: step.tool = value.text
          case .model: (step.model, hasModel) = (value.text, true)
          case .input: step.tokens.input = max(0, AgentAttributes.whole(value) ?? 0)
          case .output: step.tokens.output = max(0, AgentAttributes.whole(value) ?? 0)
          case .cost: step.tokens.cost = AgentAttributes.billionths(value)
          case .answer: answer = value.text
          case .question: question = value.text
          case .finish: step.finish = value.text.lowercased()
          case .ending, .other: break
          }
        }
      }
    }
    switch operation {
    case "chat", "text_completion", "generate_content", "llm_call", "llm", "embeddings", "embedding": step.kind = .model
    case "execute_tool", "tool", "retriever", "reranker": step.kind = .tool
    case "invoke_agent", "create_agent", "agent": step.kind = .agent
    case "": break
    // A chain, a guard or an evaluation: the steps are below it.
    default: if role.isEmpty { return nil }
    }
    if operation.isEmpty {
      if !role.isEmpty, !content.isEmpty || step.number != nil {
        step.actor = role
      } else if hasModel, !step.tokens.isEmpty {
        step.kind = .model
      } else {
        return nil
      }
    }
    step.opening = AgentRun.opening([content, answer, question].first { !$0.isEmpty } ?? "")
    return step
  }

  func ending(of row: Int) -> String? {
    var told: String?
    for block in storage.arena.chain(of: storage.spans[row].attributes) {
      storage.arena.withBlock(block) { cursor in
        while cursor.next() {
          if meanings[Int(cursor.key)] == .ending, case .string(let text) = cursor.value, !text.isEmpty { told = text }
        }
      }
    }
    return told
  }

  private static func whole(_ value: DistilledAttribute.Value) -> Int64? {
    switch value {
    case .integer(let number): number
    case .double(let number): Int64(exactly: number.rounded())
    case .string(let text): Int64(text)
    default: nil
    }
  }

  private static func billionths(_ value: DistilledAttribute.Value) -> Int64 {
    let number: Double
    switch value {
    case .integer(let whole): number = Double(whole)
    case .double(let fraction): number = fraction
    case .string(let text): number = Double(text) ?? 0
    default: return 0
    }
    return number > 0 && number < 1e9 ? Int64((number * 1e9).rounded()) : 0
  }
}
