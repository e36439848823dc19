// No errors: every cause once, over all traces, but those that are allowed by name.

/// Failures gathered while traces come.
struct FailureSamples: Sendable {
  /// One cause, wherever it came from.
  struct Cause: Sendable {
    var service: String
    var operation: String
    var words: ProblemWords
    var count = 0
    var traces = 0
    var endedRoot = 0
    var place: SamplePlace
  }

  private(set) var causes: [Cause] = []
  private var places: [[UInt8]: Int] = [:]
  private(set) var spans = 0
  private(set) var traces = 0
  /// Different causes that are kept; failures of further ones are counted as the last.
  static let mostCauses = 1_000

  mutating func addWithoutFailure(spans count: Int) {
    traces += 1
    spans += count
  }

  /// - Complexity: O(spans) where something failed.
  mutating func add(_ analysis: TraceAnalysis, number: Int) {
    let trace = analysis.trace
    traces += 1
    spans += trace.snapshot.storage.spanCount
    guard trace.snapshot.storage.errorSpanCount > 0 else { return }
    for problem in analysis.problems() where problem.severity == .error {
      let node = trace.node(problem.firstRow)
      let words = trace.words(problem)
      let key = Self.key(node.service ?? "", node.name, words)
      var place = places[key] ?? causes.count
      if place == causes.count {
        if causes.count < Self.mostCauses {
          places[key] = place
          causes.append(
            Cause(service: node.service ?? "", operation: node.name, words: words, place: SamplePlace(trace: number, row: problem.firstRow))
          )
        } else {
          place -= 1
        }
      }
      causes[place].count += problem.count
      causes[place].traces += 1
      causes[place].endedRoot += problem.ends.root
    }
  }

  /// Numbers and ids taken out: the same error in another trace is known by it.
  private static func key(_ service: String, _ name: String, _ words: ProblemWords) -> [UInt8] {
    var text = CallText()
    var all = "\(words.type) \(words.message)"
    all.withUTF8 { text.append(name: UnsafeRawBufferPointer($0)) }
    return Array(service.utf8) + [0xFF] + Array(name.utf8) + [0xFF] + text.kept
  }
}

struct ErrorRule {
  let rule: CheckRule
  let allowed: [String]

  func answer(_ samples: FailureSamples, unsure: String?, example: (SamplePlace, String) -> CheckExample) -> RuleAnswer {
    guard samples.traces > 0 else { return .unmatched(rule, "no trace") }
    let names = samples.causes.map(\.operation)
    let isAllowed = allowed.map { AllowedName($0, among: names) }
    let causes = samples.causes.filter { cause in !isAllowed.contains { $0.allows(cause.operation) } }
    let passed = samples.causes.count - causes.count
    var answer = RuleAnswer(
      rule: rule, verdict: causes.isEmpty ? .holds : .broken,
      looked: "\(AnswerCount.of(samples.spans, "span")) in \(AnswerCount.of(samples.traces, "trace"))")
    (answer.spans, answer.traces) = (samples.spans, samples.traces)
    if passed > 0 {
      let count = samples.causes.reduce(0) { $0 + $1.count } - causes.reduce(0) { $0 + $1.count }
      answer.notes.append("\(AnswerCount.of(count, "failure")) allowed by name")
    }
    if causes.isEmpty, let unsure { (answer.verdict, answer.reason) = (.undecided, unsure) }
    let sorted = causes.enumerated().sorted { left, right in
      let (one, other) = (left.element, right.element)
      if (one.endedRoot > 0) != (other.endedRoot > 0) { return one.endedRoot > 0 }
      if one.traces != other.traces { return one.traces > other.traces }
      if one.count != other.count { return one.count > other.count }
      if !one.operation.utf8.elementsEqual(other.operation.utf8) {
        return one.operation.utf8.lexicographicallyPrecedes(other.operation.utf8)
      }
      return left.offset < right.offset
    }
    // Examples are read anew: of those that are shown.
    var made: [CheckClaim] = []
    for (number, entry) in sorted.enumerated() {
      let cause = entry.element
      var claim = CheckClaim(kind: "failed", sentence: Self.sentence(cause))
      (claim.service, claim.operation) = (cause.service, cause.operation)
      if number < RuleAnswer.mostClaims {
        claim.example = example(cause.place, "trace/errors")
        if let frame = cause.words.frames.first { claim.example?.place = frame }
      }
      made.append(claim)
    }
    answer.keep(made)
    return answer
  }

  private static func sentence(_ cause: FailureSamples.Cause) -> String {
    let service = cause.service.isEmpty ? "" : "\(FieldText.step.make(cause.service, limit: 72)): "
    let times = cause.count > 1 ? " ×\(DurationText.count(cause.count))" : ""
    let message =
      cause.words.message.isEmpty
      ? cause.words.type
      : cause.words.type.isEmpty || cause.words.message.hasPrefix(cause.words.type)
        ? cause.words.message : "\(cause.words.type): \(cause.words.message)"
    let told = message.isEmpty ? "no message" : VisibleText.quoted(message, limit: 240)
    let end = cause.endedRoot > 0 ? "; it made the root fail" : ""
    return
      "\(service)error in \(FieldText.step.make(cause.operation, limit: 72))\(times) in \(AnswerCount.of(cause.traces, "trace")): \(told)\(end)"
  }
}

/// A name that failures may have: exactly, where some failure has it, else as a part of theirs.
private struct AllowedName {
  private let wanted: String
  private let pattern: TextPattern
  private let isExact: Bool

  init(_ name: String, among names: [String]) {
    wanted = name
    pattern = TextPattern(name)
    isExact = names.contains { $0.utf8.elementsEqual(name.utf8) }
  }

  func allows(_ name: String) -> Bool { isExact ? name.utf8.elementsEqual(wanted.utf8) : pattern.matches(name) }
}
