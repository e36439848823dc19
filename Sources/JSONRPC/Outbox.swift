// The way out. Replies come from many threads and no client may block them, so what does not fit into the pipe waits here.

import Platform
import Synchronization

/// Writes messages whole and in order, without ever blocking. What the client does not take yet is queued; the reader's loop
/// calls `flush` when the client has taken something.
final class Outbox: Sendable {
  let descriptor: Int32
  private let maxQueuedBytes: Int
  private let wakeup: WakeupPipe
  private let state: Mutex<State>

  fileprivate struct State: Sendable {
    var output: NonBlockingOutput
    var framing: MessageFraming?
    var queue = ByteQueue()
    var isClosed = false
    var errorNumber: Int32?
    /// When bytes of the queue were last written, which shows that the client reads.
    var lastTaken: Int64?
  }

  /// What the reader needs to know before it waits.
  struct Status {
    var isClosed: Bool
    var isEmpty: Bool
    var hasRoom: Bool
    var hasFraming: Bool

    var takesNotifications: Bool { hasFraming && hasRoom && !isClosed }
  }

  init(descriptor: Int32, maxQueuedBytes: Int, wakeup: WakeupPipe) {
    self.descriptor = descriptor
    self.maxQueuedBytes = maxQueuedBytes
    self.wakeup = wakeup
    state = Mutex(State(output: NonBlockingOutput(descriptor: descriptor)))
  }

  /// Calls of the system that wrote or tried to.
  var writes: Int { state.withLock { $0.output.writes } }

  var status: Status {
    state.withLock {
      Status(
        isClosed: $0.isClosed, isEmpty: $0.queue.isEmpty, hasRoom: $0.queue.count < maxQueuedBytes, hasFraming: $0.framing != nil)
    }
  }

  /// The errno that closed it, if one did.
  var errorNumber: Int32? { state.withLock { $0.errorNumber } }

  /// From now on messages are written in the client's way. Until then they are dropped: nobody could read them.
  /// - Returns: whether that is news.
  func use(_ framing: MessageFraming) -> Bool {
    state.withLock { state in
      defer { state.framing = framing }
      return state.framing == nil
    }
  }

  /// Nothing is written any more.
  func close(errorNumber: Int32? = nil) {
    state.withLock { $0.close(errorNumber) }
  }

  /// Nothing is written any more, and what was opened for writing is given back.
  func end() {
    state.withLock { state in
      state.close(nil)
      state.output.end()
    }
  }

  func send(_ body: [UInt8]) {
    let needsReader = state.withLock { state in
      guard !state.isClosed, let framing = state.framing else { return false }
      let message = OutgoingMessage.framed(body, framing)
      guard state.queue.isEmpty else {
        message.withUnsafeBytes { state.queue.append($0) }
        return false
      }
      return message.withUnsafeBytes { bytes in
        let written = state.write(bytes)
        if !state.isClosed, written < bytes.count { state.queue.append(UnsafeRawBufferPointer(rebasing: bytes[written...])) }
        return state.isClosed || written < bytes.count
      }
    }
    if needsReader { wakeup.signal() }
  }

  /// Writes what fits now.
  func flush() {
    state.withLock { state in
      // Shares the memory; the queue itself may go meanwhile, when the output turns out to be closed.
      let queue = state.queue
      let written = queue.withBytes { state.write(UnsafeRawBufferPointer(rebasing: $0.prefix(Self.maxFlushBytes))) }
      state.queue.drop(state.isClosed ? 0 : written)
      if written > 0 { state.lastTaken = MonotonicClock.nanos }
    }
  }

  /// Whether the client, after a while in which it did not read, has read again since that time.
  func wasTaken(since time: Int64) -> Bool {
    state.withLock { $0.lastTaken.map { $0 >= time } ?? false }
  }

  /// One turn of a client that reads as fast as we write must end: the input waits too.
  private static let maxFlushBytes = 1 << 20
}

extension Outbox.State {
  fileprivate mutating func close(_ errorNumber: Int32?) {
    guard !isClosed else { return }
    isClosed = true
    self.errorNumber = errorNumber
    queue = ByteQueue()
  }

  /// The count of bytes that the client's side took.
  fileprivate mutating func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    var written = 0
    while written < bytes.count {
      switch output.write(UnsafeRawBufferPointer(rebasing: bytes[written...])) {
      case .bytes(let count): written += count
      case .full: return written
      case .closed(let code):
        close(code)
        return written
      }
    }
    return written
  }
}
