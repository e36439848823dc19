// The end of a connection: open requests are answered, answers are delivered, and a client that does not read is not waited for.
//
//   end of input        drainNanos              lingerNanos
//   |---------------------------------------|-------------|
//   tasks finish and are answered           ^ the rest is ^ return, unless the client is still reading
//                                             cancelled

import Platform
import Synchronization

extension Connection {
  /// A client counts as reading if it took bytes within this time.
  private static let patienceNanos: Int64 = 500_000_000

  /// The time at which the connection stops waiting for a client that does not read; later for one that reads.
  func giveUpTime(since start: Int64) -> Int64 {
    let now = MonotonicClock.nanos
    let earliest = start + limits.drainNanos + limits.lingerNanos
    return outbox.wasTaken(since: now - Self.patienceNanos) ? max(earliest, now + Self.patienceNanos / 10) : earliest
  }

  /// Answers what is in flight and writes what is queued.
  func settle(_ end: ConnectionEnd, since start: Int64) {
    handler.inputEnded()
    var cancelAt = start
    let reason: String
    switch end {
    case .outputClosed:
      cancelRest(reason: "the client no longer reads")
      return
    case .exit: reason = "the server was told to exit"
    case .endOfInput, .inputFailed:
      cancelAt += limits.drainNanos
      reason = "the client closed its input"
    }
    shared.withLock { $0.isEnding = true }
    // Tasks that wait for an answer of the client will not get one.
    endOutgoing()
    while true {
      if MonotonicClock.nanos >= cancelAt { cancelRest(reason: reason) }
      let isAnswered = shared.withLock { $0.inFlight.isEmpty }
      let status = outbox.status
      if status.isClosed {
        cancelRest(reason: reason)
        return
      }
      if isAnswered, status.isEmpty { return }
      let giveUpAt = giveUpTime(since: start)
      if MonotonicClock.nanos >= giveUpAt {
        onDiagnostic?("the client does not read; the rest of its answers is dropped")
        return
      }
      let ready = wait(forInput: 0, on: -1, until: isAnswered ? giveUpAt : min(cancelAt, giveUpAt))
      if ready.isOutputGone { outbox.close() }
    }
  }

  /// Cancels the remaining tasks and answers for them.
  private func cancelRest(reason: String) {
    let rest = shared.withLock { $0.inFlight.removeAll() }
    for (id, entry) in rest {
      entry.cancel?()
      send(OutgoingMessage.error(.requestCancelled(reason), id: id), at: entry.place)
    }
    count { $0.cancelled += rest.count }
  }
}
