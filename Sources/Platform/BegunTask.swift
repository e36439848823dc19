// A task that begins on the thread that starts it. Work that does not have to wait finishes there at once, without a thread switch; work
// that has to wait continues on another thread.

import Synchronization

/// A task executor that runs on the thread that starts the task, until the task has no more jobs. Later jobs go to work threads, or wait
/// until this thread asks for them.
private final class StartingThread: TaskExecutor {
  private struct State: Sendable {
    /// The next job. A task that does not wait has one job at a time.
    var next: UnownedJob?
    var more: [UnownedJob] = []
    /// Where jobs go from now on.
    var threads: WorkThreads?
    /// Wakes the waiting thread; created when a thread waits for the first time.
    var alarm: Alarm?

    mutating func take() -> UnownedJob? {
      defer { next = more.isEmpty ? nil : more.removeFirst() }
      return next
    }
  }

  private let state = Mutex(State())
  /// The task's body has finished.
  let isEnded = Atomic(false)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let (threads, alarm) = state.withLock { state in
      if state.threads == nil {
        if state.next == nil { state.next = job } else { state.more.append(job) }
      }
      return (state.threads, state.alarm)
    }
    if let threads { run(job, on: threads) } else { alarm?.ring() }
  }

  func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }

  /// Runs the jobs that are there, on this thread.
  func drain() { while let job = state.withLock({ $0.take() }) { job.runSynchronously(on: asUnownedTaskExecutor()) } }

  /// Waits until there is a job.
  func rest() {
    let alarm = state.withLock { state -> Alarm? in
      guard state.next == nil else { return nil }
      let alarm = state.alarm ?? Alarm()
      state.alarm = alarm
      return alarm
    }
    alarm?.sleep(nanos: nil)
  }

  func hand(over threads: WorkThreads) {
    let jobs = state.withLock { state in
      state.threads = threads
      defer { (state.next, state.more) = (nil, []) }
      return (state.next.map { [$0] } ?? []) + state.more
    }
    for job in jobs { run(job, on: threads) }
  }

  private func run(_ job: UnownedJob, on threads: WorkThreads) {
    // Always with the same executor, or the task would switch executors each time.
    threads.run { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// A task whose first part has already run when the initializer returns. The body stores its own result, so nothing here is generic:
/// looking up type metadata at run time costs more than the task.
package final class BegunTask: Sendable {
  private let thread = StartingThread()
  private let task: Task<Void, Never>

  /// Runs the body on this thread until it ends or first waits.
  package init(_ body: @escaping @Sendable () async -> Void) {
    task = Task.detached(executorPreference: thread) { [thread] in
      await body()
      thread.isEnded.store(true, ordering: .releasing)
    }
    thread.drain()
  }

  /// Whether the body has finished. Once the task continues on other threads, this may change at any time.
  package var isEnded: Bool { thread.isEnded.load(ordering: .acquiring) }

  package func cancel() { task.cancel() }

  /// Lets the task continue on those threads from where it waited.
  package func goOn(on threads: WorkThreads) { thread.hand(over: threads) }

  /// Runs jobs on this thread until the body has finished; sleeps while there are none.
  package func finish() {
    while !isEnded {
      thread.rest()
      thread.drain()
    }
  }
}
