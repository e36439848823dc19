// Findings of many explained traces, those of one kind, service and operation together: how many, what they explain, where to look.

package struct ExplanationGroup: Sendable {
  package var kind: Finding.Kind
  package var service: String
  package var operation: String
  package var traces = 0
  package var nanos: Int64 = 0
  package var worstNanos: Int64 = 0
  /// The sentence of the costliest finding.
  package var sentence = ""
  /// The costliest, at most `mostExamples`, from different traces.
  package var examples: [Example] = []

  package static let mostExamples = 3

  package struct Example: Sendable, Equatable {
    package var handle: String
    package var traceID: String
    package var spanID: String
    package var nanos: Int64
    /// The duration of the root: among findings that are not about time, the slowest trace comes first.
    var rootNanos: Int64

    func precedes(_ other: Example) -> Bool {
      if nanos != other.nanos { return nanos > other.nanos }
      if rootNanos != other.rootNanos { return rootNanos > other.rootNanos }
      return traceID.utf8.lexicographicallyPrecedes(other.traceID.utf8)
    }
  }
}

/// Gathers explanations while traces come. The result does not depend on their order.
package struct ExplanationGroups: Sendable {
  private var groups: [ExplanationGroup] = []
  private var places: [[UInt8]: Int] = [:]
  private let language: SummaryLanguage
  package private(set) var traces = 0
  package private(set) var incomplete = 0
  /// Traces in which nothing was found.
  package private(set) var withoutFinding = 0
  /// Traces with too few like ones: all of their time is explained, not what was added.
  package private(set) var withoutBase = 0
  package private(set) var explainedNanos: Int64 = 0
  package private(set) var wholeNanos: Int64 = 0

  package init(_ language: SummaryLanguage) { self.language = language }

  package mutating func add(_ explanation: Explanation) {
    traces += 1
    if !explanation.trace.snapshot.isComplete { incomplete += 1 }
    if explanation.findings.isEmpty { withoutFinding += 1 }
    if case .none = explanation.base { withoutBase += 1 }
    explainedNanos = explainedNanos.addingSaturated(explanation.explainedNanos)
    wholeNanos = wholeNanos.addingSaturated(explanation.wholeNanos)
    var touched: Set<Int> = []
    for finding in explanation.findings {
      let key = Self.key(finding)
      let place = places[key] ?? groups.count
      if place == groups.count {
        places[key] = place
        groups.append(ExplanationGroup(kind: finding.kind, service: finding.service, operation: finding.operation))
      }
      if touched.insert(place).inserted { groups[place].traces += 1 }
      groups[place].nanos = groups[place].nanos.addingSaturated(finding.nanos)
      groups[place].worstNanos = max(groups[place].worstNanos, finding.nanos)
      keep(finding, explanation, in: place)
    }
  }

  /// Names and messages that differ in numbers alone are one group. Findings of a trace are few, so groups are at most six a trace.
  private static func key(_ finding: Finding) -> [UInt8] {
    var text = CallText()
    var operation = finding.operation
    operation.withUTF8 { text.append(name: UnsafeRawBufferPointer($0)) }
    if case .error(_, _, var message, _, _) = finding.head {
      text.appendSpace()
      message.withUTF8 { text.append(name: UnsafeRawBufferPointer($0)) }
    }
    return Array(finding.kind.rawValue.utf8) + [0xFF] + Array(finding.service.utf8) + [0xFF] + text.kept
  }

  private mutating func keep(_ finding: Finding, _ explanation: Explanation, in place: Int) {
    let snapshot = explanation.trace.snapshot
    let example = ExplanationGroup.Example(
      handle: snapshot.handle, traceID: snapshot.traceID, spanID: snapshot.storage.spanID(finding.row), nanos: finding.nanos,
      rootNanos: explanation.verdict.rootNanos)
    var examples = groups[place].examples
    if let same = examples.firstIndex(where: { $0.handle == example.handle }) {
      guard example.nanos > examples[same].nanos else { return }
      examples[same] = example
    } else {
      examples.append(example)
    }
    examples.sort { $0.precedes($1) }
    groups[place].examples = Array(examples.prefix(ExplanationGroup.mostExamples))
    guard examples[0] == example else { return }
    groups[place].sentence = ExplanationWords(explanation, language).text(finding.head)
    // The operation, too, is that of the costliest: names of one group may differ in numbers.
    groups[place].operation = finding.operation
  }

  /// As in one explanation: failures and early stops first, then what explains the most time.
  package var sorted: [ExplanationGroup] {
    groups.sorted { left, right in
      let (one, other) = (Finding.Kind.causes.contains(left.kind), Finding.Kind.causes.contains(right.kind))
      if one != other { return one }
      if one, left.traces != right.traces { return left.traces > right.traces }
      if left.nanos != right.nanos { return left.nanos > right.nanos }
      if left.traces != right.traces { return left.traces > right.traces }
      if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
      if !left.service.utf8.elementsEqual(right.service.utf8) { return left.service.utf8.lexicographicallyPrecedes(right.service.utf8) }
      return left.operation.utf8.lexicographicallyPrecedes(right.operation.utf8)
    }
  }
}
