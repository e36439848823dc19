// The one thread that touches the pipe: connects, takes what has gathered, writes it, and starts over when the reader goes.

import Dispatch
import Glibc
import Synchronization
import TraceRecords

/// Runs until the process ends or `close` is called.
final class PipeWriter: Sendable {
  private let path: String
  private let queue: SendQueue
  private let session: String
  private let semaphore = DispatchSemaphore(value: 0)
  private let flags = Mutex(Flags())

  struct Flags: Sendable {
    /// Nobody sends any more: the thread ends.
    var isStopped = false
    /// Tries to reach a reader that failed; a flush gives up when one fails while it waits.
    var failedAttempts: UInt64 = 0
    /// Why the path is no pipe of ours.
    var problem: String?
  }

  init(path: String, queue: SendQueue, session: String) {
    self.path = path
    self.queue = queue
    self.session = session
  }

  /// Records wait and the thread sleeps.
  func wake() { semaphore.signal() }

  var problem: String? { flags.withLock { $0.problem } }

  func start() {
    let box = Unmanaged.passRetained(self)
    var thread = pthread_t()
    // Signals belong to the program: none is ever handled on this thread, and SIGPIPE and SIGXFSZ of our writes stop here.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    let code = pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<PipeWriter>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    pthread_sigmask(SIG_SETMASK, &before, nil)
    guard code == 0 else { return box.release() }
    pthread_detach(thread)
  }

  /// Waits until what was sent is written; at most so long, and only while somebody reads.
  func flush(withinNanos limit: Int64) {
    let deadline = Monotonic.nanos + limit
    let failedBefore = flags.withLock { $0.failedAttempts }
    wake()
    while queue.statistics.inFlight > 0, flags.withLock({ $0.failedAttempts }) == failedBefore, Monotonic.nanos < deadline { usleep(500) }
  }

  /// Ends the thread. What still waits is lost, and stays counted as in flight.
  func stop() {
    flags.withLock { $0.isStopped = true }
    wake()
  }

  private var isStopped: Bool { flags.withLock { $0.isStopped } }

  private func run() {
    var connection: PipeConnection? = nil
    var taken: RecordBuffer? = nil
    while !isStopped {
      if let buffer = queue.exchange(taken.take(), orSleep: true) {
        taken = deliver(buffer, &connection)
        // Senders fill the other buffer meanwhile: a short pause makes one write of many records.
        usleep(500)
      } else {
        semaphore.wait()
      }
    }
  }

  /// Writes a buffer to its end, over as many connections as it takes.
  private func deliver(_ buffer: consuming RecordBuffer, _ connection: inout PipeConnection?) -> RecordBuffer {
    var offset = 0
    while offset < buffer.used, !isStopped {
      if connection == nil {
        connect(&connection)
      } else {
        let (next, isAlive) = write(buffer, from: offset, to: connection!)
        offset = next
        if !isAlive { connection = nil }
      }
    }
    return buffer
  }

  /// Writes in pieces that end with lines. Returns where to go on (the start of the first line that was not written whole) and whether
  /// somebody still reads.
  private func write(_ buffer: borrowing RecordBuffer, from start: Int, to connection: borrowing PipeConnection) -> (Int, Bool) {
    var offset = start
    while offset < buffer.used {
      let end = WrittenLines.pieceEnd(in: buffer, from: offset)
      let piece = UnsafeRawBufferPointer(start: buffer.base + offset, count: end - offset)
      switch connection.write(piece, isStopped: { isStopped }) {
      case .written:
        queue.count(delivered: WrittenLines.records(in: piece))
        offset = end
      case .readerGone(let done), .stopped(let done):
        let whole = WrittenLines.wholeLines(of: piece, upTo: done)
        queue.count(delivered: WrittenLines.records(in: UnsafeRawBufferPointer(rebasing: piece[..<whole])))
        return (offset + whole, false)
      }
    }
    return (offset, true)
  }

  /// Tries until somebody reads: after 10 ms, then twice as long each time, up to a second; at once when a flush asks.
  private func connect(_ connection: inout PipeConnection?) {
    var pauseMillis = 10
    while !isStopped {
      do {
        let opened = try PipeConnection(opening: path)
        let marker = Array(sessionMarker().utf8)
        if marker.withUnsafeBytes({ opened.write($0, isStopped: { isStopped }) }) == .written {
          flags.withLock { $0.problem = nil }
          queue.count(connections: 1)
          connection = consume opened
          return
        }
      } catch {
        if case .refused(let why) = error { flags.withLock { $0.problem = "\(path) \(why)" } }
      }
      flags.withLock { $0.failedAttempts += 1 }
      _ = semaphore.wait(timeout: .now() + .milliseconds(pauseMillis))
      pauseMillis = min(1_000, pauseMillis * 2)
    }
  }

  private func sessionMarker() -> String {
    """
    {"timestamp":"\(Timestamp.format(Realtime.nanos))","level":"INFO","target":"TraceLayers","message":"SESSION_START","fields":{"session_start":true,"session_id":"\(session)","run":"\(session)"}}\n
    """
  }
}

enum Monotonic {
  static var nanos: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

enum Realtime {
  static var nanos: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
