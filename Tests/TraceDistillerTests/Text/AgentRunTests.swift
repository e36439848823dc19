// Runs of agents: steps in order, tokens with exact sums, and how they ended, in every convention.

import Testing
import TraceRecords

@testable import TraceDistiller

@Suite struct AgentRunTests {
  private static let second: Int64 = 1_000_000_000

  /// Consecutive spans below the first one: name and attributes.
  private func run(_ spans: [(name: String, attributes: [(key: String, value: SketchSpan.Value)])]) -> TraceSketch {
    var sketch = TraceSketch()
    for (index, span) in spans.enumerated() {
      let start = Int64(index) * Self.second
      var made = SketchSpan(
        id: "s\(index)", parent: index == 0 ? nil : "s0", name: span.name, start: index == 0 ? 0 : start,
        end: index == 0 ? Int64(spans.count) * Self.second : start + Self.second / 2 + Int64(index) * 1_000_000, kind: .internal)
      made.attributes = span.attributes
      sketch.spans.append(made)
    }
    return sketch
  }

  private var genAI: TraceSketch {
    run([
      (
        "invoke_agent shop",
        [
          ("gen_ai.operation.name", .text("invoke_agent")), ("gen_ai.agent.name", .text("shop")),
          ("gen_ai.usage.input_tokens", .integer(999)),
        ]
      ),
      (
        "chat gpt-4o",
        [
          ("gen_ai.operation.name", .text("chat")), ("gen_ai.request.model", .text("gpt-4o")), ("gen_ai.usage.input_tokens", .integer(100)),
          ("gen_ai.usage.output_tokens", .integer(20)), ("gen_ai.usage.cost", .double(0.0012)),
          ("gen_ai.output.messages", .json(#"[{"role":"assistant","content":"I look it up.\nThen I answer."}]"#)),
        ]
      ),
      ("execute_tool find", [("gen_ai.operation.name", .text("execute_tool")), ("gen_ai.tool.name", .text("find_order"))]),
      (
        "chat gpt-4o",
        [
          ("gen_ai.operation.name", .text("chat")), ("gen_ai.request.model", .text("gpt-4o")), ("gen_ai.usage.input_tokens", .integer(150)),
          ("gen_ai.usage.output_tokens", .integer(30)), ("gen_ai.usage.cost", .double(0.0034)),
          ("gen_ai.response.finish_reasons", .json(#"["length"]"#)),
        ]
      ),
    ])
  }

  @Test func stepsAreTheOutline() {
    let text = genAI.distilled().summary().text
    for line in [
      "=== Agent run ===\n4 steps · 250 tokens in, 50 out · cost 0.0046\n",
      "1. agent shop  below it 250 tokens in, 50 out, cost 0.0046\n",
      "2. model gpt-4o  100 tokens in, 20 out  cost 0.0012  \"I look it up. Then I answer.\"\n",
      "3. tool find_order  0.50 s", "4. model gpt-4o  150 tokens in, 30 out", "Status: ✅ ok, the last answer was cut at its token limit\n",
    ] {
      #expect(text.contains(line) || line.hasPrefix("3.") && text.contains("3. tool find_order"), "no \(line.debugDescription) in\n\(text)")
    }
  }

  /// Tokens that an agent repeats from its calls are not counted again; the parts add up to the whole.
  @Test func everyTokenIsCountedOnce() {
    let run = AgentRun(genAI.distilled())
    #expect(run?.total == AgentRun.Tokens(input: 250, output: 50, cost: 4_600_000))
    #expect(run?.steps.reduce(AgentRun.Tokens()) { $0 + $1.tokens } == run?.total)
  }

  @Test func openInferenceIsUnderstood() {
    let run = AgentRun(
      self.run([
        ("chain", [("openinference.span.kind", .text("CHAIN"))]),
        (
          "ChatOpenAI",
          [
            ("openinference.span.kind", .text("LLM")), ("llm.model_name", .text("m")), ("llm.token_count.prompt", .integer(7)),
            ("llm.token_count.completion", .integer(3)), ("output.value", .text("Hello")),
          ]
        ), ("search", [("openinference.span.kind", .text("TOOL")), ("tool.name", .text("search"))]),
      ]
      ).distilled())
    #expect(run?.steps.map(\.kind) == [.model, .tool])
    #expect(run?.total == AgentRun.Tokens(input: 7, output: 3))
    #expect(run?.end == .noAnswer)
  }

  /// Steps that all take exactly one second: their duration is not mentioned.
  @Test func messagesWithMadeUpTimes() {
    var sketch = TraceSketch()
    sketch.spans.append(SketchSpan(id: "root", parent: nil, name: "episode", start: 0, end: 6 * Self.second, kind: .internal))
    sketch.spans[0].attributes = [("exit_status", .text("time limit reached"))]
    for index in 0..<6 {
      var span = SketchSpan(
        id: "m\(index)", parent: "root", name: "step", start: Int64(index) * Self.second, end: Int64(index + 1) * Self.second)
      span.attributes = [
        ("step", .integer(Int64(index))), ("role", .text(index % 2 == 0 ? "assistant" : "tool")), ("content", .text("text \(index)")),
      ]
      sketch.spans.append(span)
    }
    let trace = sketch.distilled()
    #expect(AgentRun(trace)?.hasMadeUpTimes == true)
    #expect(trace.insights().isEmpty)
    let text = trace.summary().text
    #expect(text.contains("0. assistant  \"text 0\"\n1. tool  \"text 1\"\n"), "\(text)")
    #expect(text.contains("Status: ✅ ok, ended: \"time limit reached\"\n"), "\(text)")
    // The same without attributes is six consecutive calls.
    for index in sketch.spans.indices { sketch.spans[index].attributes = [] }
    #expect(!sketch.distilled().insights().isEmpty)
  }

  @Test func otherTracesAreNoRuns() {
    #expect(AgentRun(TraceSketch.loop(of: 12).distilled()) == nil)
    #expect(AgentRun(run([("GET", [("role", .text("admin"))]), ("a", [("step", .integer(1))])]).distilled()) == nil)
  }

  /// Cut in the middle: the beginning and the end of a run are kept.
  @Test func underABoundTheMiddleGoes() {
    var spans: [(name: String, attributes: [(key: String, value: SketchSpan.Value)])] = [("root", [])]
    for index in 0..<200 {
      spans.append(
        (
          "chat",
          [("gen_ai.operation.name", .text("chat")), ("gen_ai.request.model", .text("m")), ("output.value", .text("word \(index)"))]
        ))
    }
    var options = SummaryOptions()
    options.maxChars = 2_000
    let summary = run(spans).distilled().summary(options)
    #expect(jsonLength(summary.text) <= 2_000 && summary.isTruncated && !summary.isForced)
    #expect(
      summary.text.contains("\"word 0\"") && summary.text.contains("\"word 199\"") && summary.text.contains(" steps between\n"),
      "\(summary.text)")
  }

  /// Agents that call agents: what is told of each is the sum of what is told below it, to the last billionth.
  @Test(arguments: [1, 7, 23] as [UInt64]) func sumsBySubtreeAreExact(seed: UInt64) throws {
    var state = seed
    func next(_ below: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % below
    }
    var sketch = TraceSketch()
    var parents: [Int] = []
    for index in 0..<60 {
      let parent = index == 0 ? nil : Int(next(UInt64(index)))
      var span = SketchSpan(
        id: "s\(index)", parent: parent.map { "s\($0)" }, name: "n\(index)", start: Int64(index), end: 1_000 - Int64(index), kind: .internal
      )
      let isModel = next(3) > 0
      span.attributes = [("gen_ai.operation.name", .text(isModel ? "chat" : "invoke_agent")), ("gen_ai.agent.name", .text("a\(index)"))]
      if isModel || next(2) == 0 {
        span.attributes += [
          ("gen_ai.usage.input_tokens", .integer(Int64(next(1_000)))), ("gen_ai.usage.cost", .double(Double(next(9_999_999)) / 1e9)),
        ]
      }
      sketch.spans.append(span)
      parents.append(parent ?? -1)
    }
    let trace = sketch.distilled()
    let run = try #require(AgentRun(trace))
    let steps = Dictionary(uniqueKeysWithValues: run.steps.map { (trace.node($0.row).spanID, $0) })
    for index in 0..<60 {
      let step = try #require(steps["s\(index)"])
      let below = parents.indices.filter { parents[$0] == index }
      let sum = below.reduce(step.tokens) { $0 + (steps["s\($1)"]?.subtree ?? AgentRun.Tokens()) }
      #expect(step.subtree == sum, "s\(index): \(step.subtree), the sum of its parts is \(sum)")
    }
    #expect(steps["s0"]?.subtree == run.total)
  }

  private var talk: TraceSketch {
    run([
      ("root", []),
      (
        "chat",
        [
          ("gen_ai.operation.name", .text("chat")), ("gen_ai.request.model", .text("m")),
          ("gen_ai.input.messages", .json(#"[{"role":"user","parts":[{"type":"text","content":"Where is it?"}]}]"#)),
          (
            "gen_ai.output.messages",
            .json(#"[{"role":"assistant","parts":[{"type":"text","content":"First words"},{"type":"text","content":"last words"}]}]"#)
          ),
        ]
      ),
      (
        "execute_tool find",
        [
          ("gen_ai.operation.name", .text("execute_tool")), ("gen_ai.tool.name", .text("find")),
          ("gen_ai.tool.call.arguments", .json(#"{"id":7}"#)),
          ("gen_ai.tool.call.result", .text("begin " + String(repeating: "x", count: 3_000) + " the end")),
        ]
      ),
    ])
  }

  @Test func contentsComeInLevels() {
    var options = SummaryOptions()
    options.sections = [.tree]
    options.contents = .text
    let text = talk.distilled().summary(options).text
    #expect(text.contains("\n1. model m\n   \"First words\\nlast words\"\n2. tool find"), "\(text)")
    #expect(text.contains("\n   \"begin xxx") && text.contains("x the end\"\n"), "\(text)")
    options.contents = .all
    let all = talk.distilled().summary(options).text
    for line in ["\n   in: \"[{\\\"role\\\":\\\"user\\\"", "\n   in: \"{\\\"id\\\":7}\"\n", "\n   out: \"begin xxx"] {
      #expect(all.contains(line), "no \(line) in\n\(all)")
    }
  }

  /// What does not fit is cut in the middle of each text: its beginning and its end stay.
  @Test func longTextsAreCutInTheMiddle() {
    var options = SummaryOptions()
    options.contents = .text
    for bound in [1_200, 2_000, 3_000] {
      options.maxChars = bound
      let summary = talk.distilled().summary(options)
      #expect(jsonLength(summary.text) <= bound && summary.isTruncated && !summary.isForced)
      #expect(summary.text.contains("   \"begin xx") && summary.text.contains("xx the end\"\n"), "\(summary.text)")
      #expect(summary.text.contains(" chars)… \""), "\(summary.text)")
    }
    for limit in [10, 11, 60, 3_013] {
      let long = "begin " + String(repeating: "x", count: 3_000) + " the end"
      let cut = MiddleCut(long, limit: limit)
      #expect(cut.head.unicodeScalars.count + cut.tail.unicodeScalars.count == limit && cut.missing == 3_014 - limit)
      #expect(long.hasPrefix(cut.head) && long.hasSuffix(cut.tail))
    }
    #expect(!MiddleCut("short", limit: 5).isCut)
  }

  @Test func saidTextsAreWithoutTheirFrame() {
    for (text, expected) in [
      ("plain", "plain"), ("[not json", "[not json"), (#"{"other":1}"#, #"{"other":1}"#),
      (#"{"choices":[{"message":{"role":"assistant","content":"a"}}]}"#, "a"),
      (#"[{"tool_calls":[{"function":{"name":"f","arguments":"{\"x\":1}"}}]}]"#, #"{"x":1}"#),
      (#"{"content":["a",{"text":"b"}]}"#, "a\nb"),
    ] { #expect(AgentTexts.said(text) == expected, "\(text): got \(AgentTexts.said(text))") }
  }

  @Test func anUnansweredMessageIsTold() {
    for (role, end) in [("user", AgentRun.End.unanswered), ("tool", .noAnswer)] {
      let trace = run([
        ("root", []), ("m", [("role", .text("assistant")), ("content", .text("a"))]),
        ("m", [("role", .text(role)), ("content", .text("b"))]),
      ]).distilled()
      #expect(AgentRun(trace)?.end == end)
    }
    // The end may stand at the last step.
    let told = run([
      ("root", []), ("m", [("role", .text("user")), ("content", .text("a"))]),
      ("m", [("role", .text("user")), ("content", .text("b")), ("exit_status", .text("cost limit"))]),
    ]).distilled()
    #expect(AgentRun(told)?.end == .told("cost limit"))
  }

  /// Times that were not measured are not explained; how the run ended is.
  @Test func madeUpTimesAreNotExplained() {
    var sketch = TraceSketch()
    sketch.spans.append(SketchSpan(id: "root", parent: nil, name: "episode", start: 0, end: 6 * Self.second, kind: .internal))
    sketch.spans[0].attributes = [("exit_status", .text("time limit reached"))]
    for index in 0..<6 {
      var span = SketchSpan(
        id: "m\(index)", parent: "root", name: "step", start: Int64(index) * Self.second, end: Int64(index + 1) * Self.second)
      span.attributes = [("step", .integer(Int64(index))), ("role", .text("assistant")), ("content", .text("t"))]
      sketch.spans.append(span)
    }
    let explanation = Explainer(TraceAnalysis(sketch.distilled())).explanationAgainstLike()
    let text = ExplanationText(explanation, language: .english, maxChars: 3_600).text
    #expect(explanation.findings.isEmpty, "\(text)")
    #expect(
      text.contains("ended: \"time limit reached\"") && text.contains("were not measured") && !text.contains("Not explained"), "\(text)")
  }
}
