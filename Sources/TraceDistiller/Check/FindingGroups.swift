// Patterns of many traces, those of one kind, service and operation together: how many, what they cost, where to look.

package struct FindingGroup: Sendable {
  package var kind: Insight.Kind
  package var service: String
  package var operation: String
  package var count = 0
  package var traces = 0
  package var costNanos: Int64 = 0
  package var worstNanos: Int64 = 0
  /// The costliest, at most `mostExamples`, from different traces.
  package var examples: [Example] = []

  package static let mostExamples = 3

  package struct Example: Sendable, Equatable {
    package var handle: String
    package var traceID: String
    package var spanID: String
    package var costNanos: Int64
    var place: SamplePlace
  }
}

/// Gathers insights while traces come.
package struct FindingGroups: Sendable {
  private(set) var groups: [FindingGroup] = []
  private var places: [[UInt8]: Int] = [:]
  package private(set) var traces = 0
  package private(set) var findings = 0
  /// Further ones are counted and in no group.
  static let mostGroups = 10_000
  package private(set) var leftOut = 0

  package init() {}

  /// - Parameters:
  ///   - number: of the trace among those that are gathered.
  ///   - isWanted: told the kind, the cost, and the duration of the root.
  package mutating func add(
    _ analysis: TraceAnalysis, number: Int = 0, where isWanted: (Insight.Kind, Int64, Int64) -> Bool = { _, _, _ in true }
  ) {
    let trace = analysis.trace
    traces += 1
    let root = trace.tree.roots.first.map { trace.tree.duration($0.row) } ?? 0
    var touched: Set<Int> = []
    for insight in analysis.insights() where isWanted(insight.kind, insight.costNanos, root) {
      findings += 1
      let node = trace.node(insight.row)
      let key = Array(insight.kind.rawValue.utf8) + [0xFF] + Array((node.service ?? "").utf8) + [0xFF] + Self.operation(insight, trace)
      let place = places[key] ?? groups.count
      if place == groups.count {
        guard groups.count < Self.mostGroups else {
          leftOut += 1
          continue
        }
        places[key] = place
        groups.append(FindingGroup(kind: insight.kind, service: node.service ?? "", operation: node.name))
      }
      groups[place].count += 1
      if touched.insert(place).inserted { groups[place].traces += 1 }
      groups[place].costNanos = groups[place].costNanos.addingSaturated(insight.costNanos)
      groups[place].worstNanos = max(groups[place].worstNanos, insight.costNanos)
      keep(insight, trace, number, in: place)
    }
  }

  /// Names that differ in numbers alone are one operation.
  private static func operation(_ insight: Insight, _ trace: DistilledTrace) -> [UInt8] {
    var text = CallText()
    var name = trace.node(insight.row).name
    name.withUTF8 { text.append(name: UnsafeRawBufferPointer($0)) }
    if var detail = insight.detail {
      text.appendSpace()
      detail.withUTF8 { text.append(name: UnsafeRawBufferPointer($0)) }
    }
    return text.kept
  }

  private mutating func keep(_ insight: Insight, _ trace: DistilledTrace, _ number: Int, in place: Int) {
    let example = FindingGroup.Example(
      handle: trace.snapshot.handle, traceID: trace.snapshot.traceID, spanID: trace.snapshot.storage.spanID(insight.row),
      costNanos: insight.costNanos, place: SamplePlace(trace: number, row: insight.row))
    var examples = groups[place].examples
    if let same = examples.firstIndex(where: { $0.handle == example.handle }) {
      guard examples[same].costNanos < example.costNanos else { return }
      examples[same] = example
    } else {
      examples.append(example)
    }
    examples.sort { left, right in
      left.costNanos != right.costNanos
        ? left.costNanos > right.costNanos : left.traceID.utf8.lexicographicallyPrecedes(right.traceID.utf8)
    }
    groups[place].examples = Array(examples.prefix(FindingGroup.mostExamples))
  }

  /// The dearest together first, then the most frequent, then by kind and name.
  package var sorted: [FindingGroup] {
    groups.sorted { left, right in
      if left.costNanos != right.costNanos { return left.costNanos > right.costNanos }
      if left.count != right.count { return left.count > right.count }
      if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
      if !left.service.utf8.elementsEqual(right.service.utf8) { return left.service.utf8.lexicographicallyPrecedes(right.service.utf8) }
      return left.operation.utf8.lexicographicallyPrecedes(right.operation.utf8)
    }
  }
}
