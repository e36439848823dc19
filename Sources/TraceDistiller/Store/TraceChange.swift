// The changes that the store reports, for code that waits for traces or caches results about them.

/// One change of one trace.
package struct TraceChange: Sendable, Equatable {
  package var kind: TraceChangeKind
  /// The order of first records: trace `t12` has 12. Never reused.
  package var serial: Int
  /// The id in answers.
  package var traceID: String
  /// For `changed`, if the observer asked for `endedSpans`: the ids of the ended spans, in order.
  package var endedSpans: [String] = []
  package var handle: String { "t\(serial)" }
}

package enum TraceChangeKind: UInt8, Sendable, CaseIterable {
  /// It is structurally complete, and was quiet long enough.
  case completed
  /// No record arrived for too long to keep waiting for its end.
  case abandoned
  /// It received records, or parts of it were folded to save memory. Reported once per batch of records.
  case changed
  /// A late record arrived for a completed or abandoned trace; `changed` follows.
  case reopened
  /// It was evicted or cleared.
  case evicted
}

/// The changes that an observer wants. The store does no work for changes that no observer wants.
package struct TraceChangeInterest: OptionSet, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package init(_ kind: TraceChangeKind) { rawValue = 1 << kind.rawValue }

  package static let completed = TraceChangeInterest(.completed)
  package static let abandoned = TraceChangeInterest(.abandoned)
  package static let changed = TraceChangeInterest(.changed)
  package static let reopened = TraceChangeInterest(.reopened)
  package static let evicted = TraceChangeInterest(.evicted)
  /// Adds the ended spans to `changed`, at the cost of a String for each.
  package static let endedSpans = TraceChangeInterest(rawValue: 1 << 6)
  /// The next instant at which a trace can complete moved earlier, or became known.
  package static let sooner = TraceChangeInterest(rawValue: 1 << 7)
  package static let allChanges: TraceChangeInterest = [.completed, .abandoned, .changed, .endedSpans, .reopened, .evicted]
}

/// The changes made under one lock: by a batch of records, a request, or the passing of time.
package struct TraceChanges: Sendable {
  /// In order, only the kinds that the observer asked for.
  package var changes: [TraceChange] = []
  /// The next instant at which a trace can complete moved earlier, or became known.
  package var isSooner = false
  /// Earlier changes were lost because observers were too slow: the observer must check everything again.
  package var isIncomplete = false

  package func contains(_ kind: TraceChangeKind) -> Bool { changes.contains { $0.kind == kind } }

  /// The part of the changes for an observer with this interest; nil if there is none.
  func reduced(to interest: TraceChangeInterest) -> TraceChanges? {
    var reduced = self
    reduced.isSooner = isSooner && interest.contains(.sooner)
    if !interest.isSuperset(of: .allChanges) {
      reduced.changes.removeAll { !interest.contains(TraceChangeInterest($0.kind)) }
      if !interest.contains(.endedSpans) { for index in reduced.changes.indices { reduced.changes[index].endedSpans = [] } }
    }
    return reduced.changes.isEmpty && !reduced.isSooner && !reduced.isIncomplete ? nil : reduced
  }
}
