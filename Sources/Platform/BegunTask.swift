// A task that begins on the thread that starts it. What does not have to wait ends there, without a switch of threads and before anything else is done;
// what has to wait goes on elsewhere.

import Synchronization

/// The thread that starts a task, as its executor: it runs what the task has to do until there is nothing to do for it. Later pieces go to work threads,
/// or wait until this thread asks for them.
private final class StartingThread: TaskExecutor {
  private struct State: Sendable {
    var jobs: [UnownedJob] = []
    /// Where pieces go from now on.
    var threads: WorkThreads?
  }

  private let state = Mutex(State())
  private let alarm = Alarm()

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let threads = state.withLock { state in
      if state.threads == nil { state.jobs.append(job) }
      return state.threads
    }
    if let threads { run(job, on: threads) } else { alarm.ring() }
  }

  func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }

  /// Runs what there is to do, on this thread.
  func drain() {
    while let job = state.withLock({ $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }) {
      job.runSynchronously(on: asUnownedTaskExecutor())
    }
  }

  /// Waits until there is something to do.
  func rest() { alarm.sleep(nanos: nil) }

  func hand(over threads: WorkThreads) {
    let jobs = state.withLock { state in
      state.threads = threads
      defer { state.jobs = [] }
      return state.jobs
    }
    for job in jobs { run(job, on: threads) }
  }

  private func run(_ job: UnownedJob, on threads: WorkThreads) {
    // Always with the same executor: else the task would ask to be moved each time.
    threads.run { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// A task of which the first part is done when this exists. What it makes is kept by its body, so that nothing here is generic: type metadata that is
/// looked up at run time costs more than the task.
package final class BegunTask: Sendable {
  private let thread = StartingThread()
  private let ending = Ending()
  private let task: Task<Void, Never>

  private final class Ending: Sendable {
    let isEnded = Atomic(false)
  }

  /// Runs the body on this thread up to its end or to where it first waits.
  package init(_ body: @escaping @Sendable () async -> Void) {
    task = Task.detached(executorPreference: thread) { [ending] in
      await body()
      ending.isEnded.store(true, ordering: .releasing)
    }
    thread.drain()
  }

  /// Whether the body is through. Once it goes on elsewhere, only the body itself knows.
  package var isEnded: Bool { ending.isEnded.load(ordering: .acquiring) }

  package func cancel() { task.cancel() }

  /// Lets it go on on those threads, where it waited.
  package func goOn(on threads: WorkThreads) { thread.hand(over: threads) }

  /// Does what there is to do on this thread until the body is through; rests where there is nothing yet.
  package func finish() {
    while !isEnded {
      thread.rest()
      thread.drain()
    }
  }
}
