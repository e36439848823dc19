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

/// A task of which the first part is done when this exists.
package final class BegunTask<Value: Sendable>: Sendable {
  package typealias Outcome = Result<Value, any Error>

  private struct State: Sendable {
    var outcome: Outcome?
    var then: (@Sendable (Outcome) -> Void)?
  }

  private final class Cell: Sendable {
    let state = Mutex(State())

    func end(_ outcome: Outcome) {
      let then = state.withLock { state in
        state.outcome = outcome
        return state.then
      }
      then?(outcome)
    }
  }

  private let thread = StartingThread()
  private let cell = Cell()
  private let task: Task<Void, Never>

  /// Runs the body on this thread up to its end or to where it first waits.
  package init(_ body: @escaping @Sendable () async throws -> Value) {
    task = Task.detached(executorPreference: thread) { [cell] in
      do { cell.end(.success(try await body())) } catch { cell.end(.failure(error)) }
    }
    thread.drain()
  }

  /// What became of it; nil while it waits.
  package var outcome: Outcome? { cell.state.withLock { $0.outcome } }

  package func cancel() { task.cancel() }

  /// Lets it go on on those threads. Once, and only where it has no outcome.
  /// - Parameter then: called there with its outcome.
  package func goOn(on threads: WorkThreads, then: @escaping @Sendable (Outcome) -> Void) {
    cell.state.withLock { $0.then = then }
    thread.hand(over: threads)
  }

  /// Its outcome: this thread does what there is to do, and waits where there is nothing yet.
  package func finish() -> Outcome {
    while true {
      if let outcome { return outcome }
      thread.rest()
      thread.drain()
    }
  }
}
