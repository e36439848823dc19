// What the store reports of traces, for those who wait or keep something that is made of them.

/// One thing that happened to one trace.
package struct TraceChange: Sendable, Equatable {
  package var kind: TraceChangeKind
  /// The order of first records: the trace that answers call `t12` has 12. Never used again.
  package var serial: Int
  /// The id as answers show it.
  package var traceID: String
  /// Of `changed`, for those who ask for `endedSpans`: the ids of the spans that ended, in their order.
  package var endedSpans: [String] = []
  package var handle: String { "t\(serial)" }
}

package enum TraceChangeKind: UInt8, Sendable, CaseIterable {
  /// It is whole, and was quiet long enough.
  case completed
  /// It was silent too long to wait for its end.
  case abandoned
  /// It took records, or parts of it were folded to save memory. Once a batch of records.
  case changed
  /// A late record came to a trace that had completed or was abandoned; `changed` follows.
  case reopened
  /// It is gone: evicted or cleared.
  case evicted
}

/// What an observer asks for; the store does no work for what nobody asks for.
package struct TraceChangeInterest: OptionSet, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package init(_ kind: TraceChangeKind) { rawValue = 1 << kind.rawValue }

  package static let completed = TraceChangeInterest(.completed)
  package static let abandoned = TraceChangeInterest(.abandoned)
  package static let changed = TraceChangeInterest(.changed)
  package static let reopened = TraceChangeInterest(.reopened)
  package static let evicted = TraceChangeInterest(.evicted)
  /// The spans that ended belong to `changed`: a text for each.
  package static let endedSpans = TraceChangeInterest(rawValue: 1 << 6)
  /// The next instant at which a trace can complete came nearer, or is known now.
  package static let sooner = TraceChangeInterest(rawValue: 1 << 7)
  package static let allChanges: TraceChangeInterest = [.completed, .abandoned, .changed, .endedSpans, .reopened, .evicted]
}

/// What happened while the store was locked once: a batch of records, a request, the passing of time.
package struct TraceChanges: Sendable {
  /// In the order in which they happened; of the kinds that the observer asked for.
  package var changes: [TraceChange] = []
  /// The next instant at which a trace can complete came nearer, or is known now.
  package var isSooner = false
  /// Changes before these were lost, because observers were too slow: look at everything anew.
  package var isIncomplete = false

  package func contains(_ kind: TraceChangeKind) -> Bool { changes.contains { $0.kind == kind } }

  /// What an observer with this interest gets; nil for nothing.
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
