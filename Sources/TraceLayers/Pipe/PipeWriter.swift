// The only thread that uses the pipe and the journal. PipeDelivery contains what it does with records.

import Dispatch
import Platform
import Synchronization

/// Runs until the process ends or `close` is called.
final class PipeWriter: Sendable {
  private let path: String
  private let queue: SendQueue
  private let session: String
  private let journal: JournalSettings?
  private let semaphore = DispatchSemaphore(value: 0)
  private let flags = PosixMutex(Flags())
  private let ended = DispatchSemaphore(value: 0)
  private let openSegment = Atomic<Int32>(-1)

  struct Flags: Sendable {
    /// No more records are sent: the thread ends.
    var isStopped = false
    /// There is no thread: it has ended, or never began.
    var hasEnded = false
    /// The number of failed attempts to reach a reader. A waiting flush gives up when an attempt fails.
    var failedAttempts: UInt64 = 0
    /// Why the path is not a usable pipe, or why the journal cannot be written.
    var problem: String?
  }

  /// - Parameter journal: Nil in the memory tier.
  init(path: String, queue: SendQueue, session: String, journal: JournalSettings? = nil) {
    self.path = path
    self.queue = queue
    self.session = session
    self.journal = journal
  }

  /// Called if records wait while the thread sleeps.
  func wake() { semaphore.signal() }

  var problem: String? { flags.withLock { $0.problem } }

  func start() {
    // Signals belong to the program: none is handled on this thread, and SIGPIPE and SIGXFSZ of our writes are blocked here.
    do { try SystemThread.start(signals: .blocked) { [self] in run() } } catch {
      note(problem: error.description)
      noteEnd()
    }
  }

  /// Waits until everything sent before is written, at most until a monotonic time, and only while there is a reader.
  /// - Returns: Whether everything is written.
  func flush(until deadline: Int64) -> Bool {
    let failedBefore = flags.withLock { $0.failedAttempts }
    wake()
    while !queue.isDrained {
      let flags = flags.withLock { $0 }
      if flags.hasEnded { return queue.statistics.inFlight == 0 }
      if flags.failedAttempts != failedBefore || MonotonicClock.nanos >= deadline { return queue.isDrained }
      usleep(500)
    }
    return true
  }

  /// Ends the thread soon. Records that still wait then are lost.
  func stop() {
    flags.withLock { $0.isStopped = true }
    wake()
  }

  /// Waits for the end of the thread, until a monotonic time.
  func awaitEnd(until deadline: Int64) {
    // Signal again, so that a second caller does not wait for ever.
    if ended.wait(timeout: .now() + .nanoseconds(Int(max(0, deadline - MonotonicClock.nanos)))) == .success { ended.signal() }
  }

  /// Notes that there is no thread, or no longer one.
  func noteEnd() {
    queue.abandon()
    flags.withLock { $0.hasEnded = true }
    ended.signal()
  }

  var isStopped: Bool { flags.withLock { $0.isStopped } }

  func note(problem: String?) { flags.withLock { $0.problem = problem } }

  /// Notes that an attempt to deliver records failed, so that a flush stops waiting.
  func noteFailure() { flags.withLock { $0.failedAttempts += 1 } }

  /// The open segment, which a child process must close, or its copy would keep the segment locked.
  var journalDescriptor: Int32 { openSegment.load(ordering: .relaxed) }
  func noteJournal(descriptor: Int32) { openSegment.store(descriptor, ordering: .relaxed) }

  /// Sleeps until records arrive, a flush begins, or the time is over.
  func sleep(millis: Int? = nil) {
    guard let millis else { return semaphore.wait() }
    _ = semaphore.wait(timeout: .now() + .milliseconds(millis))
  }

  private func run() {
    deliver()
    noteEnd()
  }

  /// Connection and journal are closed when this returns.
  private func deliver() {
    var delivery = PipeDelivery(writer: self, path: path, queue: queue, session: session, journal: journal)
    var taken: RecordBuffer? = nil
    while !isStopped {
      // Without a journal, waiting records stay in the queue until there is a reader, so that both buffers can fill.
      guard delivery.isReady() else { continue }
      if let buffer = queue.exchange(taken.take()) {
        let isSmall = buffer.used < 256 << 10
        taken = delivery.deliver(buffer)
        // Meanwhile the senders fill the other buffer: a short pause turns many records into one write.
        if isSmall { usleep(500) }
      } else {
        delivery.rest()
      }
    }
  }
}
