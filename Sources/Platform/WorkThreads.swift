// A fixed number of threads that tasks run on. Swift's own pool has one thread per core for everything, so a few heavy tasks there delay
// every small one.

/// At most `count` threads and a queue. Work is started in the order in which it arrives.
///
/// A task with this as its preferred executor runs here from beginning to end, also after it has waited, and so do its child tasks. The
/// threads end when the last task has ended and the last reference is gone.
package final class WorkThreads: TaskExecutor {
  private let queue: JobQueue
  /// Runs the work if the system refuses a thread when one is needed. If nil, the thread that adds the work runs it.
  private let backup: WorkThreads?

  /// Starts all threads, so that a refusal of the system is known at once.
  package init(count: Int) throws(SystemThread.Refused) {
    queue = JobQueue(limit: max(1, count))
    backup = nil
    while queue.mayStart() { try start() }
  }

  /// Starts a thread when there is work and no free thread: most processes need few.
  /// - Parameter backup: runs the work if the system refuses a thread. If nil, the thread that adds the work runs it.
  package init(upTo count: Int, backup: WorkThreads? = nil) {
    queue = JobQueue(limit: max(1, count))
    self.backup = backup
  }

  private func start() throws(SystemThread.Refused) {
    // Not `self`, which would keep itself alive. The task of a job keeps it alive as long as there is a job.
    let executor = UnownedTaskExecutor(ordinary: self)
    try SystemThread.start { [queue] in while let work = queue.next() { work.run(as: executor) } }
  }

  deinit { queue.close() }

  package func enqueue(_ job: consuming ExecutorJob) { append(.job(UnownedJob(job))) }

  package func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }

  /// Runs a closure in its turn, without a task of its own.
  package func run(_ body: @escaping @Sendable () -> Void) { append(.body(body)) }

  private func append(_ work: Work) {
    guard queue.append(work) else { return }
    do { try start() } catch {
      // Waiting work goes to the backup, unless one of our threads is running: then it only waits longer.
      let executor = UnownedTaskExecutor(ordinary: self)
      for work in queue.refused() {
        guard let backup else {
          work.run(as: executor)
          continue
        }
        backup.run { withExtendedLifetime(self) { work.run(as: executor) } }
      }
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

  /// `@unchecked Sendable`: all state is accessed only under the mutex.
  fileprivate final class JobQueue: @unchecked Sendable {
    // On the heap, because neither may move in memory.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var waiting: [Work?] = []
    private var first = 0
    private var isClosed = false
    /// Threads that were started, and how many of them wait for work.
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

    /// Returns true if the caller must start a thread: there is more work than free threads, and the limit is not reached.
    func append(_ work: Work) -> Bool {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      waiting.append(work)
      if idle > 0 { pthread_cond_signal(condition) }
      guard waiting.count - first > idle, started < limit else { return false }
      started += 1
      return true
    }

    /// Returns true, and counts a thread as started, if the limit is not reached.
    func mayStart() -> Bool {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      guard started < limit else { return false }
      started += 1
      return true
    }

    /// A thread was counted but could not be started. Returns all waiting work if there is no other thread.
    func refused() -> [Work] {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      started -= 1
      guard started == 0 else { return [] }
      defer { (waiting, first) = ([], 0) }
      return waiting[first...].compactMap { $0 }
    }

    /// Waits for work. Returns nil once no more will come.
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
      // Compacted when half of it is empty: on average each entry is moved at most once.
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
