// Threads that tasks run on, fixed in number. Swift's own pool has one thread a core for everything: a few heavy tasks there hold up every small one.

/// So many threads and a queue: what comes first is begun first.
///
/// A task with this as its preferred executor runs here from its first line to its last, also after it has waited, and so do its child tasks.
/// The threads end with the last task and the last reference.
package final class WorkThreads: TaskExecutor {
  private let queue = JobQueue()

  package init(count: Int) throws(SystemThread.Refused) {
    let executor = UnownedTaskExecutor(ordinary: self)
    for _ in 0..<max(1, count) {
      // Not `self`, which would keep itself alive. A job's task does that as long as there is one.
      try SystemThread.start { [queue] in
        while let work = queue.next() {
          switch work {
          case .job(let job): job.runSynchronously(on: executor)
          case .body(let body): body()
          }
        }
      }
    }
  }

  deinit { queue.close() }

  package func enqueue(_ job: consuming ExecutorJob) { queue.append(.job(UnownedJob(job))) }

  package func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }

  /// Runs a piece of work in its turn, without a task of its own.
  package func run(_ body: @escaping @Sendable () -> Void) { queue.append(.body(body)) }
}

extension WorkThreads {
  fileprivate enum Work: Sendable {
    case job(UnownedJob)
    case body(@Sendable () -> Void)
  }

  /// `@unchecked Sendable`: everything is reached under the mutex alone.
  fileprivate final class JobQueue: @unchecked Sendable {
    // On the heap: neither may move.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var waiting: [Work?] = []
    private var first = 0
    private var isClosed = false

    init() {
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

    func append(_ work: Work) {
      pthread_mutex_lock(mutex)
      waiting.append(work)
      pthread_cond_signal(condition)
      pthread_mutex_unlock(mutex)
    }

    /// Waits for work; nil once there will be none.
    func next() -> Work? {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      while first == waiting.count {
        if isClosed { return nil }
        pthread_cond_wait(condition, mutex)
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
