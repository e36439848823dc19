// One reason for what happened to a trace, with the evidence for and against it. Its text is written elsewhere.

/// A finding. Each statement is a fact from the records; the ranking of findings is a judgement.
package struct Finding: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case failed, noAnswer, stoppedEarly
    case ownTime, waitingOutside, serviceSlowed
    /// A detached call that was late or took long: it is not on the root's critical path.
    case queued, detachedWork
    case repeatedCalls, sequentialCalls, retries, waitingInLine, slowOutlier, workAfterAnswer, neverEnded, cycle
    case attribute

    /// They come first, whatever took the time.
    static let causes: Set<Kind> = [.failed, .noAnswer, .stoppedEarly]
  }

  package var kind: Kind
  /// Empty if the records do not name one.
  package var service: String
  package var operation: String
  /// Nanoseconds of the critical path that it explains; with a base, of the added time. 0 if it is not about time.
  package var nanos: Int64 = 0
  /// The span to look at first.
  package var row: Int
  package var head: Statement
  package var evidence: [Statement] = []
  package var counter: [Statement] = []
  /// Its time on the critical path is not explained by any other finding.
  var hasOwnShare = false
  /// The service or steps whose time on the critical path this finding counts; nil for a pattern.
  var charged: ChargedTo?
  /// The intervals of the critical path that a pattern accounts for.
  var parts = PathParts()
  /// The part of the time in the finding's sentence that other findings account for.
  var elsewhere: Int64 = 0

  package struct OperationTime: Sendable, Equatable {
    package var operation: String
    package var nanos: Int64
  }

  package struct ServiceTime: Sendable, Equatable {
    package var service: String
    package var nanos: Int64
  }

  /// The sentences of an answer. Durations are nanoseconds; `base` is the value of the base (a median if there are several traces), nil
  /// without a base.
  package enum Statement: Sendable {
    /// The earliest error.
    case error(service: String, operation: String, message: String, count: Int, isNew: Bool)
    case place(StackFrame)
    /// The effect of the error: the root failed because of it, or this span succeeded despite it.
    case endedRoot
    case swallowed(by: String)
    case laterErrors(count: Int, service: String, operation: String, message: String)
    /// A call that is answered in the base but not here.
    case noAnswer(operation: String, callee: String, took: Int64)
    /// A span ends after one of its calls, or before its first one, without the calls that follow in the base.
    case stopped(service: String, frame: String, after: String?, missing: [String], steps: Int)
    /// The same, for a caller that stopped after that service had answered.
    case stoppedAfter(service: String, operation: String, caller: String, frame: String, missing: [String], steps: Int)
    /// Everything that the last call does in the base was done here too: the caller did not continue.
    case lastIsWhole(operation: String, service: String, steps: Int)
    /// The last call looks as in the base. The spans do not contain what it returned.
    case lastLooksUsual(operation: String, took: Int64, base: Int64)
    case newCalls(names: [String], steps: Int)
    /// Of a service, or of one operation if the trace has only one service.
    case own(service: String, operation: String?, nanos: Int64, base: Int64?)
    case operation(name: String, nanos: Int64, base: Int64?, calls: Int, baseCalls: Int?)
    /// Where the self time is: the longest of `count` intervals, between two calls of the span.
    case stretch(nanos: Int64, count: Int, operation: String, row: Int, after: String?, before: String?, isLeaf: Bool)
    /// Of the self time of an operation that calls several other services itself: what lies directly before or after calls of each.
    case besideCalls(operation: String, services: [ServiceTime])
    case waiting(service: String, before: Int64, after: Int64, base: Int64?)
    case call(caller: String, operation: String, nanos: Int64, base: Int64?, calls: Int)
    /// The called spans themselves.
    case callee(operation: String, took: Int64, base: Int64?)
    case slowed(service: String, own: Int64, ownBase: Int64, wait: Int64, waitBase: Int64, operations: Int)
    /// Busy and waiting for CPU look the same in spans.
    case cpuUnknown
    case grid(nanos: [Int64])
    case ownBesides(nanos: Int64, base: Int64?)
    case waitBesides(nanos: Int64, base: Int64?)
    /// The change of all services except the finding's, compared with the base.
    case othersChanged(besides: String, services: Int, nanos: Int64)
    /// A detached span that began only after the span that started it had ended; the longest wait of `count`.
    case queued(operation: String, sender: String, nanos: Int64, base: Int64?, count: Int)
    case detached(operation: String, nanos: Int64, base: Int64?, calls: Int)
    /// The critical path of a span for which the root does not wait: the operations that own most of it.
    case ownPath(row: Int, operations: [OperationTime])
    /// Each of `times` times that the call failed, the other followed.
    case followed(operation: String, by: String, times: Int, nanos: Int64)
    case insight(Insight)
    /// This part of the finding's time is counted in other findings.
    case elsewhere(nanos: Int64)
    /// The services that the time of a pattern belongs to.
    case whose(services: [ServiceTime])
    case attribute(key: String, value: String, slow: Int, ofSlow: Int, others: Int, ofOthers: Int)
  }
}
