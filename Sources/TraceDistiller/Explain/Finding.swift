// One reason for what happened to a trace, with what proves it and what speaks against it. Words are made of it elsewhere.

/// A finding. Each of its statements is true of the records; which finding comes first is an opinion.
package struct Finding: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case failed, noAnswer, stoppedEarly
    case ownTime, waitingOutside, serviceSlowed
    /// A detached call that came late, or took long: nothing of it is on the root's critical path.
    case queued, detachedWork
    case repeatedCalls, sequentialCalls, retries, waitingInLine, slowOutlier, workAfterAnswer, neverEnded, cycle
    case attribute

    /// They come first, whatever took the time.
    static let causes: Set<Kind> = [.failed, .noAnswer, .stoppedEarly]
  }

  package var kind: Kind
  /// Empty where the records name none.
  package var service: String
  package var operation: String
  /// Milliseconds of the critical path that it accounts for; with a base, of those that were added. 0 where it is not about time.
  package var nanos: Int64 = 0
  /// The span to look at first.
  package var row: Int
  package var head: Statement
  package var evidence: [Statement] = []
  package var counter: [Statement] = []
  /// Its time is a part of the critical path that no other finding accounts for.
  var hasOwnShare = false
  /// Whose pieces of the critical path it counts; nil for a pattern.
  var charged: ChargedTo?
  /// The moments of the critical path that a pattern accounts for.
  var parts = PathParts()
  /// Of what its sentence tells, the time that other findings account for.
  var elsewhere: Int64 = 0

  package struct OperationTime: Sendable, Equatable {
    package var operation: String
    package var nanos: Int64
  }

  package struct ServiceTime: Sendable, Equatable {
    package var service: String
    package var nanos: Int64
  }

  /// The sentences that an answer can say. Durations are nanoseconds; a `base` is the base's value, the median of several; nil without a base.
  package enum Statement: Sendable {
    /// The first error in time.
    case error(service: String, operation: String, message: String, count: Int, isNew: Bool)
    case place(StackFrame)
    /// What became of it: the root failed with it, or this span ended fine in spite of it.
    case endedRoot
    case swallowed(by: String)
    case laterErrors(count: Int, service: String, operation: String, message: String)
    /// A call that somebody answers in the base, and nobody here.
    case noAnswer(operation: String, callee: String, took: Int64)
    /// A span ends after one of its calls, or before its first, without those that follow in the base.
    case stopped(service: String, frame: String, after: String?, missing: [String], steps: Int)
    /// The same of a caller who stopped once that service had answered.
    case stoppedAfter(service: String, operation: String, caller: String, frame: String, missing: [String], steps: Int)
    /// Everything that the last call does in the base was done here: the caller went no further.
    case lastIsWhole(operation: String, service: String, steps: Int)
    /// The last call looks as in the base; what it returned is not in the spans.
    case lastLooksUsual(operation: String, took: Int64, base: Int64)
    case newCalls(names: [String], steps: Int)
    /// Of a service, or where the trace has only one, of one operation.
    case own(service: String, operation: String?, nanos: Int64, base: Int64?)
    case operation(name: String, nanos: Int64, base: Int64?, calls: Int, baseCalls: Int?)
    /// Where own time lies: its longest stretch, out of `count`, between two calls of that span.
    case stretch(nanos: Int64, count: Int, operation: String, row: Int, after: String?, before: String?, isLeaf: Bool)
    case waiting(service: String, before: Int64, after: Int64, base: Int64?)
    case call(caller: String, operation: String, nanos: Int64, base: Int64?, calls: Int)
    /// The called spans themselves.
    case callee(operation: String, took: Int64, base: Int64?)
    case slowed(service: String, own: Int64, ownBase: Int64, wait: Int64, waitBase: Int64, operations: Int)
    /// Burnt and starved look alike.
    case cpuUnknown
    case grid(nanos: [Int64])
    case ownBesides(nanos: Int64, base: Int64?)
    case waitBesides(nanos: Int64, base: Int64?)
    /// What all services but the finding's came to, against the base.
    case othersChanged(besides: String, services: Int, nanos: Int64)
    /// A detached span that began after the one that had it begun was over; the longest wait of `count`.
    case queued(operation: String, sender: String, nanos: Int64, base: Int64?, count: Int)
    case detached(operation: String, nanos: Int64, base: Int64?, calls: Int)
    /// The critical path of a span for which the root does not wait: the operations that own most of it.
    case ownPath(row: Int, operations: [OperationTime])
    /// Each of `times` times that the call failed, the other followed.
    case followed(operation: String, by: String, times: Int, nanos: Int64)
    case insight(Insight)
    /// So much of it is counted in other findings.
    case elsewhere(nanos: Int64)
    /// Whose the time of a pattern is.
    case whose(services: [ServiceTime])
    case attribute(key: String, value: String, slow: Int, ofSlow: Int, others: Int, ofOthers: Int)
  }
}
