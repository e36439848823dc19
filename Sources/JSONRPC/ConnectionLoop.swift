// The reader's loop. One poll(2) waits for input, for room in the output, and for signals from tasks.

import Platform
import Synchronization

extension Connection {
  private static let pieceBytes = 64 << 10

  /// Reads and handles messages until the connection must end. Returns the reason and the time since which it holds.
  func serve() -> (end: ConnectionEnd, since: Int64) {
    var framer = MessageFramer(limits: limits.framing)
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceBytes, alignment: 16)
    defer { piece.deallocate() }
    var hungUpAt: Int64?
    while true {
      // The limit is checked before every message: one chunk may hold a thousand requests with large answers.
      var status = outbox.status
      while status.hasRoom, let framed = framer.next() {
        begin(framer.framing)
        if let end = handle(framed) { return (end, MonotonicClock.nanos) }
        status = outbox.status
      }
      count { $0.skippedBytes = framer.skippedBytes }
      if status.isClosed { return closed() }
      begin(framer.framing)

      // Above the limit only the end of the input matters, and once that is known, not even that.
      let ready = wait(
        forInput: status.hasRoom ? Int16(POLLIN) : FileDescriptors.hangupOfASocket, on: hungUpAt == nil || status.hasRoom ? input : -1,
        until: hungUpAt.flatMap { status.hasRoom ? nil : giveUpTime(since: $0) })
      if ready.isOutputGone {
        outbox.close(errorNumber: EPIPE)
        // Read once more: a client may send `exit` and close at once.
        guard ready.isInput else { return closed() }
      }
      if !status.hasRoom {
        if ready.isInput, hungUpAt == nil { hungUpAt = MonotonicClock.nanos }
        if let hungUpAt, MonotonicClock.nanos >= giveUpTime(since: hungUpAt) { return (.endOfInput, hungUpAt) }
      } else if ready.isInput {
        switch FileDescriptors.read(input, into: piece) {
        case .bytes(let count): framer.append(bytes: UnsafeRawBufferPointer(rebasing: piece[..<count]))
        case .nothing: break
        case .failed(let code): return (.inputFailed(code), MonotonicClock.nanos)
        case .endOfInput:
          let end = framer.finish().flatMap { last in
            begin(framer.framing)
            return handle(last)
          }
          count { $0.skippedBytes = framer.skippedBytes }
          return (end ?? .endOfInput, MonotonicClock.nanos)
        }
      }
    }
  }

  /// The first byte decides the framing. The handler may have rules for one framing only.
  private func begin(_ framing: MessageFraming?) {
    guard let framing, outbox.use(framing) else { return }
    handler.begin(framing)
  }

  struct Readiness {
    /// Data, end of input, or an error: read(2) shows which. If POLLIN was not requested, only the end or an error.
    var isInput = false
    var isOutputGone = false
  }

  /// Waits for the first event. Queued output is written as the client takes it.
  func wait(forInput events: Int16, on input: Int32, until deadline: Int64?) -> Readiness {
    let isEmpty = outbox.status.isEmpty
    var latest = deadline
    if let fallback = wakeup.fallbackNanos { latest = min(latest ?? .max, MonotonicClock.nanos + fallback) }
    if let due = shared.withLock({ $0.outgoing.nextDeadline }) { latest = min(latest ?? .max, due) }
    defer { if latest != nil { endOverdue() } }
    return withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 3) { entries in
      entries[0] = pollfd(fd: input, events: events, revents: 0)
      entries[1] = pollfd(fd: outbox.descriptor, events: isEmpty ? 0 : Int16(POLLOUT), revents: 0)
      entries[2] = pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0)
      FileDescriptors.poll(entries, until: latest)
      if entries[2].revents != 0 { wakeup.clear() }
      let output = Int32(entries[1].revents)
      let isOutputGone = output & (POLLERR | POLLHUP | POLLNVAL) != 0
      if !isOutputGone, output & POLLOUT != 0 { outbox.flush() }
      return Readiness(isInput: entries[0].revents != 0, isOutputGone: isOutputGone)
    }
  }

  private func closed() -> (ConnectionEnd, Int64) {
    let code = outbox.errorNumber ?? EPIPE
    onDiagnostic?("the client no longer reads: \(String(cString: strerror(code)))")
    return (.outputClosed, MonotonicClock.nanos)
  }
}
