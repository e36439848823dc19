// The output queue. Replies come from many threads and no client may block them, so what does not fit into the pipe waits here.

import Platform
import Synchronization

/// Writes messages whole and in order, without ever blocking. Bytes that the client does not take yet are queued; the reader's loop calls
/// `flush` when there is room again.
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
    /// When queued bytes were last written: this shows that the client reads.
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

  /// System calls that wrote or tried to.
  var writes: Int { state.withLock { $0.output.writes } }

  var status: Status {
    state.withLock {
      Status(
        isClosed: $0.isClosed, isEmpty: $0.queue.isEmpty, hasRoom: $0.queue.count < maxQueuedBytes, hasFraming: $0.framing != nil)
    }
  }

  /// The errno that closed the output, if there was one.
  var errorNumber: Int32? { state.withLock { $0.errorNumber } }

  /// From now on messages are written with this framing. Until then they are dropped, because the client could not read them.
  /// - Returns: whether the framing was not set before.
  func use(_ framing: MessageFraming) -> Bool {
    state.withLock { state in
      defer { state.framing = framing }
      return state.framing == nil
    }
  }

  /// From now on nothing is written.
  func close(errorNumber: Int32? = nil) {
    state.withLock { $0.close(errorNumber) }
  }

  /// From now on nothing is written, and the descriptor that was opened for writing is closed.
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

  /// Writes as much as possible without blocking.
  func flush() {
    state.withLock { state in
      // Shares the memory. The queue itself may be emptied meanwhile, if the output turns out to be closed.
      let queue = state.queue
      let written = queue.withBytes { state.write(UnsafeRawBufferPointer(rebasing: $0.prefix(Self.maxFlushBytes))) }
      state.queue.drop(state.isClosed ? 0 : written)
      if written > 0 { state.lastTaken = MonotonicClock.nanos }
    }
  }

  /// Whether the client has taken queued bytes since that time.
  func wasTaken(since time: Int64) -> Bool {
    state.withLock { $0.lastTaken.map { $0 >= time } ?? false }
  }

  /// A flush to a client that reads as fast as we write must end: the input waits too.
  private static let maxFlushBytes = 1 << 20
}

extension Outbox.State {
  fileprivate mutating func close(_ errorNumber: Int32?) {
    guard !isClosed else { return }
    isClosed = true
    self.errorNumber = errorNumber
    queue = ByteQueue()
  }

  /// Returns how many bytes the other end took.
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
