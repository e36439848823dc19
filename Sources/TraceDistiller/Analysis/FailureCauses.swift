// Decides which failures are causes and which ancestors only repeat them. When in doubt a failure counts as a cause: two entries for one
// failure cost a line, but one entry for two failures hides the second.

import TraceRecords

/// A failure that no failure below it explains.
struct FailureOccurrence {
  var record: Int
  /// The record that describes it best. If the call has only a code, this is the exception that its caller created from it.
  var words: Int
  /// The topmost span that repeats it; initially its own span.
  var top: Int
  /// Failures of ancestors, and further logs of its own span, that only repeat it.
  var repeats = 0
  /// A caller's message showed that it is the same failure as another one.
  var isAbsorbed = false
  /// It was recorded as a warning, but an ancestor failed because of it.
  var isPromoted = false
}

/// Finds the causes, from the leaves up.
struct FailureCauses {
  private(set) var occurrences: [FailureOccurrence] = []
  private let trace: DistilledTrace
  private var records: FailureRecords
  /// The most recently read stack trace.
  private var stack: (event: Int32, text: [UInt8]) = (-1, [])
  private let places: FailurePlaces

  /// A kind of failure below a span. Similar failures are one candidate.
  private struct Candidate {
    /// The latest occurrence: if one of them was passed on to the caller, it was the latest one.
    var occurrence: Int
    var record: Int
    var earliest: Int64
    var latest: Int64
  }

  /// An ancestor's failure is compared with at most this many kinds of failures below it, the latest ones.
  private static let maxCandidates = 16
  /// Some programs report whole milliseconds, so a caller's failure may seem to be this much earlier than its cause.
  private static let slack: Int64 = 1_000_000

  init(_ trace: DistilledTrace, _ records: FailureRecords, _ places: FailurePlaces) {
    self.trace = trace
    self.records = records
    self.places = places
    // By row: tables of numbers would be asked three times for each failure.
    var below = [[Candidate]](repeating: [], count: trace.tree.count)
    var attributes = FailureAttributes(trace.snapshot.storage)
    /// By row: the time of the first failure among the calls that the span waited for.
    var childFailed = [(time: Int64, occurrence: Int)](repeating: (.max, -1), count: trace.tree.count)
    for row in places.rows.reversed() {
      var candidates: [Candidate] = []
      swap(&candidates, &below[row])
      let child = childFailed[row].occurrence < 0 ? nil : childFailed[row]
      var own: [Candidate] = []
      var earliestError = Int64.max
      var cause: Int?
      for index in records.ofRow(row) {
        let record = records.records[index]
        if record.isError { earliestError = min(earliestError, record.time) }
        let found = explanation(of: index, candidates, own, child)
        if let occurrence = found {
          occurrences[occurrence].repeats += 1
          if records.records[occurrences[occurrence].words].full == 0, record.full != 0 { occurrences[occurrence].words = index }
          if record.row != records.records[occurrences[occurrence].record].row { occurrences[occurrence].top = row }
          if record.isError, !records.records[occurrences[occurrence].record].isError { occurrences[occurrence].isPromoted = true }
          if record.isError, cause == nil { cause = occurrence }
          continue
        }
        let new = occurrences.count
        occurrences.append(FailureOccurrence(record: index, words: index, top: row))
        // A warning with only a message explains nothing.
        guard record.isError || record.isException else { continue }
        if record.isError, cause == nil { cause = new }
        if record.isException { takeAnswers(candidates, into: new) }
        add(Candidate(occurrence: new, record: index, earliest: record.time, latest: record.time), to: &own)
      }
      if let cause, let parent = places.caller(of: row, trace, &attributes), earliestError < childFailed[parent].time {
        childFailed[parent] = (earliestError, cause)
      }
      for candidate in own { add(candidate, to: &candidates) }
      let next = Int(places.nearest[row])
      guard next >= 0 else { continue }
      guard !below[next].isEmpty else {
        below[next] = candidates
        continue
      }
      for candidate in candidates { add(candidate, to: &below[next]) }
    }
  }

  private func add(_ new: Candidate, to list: inout [Candidate]) {
    let record = records.records[new.record]
    if let place = list.firstIndex(where: { isAlike(records.records[$0.record], record) }) {
      let old = list[place]
      if new.latest > old.latest { list[place] = new }
      list[place].earliest = min(old.earliest, new.earliest)
      list[place].latest = max(old.latest, new.latest)
      return
    }
    list.append(new)
    guard list.count > FailureCauses.maxCandidates, let oldest = list.indices.min(by: { list[$0].latest < list[$1].latest }) else { return }
    list.remove(at: oldest)
  }

  private func isAlike(_ left: FailureRecord, _ right: FailureRecord) -> Bool {
    left.type == right.type && left.isError == right.isError && records.texts.isSame(left.full, right.full)
      && records.texts.isSame(left.status, right.status) && records.texts.isSame(left.carried, right.carried)
  }

  /// The occurrence that a failure repeats; nil if the failure is a cause.
  private mutating func explanation(
    of index: Int, _ candidates: [Candidate], _ own: [Candidate], _ child: (time: Int64, occurrence: Int)?
  ) -> Int? {
    let record = records.records[index]
    // Warnings with only a message are reported unchanged.
    guard record.isError || record.isException else { return nil }
    if record.full == 0 {
      // A span that only has a failed status, and one of its calls failed.
      guard record.event < 0, let child, child.time <= record.time.addingSaturated(FailureCauses.slack) else { return nil }
      return child.occurrence
    }
    var (best, coded): (Candidate?, Candidate?)
    for candidate in candidates where candidate.earliest <= record.time.addingSaturated(FailureCauses.slack) {
      guard repeats(record, records.records[candidate.record]) else { continue }
      if records.records[candidate.record].full == 0 {
        if coded.map({ candidate.latest > $0.latest }) ?? true { coded = candidate }
      } else if best.map({ candidate.latest > $0.latest }) ?? true {
        best = candidate
      }
    }
    if let best {
      if let coded { absorb(coded.occurrence, into: best.occurrence) }
      return best.occurrence
    }
    if let coded { return coded.occurrence }
    // In one span a log and the exception may report the same failure, in any order.
    guard !record.isException else { return nil }
    for candidate in own where records.records[candidate.record].isException {
      if repeats(record, records.records[candidate.record]) { return candidate.occurrence }
    }
    return nil
  }

  /// If a server's span failed with an exception, its child that sent the response may have failed with the same code. That is not another
  /// failure.
  private mutating func takeAnswers(_ candidates: [Candidate], into cause: Int) {
    let row = Int(records.records[occurrences[cause].record].row)
    for candidate in candidates where !occurrences[candidate.occurrence].isAbsorbed {
      let below = records.records[candidate.record]
      guard below.event < 0, below.full == 0, below.type != 0, Int(trace.tree.parent[Int(below.row)]) == row else { continue }
      let tree = trace.tree
      let (answer, server) = (Int(below.row), row)
      guard tree.children(of: answer).isEmpty, tree.service[answer] == tree.service[server] else { continue }
      switch tree.kind[answer] {
      case .client, .producer, .server, .consumer: continue
      default: break
      }
      var attributes = FailureAttributes(trace.snapshot.storage)
      let code = attributes.code(trace.snapshot.storage.spans[answer].attributes)
      guard !code.isEmpty, code == attributes.code(trace.snapshot.storage.spans[server].attributes) else { continue }
      occurrences[candidate.occurrence].isAbsorbed = true
      occurrences[cause].repeats += 1
    }
  }

  /// A call with only a code, above the failure that its caller names: both are one failure on its way up.
  private mutating func absorb(_ coded: Int, into cause: Int) {
    let (wanted, first) = (records.records[occurrences[coded].record].row, records.records[occurrences[cause].record].row)
    var row = first
    for _ in 0..<1_000 where row >= 0 && row != wanted { row = trace.tree.parent[Int(row)] }
    guard row == wanted, !occurrences[coded].isAbsorbed else { return }
    occurrences[coded].isAbsorbed = true
    occurrences[cause].repeats += 1 + occurrences[coded].repeats
  }

  /// Whether one failure repeats another's message, or wraps it.
  private mutating func repeats(_ above: FailureRecord, _ below: FailureRecord) -> Bool {
    // A call with only a code such as `gRPC 14`: an exception of its caller whose type is that code is the same failure.
    if below.full == 0 { return isCode(below.type, of: above) }
    if above.full == below.full { return true }
    let isTypeKnown = above.type != 0 && below.type != 0 && above.type != below.type
    // A single word such as "timeout" is the same failure only if the types do not differ.
    func isSame(_ said: Int32, _ cause: Int32) -> Bool {
      cause != 0 && records.texts.isSame(said, cause) && (!isTypeKnown || records.texts.isDistinctive(cause))
    }
    func isTold(by said: Int32) -> Bool {
      said != 0
        && (isSame(said, below.full) || isSame(said, below.carried) || below.message != below.full && isSame(said, below.message)
          || below.status != below.full && isSame(said, below.status))
    }
    func isWrapped(by said: Int32) -> Bool {
      said != 0
        && (records.texts.wraps(said, below.full) || below.carried != 0 && records.texts.wraps(said, below.carried)
          || below.message != below.full && below.message != 0 && records.texts.wraps(said, below.message))
    }
    if isTold(by: above.full) || isTold(by: above.carried) || above.message != above.full && isTold(by: above.message) { return true }
    // A message after its own type is not wrapping.
    if isWrapped(by: above.type != 0 && above.carried == 0 ? above.message : above.full) || isWrapped(by: above.carried) { return true }
    return isInStack(above, below)
  }

  private func isCode(_ code: Int32, of above: FailureRecord) -> Bool {
    guard above.isException, let number = records.texts.text(code).split(separator: 0x20).last,
      number.allSatisfy({ (0x30...0x39).contains($0) })
    else { return false }
    return records.texts.text(above.type).elementsEqual(number)
  }

  /// Whether a stack trace names another failure as its cause, in the notation of Java or Python.
  private mutating func isInStack(_ above: FailureRecord, _ below: FailureRecord) -> Bool {
    guard above.isException, below.isException else { return false }
    let cause = records.texts.text(below.carried == 0 ? below.full : below.carried)
    if stack.event != above.event { stack = (above.event, records.stack(ofEvent: above.event)) }
    guard !cause.isEmpty, !stack.text.isEmpty else { return false }
    return FailureWording.find(Array("Caused by: ".utf8) + cause, in: stack.text)
      || FailureWording.find([0x0A] + cause + [0x0A], in: stack.text)
  }
}
