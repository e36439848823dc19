// Warnings that one side has and the other has not, or has more often: what is logged at WARN fails nothing, and often says why something became slower.

import TraceRecords

/// One warning as it is worded, numbers and ids apart.
package struct WarningChange: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable { case new, more, fewer, gone }

  package var kind: Kind
  /// Where it was first, on the side that has it, or has more of it.
  package var service: String
  package var operation: String
  package var message: String
  /// Of all traces of a side.
  package var base: Int
  package var target: Int
}

/// The warnings of one side by what they say.
struct WarnedTexts: Sendable {
  struct Text: Sendable {
    var service: String
    var operation: String
    var message: String
    var count = 0
  }

  /// Kinds of warnings of one side that are compared.
  private static let most = 256
  private var places: [[UInt8]: Int] = [:]
  private(set) var texts: [(key: [UInt8], text: Text)] = []

  /// - Complexity: O(n) where something warned.
  mutating func add(_ trace: DistilledTrace) {
    guard trace.snapshot.storage.warningCount > 0 else { return }
    for problem in trace.problems(below: nil) where problem.severity == .warning {
      let (node, words) = (trace.node(problem.firstRow), trace.words(problem))
      let (service, operation) = (node.service ?? "", node.name)
      let message = words.message.isEmpty ? words.type : words.message
      var key = CallText()
      var all = "\(service) \(operation) \(message)"
      all.withUTF8 { key.append(name: UnsafeRawBufferPointer($0)) }
      let known = places[key.kept] ?? texts.count
      if known == texts.count {
        guard known < Self.most else { continue }
        places[key.kept] = known
        texts.append((key.kept, Text(service: service, operation: operation, message: message)))
      }
      texts[known].text.count += problem.count
    }
  }

  func count(_ key: [UInt8]) -> Int { places[key].map { texts[$0].text.count } ?? 0 }

  /// The new ones first, then by how many more there are a trace. A total order.
  static func changes(_ base: WarnedTexts, traces before: Int, _ target: WarnedTexts, traces after: Int) -> [WarningChange] {
    var changes: [WarningChange] = []
    for (key, text) in target.texts {
      let known = base.count(key)
      // As often a trace, in whole numbers.
      let (one, other) = (known * max(1, after), text.count * max(1, before))
      guard one != other else { continue }
      changes.append(
        WarningChange(
          kind: known == 0 ? .new : other > one ? .more : .fewer, service: text.service, operation: text.operation, message: text.message,
          base: known, target: text.count))
    }
    for (key, text) in base.texts where target.count(key) == 0 {
      changes.append(
        WarningChange(
          kind: .gone, service: text.service, operation: text.operation, message: text.message, base: text.count, target: 0))
    }
    let rank = Dictionary(uniqueKeysWithValues: WarningChange.Kind.allCases.enumerated().map { ($1, $0) })
    return changes.enumerated().sorted { left, right in
      let (one, other) = (left.element, right.element)
      if one.kind != other.kind { return rank[one.kind]! < rank[other.kind]! }
      let (much, less) = (abs(one.target - one.base), abs(other.target - other.base))
      return much != less ? much > less : left.offset < right.offset
    }.map(\.element)
  }
}
