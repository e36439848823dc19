// Threads that tasks run on, fixed in number. Swift's own pool has one thread a core for everything: a few heavy tasks there hold up every small one.

/// At most so many threads and a queue: what comes first is begun first.
///
/// A task with this as its preferred executor runs here from its first line to its last, also after it has waited, and so do its child tasks.
/// The threads end with the last task and the last reference.
package final class WorkThreads: TaskExecutor {
  private let queue: JobQueue
  /// Does the work where the system gives no thread when one is needed.
  private let backup: WorkThreads?

  /// Starts all threads, so that a system that gives none is known at once.
  package init(count: Int) throws(SystemThread.Refused) {
    queue = JobQueue(limit: max(1, count))
    backup = nil
    while queue.mayStart() { try start() }
  }

  /// Starts each thread when there is work for it and none is free: most processes need few.
  package init(upTo count: Int, backup: WorkThreads) {
    queue = JobQueue(limit: max(1, count))
    self.backup = backup
  }

  private func start() throws(SystemThread.Refused) {
    // Not `self`, which would keep itself alive. A job's task does that as long as there is one.
    let executor = UnownedTaskExecutor(ordinary: self)
    try SystemThread.start { [queue] in while let work = queue.next() { work.run(as: executor) } }
  }

  deinit { queue.close() }

  package func enqueue(_ job: consuming ExecutorJob) { append(.job(UnownedJob(job))) }

  package func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }

  /// Runs a piece of work in its turn, without a task of its own.
  package func run(_ body: @escaping @Sendable () -> Void) { append(.body(body)) }

  private func append(_ work: Work) {
    guard queue.append(work) else { return }
    do { try start() } catch {
      // What waits here goes to the backup; with a thread of ours at work it only waits longer.
      let executor = UnownedTaskExecutor(ordinary: self)
      for work in queue.refused() { backup?.run { withExtendedLifetime(self) { work.run(as: executor) } } }
    }
  }
}

extension WorkThreads {
  fileprivate enum Work: Sendable {
    case job(UnownedJob)
    case body(@Sendable () -> Void)

    func run(as executor: UnownedTaskExecutor) {
      switch self {
      case .job(let job): job.runSynchronously(on: executor)
      case .body(let body): body()
      }
    }
  }

  /// `@unchecked Sendable`: everything is reached under the mutex alone.
  fileprivate final class JobQueue: @unchecked Sendable {
    // On the heap: neither may move.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var waiting: [Work?] = []
    private var first = 0
    private var isClosed = false
    /// Threads that were started, and those of them that wait for work.
    private var started = 0
    private var idle = 0
    private let limit: Int

    init(limit: Int) {
      self.limit = limit
      mutex.initialize(to: pthread_mutex_t())
      pthread_mutex_init(mutex, nil)
      condition.initialize(to: pthread_cond_t())
      pthread_cond_init(condition, nil)
    }

    deinit {
      pthread_cond_destroy(condition)
      condition.deallocate()
      pthread_mutex_destroy(mutex)
      mutex.deallocate()
    }

    /// True where the caller shall start a thread: there is more work than free threads, and fewer threads than there may be.
    func append(_ work: Work) -> Bool {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      waiting.append(work)
      if idle > 0 { pthread_cond_signal(condition) }
      guard waiting.count - first > idle, started < limit else { return false }
      started += 1
      return true
    }

    /// True, and counted, as long as fewer threads were started than there may be.
    func mayStart() -> Bool {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      guard started < limit else { return false }
      started += 1
      return true
    }

    /// A thread was counted and did not start. All that waits, where there is no other.
    func refused() -> [Work] {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      started -= 1
      guard started == 0 else { return [] }
      defer { (waiting, first) = ([], 0) }
      return waiting[first...].compactMap { $0 }
    }

    /// Waits for work; nil once there will be none.
    func next() -> Work? {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      while first == waiting.count {
        if isClosed { return nil }
        idle += 1
        pthread_cond_wait(condition, mutex)
        idle -= 1
      }
      let work = waiting[first].take()
      first += 1
      // Moved when half of it is empty: each entry is moved once at most, on the average.
      if first * 2 > waiting.count {
        waiting.removeSubrange(..<first)
        first = 0
      }
      return work
    }

    func close() {
      pthread_mutex_lock(mutex)
      isClosed = true
      pthread_cond_broadcast(condition)
      pthread_mutex_unlock(mutex)
    }
  }
}
