// The one thread that touches the pipe and the journal. What it does with records is in PipeDelivery.

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
    /// Nobody sends any more: the thread ends.
    var isStopped = false
    /// There is no thread: it ended, or never began.
    var hasEnded = false
    /// Tries to reach a reader that failed; a flush gives up when one fails while it waits.
    var failedAttempts: UInt64 = 0
    /// Why the path is no pipe of ours, or the journal takes nothing.
    var problem: String?
  }

  /// - Parameter journal: Nil in the memory tier.
  init(path: String, queue: SendQueue, session: String, journal: JournalSettings? = nil) {
    self.path = path
    self.queue = queue
    self.session = session
    self.journal = journal
  }

  /// Records wait and the thread sleeps.
  func wake() { semaphore.signal() }

  var problem: String? { flags.withLock { $0.problem } }

  func start() {
    // Signals belong to the program: none is ever handled on this thread, and SIGPIPE and SIGXFSZ of our writes stop here.
    do { try SystemThread.start(signals: .blocked) { [self] in run() } } catch {
      note(problem: error.description)
      noteEnd()
    }
  }

  /// Waits until what was sent is written; at most until a monotonic time, and only while somebody reads.
  /// - Returns: Whether it is.
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

  /// Ends the thread, soon. What still waits then is lost.
  func stop() {
    flags.withLock { $0.isStopped = true }
    wake()
  }

  /// Waits for the thread's end, until a monotonic time.
  func awaitEnd(until deadline: Int64) {
    // Whoever waits next must not wait in vain.
    if ended.wait(timeout: .now() + .nanoseconds(Int(max(0, deadline - MonotonicClock.nanos)))) == .success { ended.signal() }
  }

  /// There is no thread, or no longer.
  func noteEnd() {
    queue.abandon()
    flags.withLock { $0.hasEnded = true }
    ended.signal()
  }

  var isStopped: Bool { flags.withLock { $0.isStopped } }

  func note(problem: String?) { flags.withLock { $0.problem = problem } }

  /// A try to get rid of records failed: whoever flushes need not wait.
  func noteFailure() { flags.withLock { $0.failedAttempts += 1 } }

  /// The segment that is open: what a child process closes, or its copy would keep the segment locked.
  var journalDescriptor: Int32 { openSegment.load(ordering: .relaxed) }
  func noteJournal(descriptor: Int32) { openSegment.store(descriptor, ordering: .relaxed) }

  /// Sleeps until records come, somebody flushes, or the time is over.
  func sleep(millis: Int? = nil) {
    guard let millis else { return semaphore.wait() }
    _ = semaphore.wait(timeout: .now() + .milliseconds(millis))
  }

  private func run() {
    deliver()
    noteEnd()
  }

  /// Connection and journal are closed behind it.
  private func deliver() {
    var delivery = PipeDelivery(writer: self, path: path, queue: queue, session: session, journal: journal)
    var taken: RecordBuffer? = nil
    while !isStopped {
      // Without a journal, what waits stays with the senders until somebody reads: both buffers can fill.
      guard delivery.isReady() else { continue }
      if let buffer = queue.exchange(taken.take()) {
        let isSmall = buffer.used < 256 << 10
        taken = delivery.deliver(buffer)
        // Senders fill the other buffer meanwhile: a short pause makes one write of many records.
        if isSmall { usleep(500) }
      } else {
        delivery.rest()
      }
    }
  }
}
