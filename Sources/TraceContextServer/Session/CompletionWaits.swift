// Requests that wait for a trace to complete. Nothing polls: who ingests says that something completed, one timer says that the quiet after
// the last record is over, and both wake the waiting requests, which look for themselves.
//
//   records ──▶ store ──completed──▶ wake all          timer: sleeps until the first of
//                 └─ a trace is whole ──▶ timer          · the next instant at which the store can complete a trace
//                                                        · the deadlines of those who wait

import Platform
import Synchronization
import TraceDistiller

final class CompletionWaits: Sendable {
  /// Waits at a time: they share the connection's places for long requests with others.
  static let maxWaits = 16

  enum Outcome: Sendable { case changed, timedOut, cancelled, ended }

  private struct Waiter {
    var deadline: Int64
    var continuation: CheckedContinuation<Outcome, Never>
  }

  private struct State {
    var waiters: [Int: Waiter] = [:]
    var nextID = 0
    /// Cancelled before they were waiting.
    var cancelled: Set<Int> = []
    /// Grows with every completion, so that one between a look and the wait that follows is noticed.
    var generation = 0
    var admitted = 0
    var observation: TraceObservation?
    var isEnded = false

    mutating func takeAll() -> [CheckedContinuation<Outcome, Never>] {
      defer { waiters = [:] }
      return waiters.values.map(\.continuation)
    }
  }

  let clock: @Sendable () -> Int64
  private let store: SharedTraceStore
  private let alarm = Alarm()
  private let state = Mutex(State())

  init(store: SharedTraceStore, clock: @escaping @Sendable () -> Int64) {
    self.store = store
    self.clock = clock
  }

  deinit { alarm.ring() }

  /// False where as many wait as may; else `leave` follows.
  func enter() -> Bool {
    let (isAdmitted, begins) = state.withLock { state in
      guard state.admitted < CompletionWaits.maxWaits else { return (false, false) }
      state.admitted += 1
      guard state.observation == nil else { return (true, false) }
      // Under the lock: whoever comes second must find the store watched, too.
      state.observation = store.observe([.completed, .sooner]) { [weak self] changes in self?.storeChanged(changes) }
      return (true, true)
    }
    if begins { startTimer() }
    return isAdmitted
  }

  func leave() { state.withLock { $0.admitted -= 1 } }

  /// Requests that wait at this moment.
  var waiting: Int { state.withLock { $0.waiters.count } }

  var generation: Int { state.withLock { $0.generation } }

  /// Nobody shall wait any longer, now and later: the client has closed its input or shuts down.
  func end() {
    let all = state.withLock { state in
      state.isEnded = true
      return state.takeAll()
    }
    for continuation in all { continuation.resume(returning: .ended) }
  }

  /// Waits for a completion after that generation.
  func wait(since generation: Int, until deadline: Int64) async -> Outcome {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    defer { state.withLock { _ = $0.cancelled.remove(id) } }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let now = clock()
        let outcome: Outcome? = state.withLock { state in
          if state.cancelled.contains(id) { return .cancelled }
          if state.isEnded { return .ended }
          if state.generation != generation { return .changed }
          if deadline <= now { return .timedOut }
          state.waiters[id] = Waiter(deadline: deadline, continuation: continuation)
          return nil
        }
        if let outcome { continuation.resume(returning: outcome) } else { alarm.ring() }
      }
    } onCancel: {
      let continuation = state.withLock { state in
        let waiter = state.waiters.removeValue(forKey: id)
        if waiter == nil { state.cancelled.insert(id) }
        return waiter?.continuation
      }
      continuation?.resume(returning: .cancelled)
    }
  }

  // MARK: Who wakes

  /// From the first wait on, as the watch: before it, ingestion pays nothing.
  private func startTimer() {
    let alarm = alarm
    try? SystemThread.start { [weak self] in
      while let nap = self?.tick() { alarm.sleep(nanos: nap.nanos) }
    }
  }

  /// On the thread that changed the store, outside of its lock.
  private func storeChanged(_ changes: TraceChanges) {
    if !changes.changes.isEmpty || changes.isIncomplete {
      let all = state.withLock { state in
        state.generation += 1
        return state.takeAll()
      }
      for continuation in all { continuation.resume(returning: .changed) }
    }
    if changes.isSooner, state.withLock({ !$0.waiters.isEmpty }) { alarm.ring() }
  }

  private struct Nap { var nanos: Int64? }

  /// Completes what is due, ends the waits that are over, and says how long there is nothing to do.
  private func tick() -> Nap {
    let now = clock()
    guard state.withLock({ !$0.waiters.isEmpty }) else { return Nap(nanos: nil) }
    let next = store.withLock { store in
      store.advance(to: now)
      return store.nextCompletion
    }
    let (over, deadline) = state.withLock { state in
      let over = state.waiters.filter { $0.value.deadline <= now }
      for id in over.keys { state.waiters[id] = nil }
      return (over.values.map(\.continuation), state.waiters.values.map(\.deadline).min())
    }
    for continuation in over { continuation.resume(returning: .timedOut) }
    guard let deadline else { return Nap(nanos: nil) }
    return Nap(nanos: min(deadline, next ?? .max) - now)
  }
}
