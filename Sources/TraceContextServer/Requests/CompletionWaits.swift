// Requests that wait for a trace to complete. The source reports completions, and one timer reports the end of the quiet period after the
// last record. Both wake the waiting requests, which then check for themselves. Only a source that pushes no changes is polled: the timer
// then wakes every second.
//   records ──▶ source ──completed──▶ wake all         timer: sleeps until the first of
//                 └─ a trace is whole ──▶ timer          · the next instant at which the source can complete a trace
//                                                        · the deadlines of those who wait

import Platform
import Synchronization
import TraceDistiller

final class CompletionWaits: Sendable {
  /// The maximum number of waits: they share the connection's places for long requests with other requests.
  static let maxWaits = 16
  /// The number of recent completions that are kept for callers who ask what changed.
  static let maxNews = 256
  /// How often requests that wait for a source without push check again.
  static let pollNanos: Int64 = 1_000_000_000

  enum Outcome: Sendable { case changed, timedOut, cancelled, ended }

  private struct Waiter {
    var deadline: Int64
    var continuation: CheckedContinuation<Outcome, Never>
  }

  private struct State {
    var waiters: [Int: Waiter] = [:]
    var nextID = 0
    /// Waits that were cancelled before they started.
    var cancelled: Set<Int> = []
    /// Incremented by every completion, so that a completion between a check and the following wait is noticed.
    var generation = 0
    /// The traces of the latest completions, by the generation that each completion created; nil if they are not known.
    var news: [(generation: Int, serials: Set<Int>?)] = []
    var admitted = 0
    var observation: TraceObservation?
    var timer: TimerThread.Timer?
    var isEnded = false
    /// When the requests that wait for a source without push check again.
    var nextPoll: Int64 = 0

    mutating func note(_ serials: Set<Int>?) {
      generation += 1
      news.append((generation, serials))
      if news.count > CompletionWaits.maxNews { news.removeFirst() }
    }

    mutating func takeAll() -> [CheckedContinuation<Outcome, Never>] {
      defer { waiters = [:] }
      return waiters.values.map(\.continuation)
    }
  }

  let clock: @Sendable () -> Int64
  private let source: any TraceSource
  private let timers: TimerThread?
  private let state = Mutex(State())

  /// - Parameter timers: nil if no request will wait.
  init(source: any TraceSource, clock: @escaping @Sendable () -> Int64, timers: TimerThread?) {
    self.source = source
    self.clock = clock
    self.timers = timers
  }

  /// Returns false if the maximum number of requests waits. After true, the caller must call `leave`.
  func enter() -> Bool {
    state.withLock { state in
      guard state.admitted < CompletionWaits.maxWaits else { return false }
      state.admitted += 1
      guard state.timer == nil else { return true }
      // Under the lock: a second request must also find the source observed.
      state.observation = source.observe([.completed, .sooner]) { [weak self] changes in self?.storeChanged(changes) }
      // The timer is created with the first wait, like the observation: before it, ingestion has no extra cost.
      state.timer = timers?.timer { [weak self] in self?.tick() }
      return true
    }
  }

  func leave() { state.withLock { $0.admitted -= 1 } }

  /// The number of requests that wait at this moment.
  var waiting: Int { state.withLock { $0.waiters.count } }

  var generation: Int { state.withLock { $0.generation } }

  /// What completed since that generation, and the generation up to which the result is complete.
  func news(since generation: Int) -> (CompletionNews, generation: Int) {
    state.withLock { state in
      let new = state.news.filter { $0.generation > generation }
      guard new.count == state.generation - generation, new.allSatisfy({ $0.serials != nil }) else { return (.unknown, state.generation) }
      return (CompletionNews(serials: new.reduce(into: []) { $0.formUnion($1.serials ?? []) }), state.generation)
    }
  }

  /// Ends all current and future waits: the client has closed its input or shuts down.
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
        if let outcome { continuation.resume(returning: outcome) } else { wakeTimer() }
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

  /// Something changed that the timer does not know of, so it checks at once.
  private func wakeTimer() { state.withLock { $0.timer }?.wake(by: 0) }

  /// Called on the thread that changed the store, outside of its lock.
  private func storeChanged(_ changes: TraceChanges) {
    if !changes.changes.isEmpty || changes.isIncomplete {
      let serials = changes.isIncomplete ? nil : Set(changes.changes.map(\.serial))
      let all = state.withLock { state in
        state.note(serials)
        return state.takeAll()
      }
      for continuation in all { continuation.resume(returning: .changed) }
    }
    if changes.isSooner, state.withLock({ !$0.waiters.isEmpty }) { wakeTimer() }
  }

  /// Completes traces that are due, ends the waits that have timed out, and sets the timer for the next event.
  private func tick() {
    let now = clock()
    guard state.withLock({ !$0.waiters.isEmpty }) else { return }
    let next = source.advance(to: now)
    let (over, waking, wakeTime) = state.withLock { state in
      let over = state.waiters.filter { $0.value.deadline <= now }
      for id in over.keys { state.waiters[id] = nil }
      var wakeTime = min(state.waiters.values.map(\.deadline).min() ?? .max, next ?? .max)
      var waking: [CheckedContinuation<Outcome, Never>] = []
      if state.observation == nil {
        // The source does not push changes: the waiting requests must check.
        if now >= state.nextPoll {
          state.nextPoll = now + Self.pollNanos
          state.note(nil)
          waking = state.takeAll()
        }
        wakeTime = min(wakeTime, state.nextPoll)
      }
      return (over.values.map(\.continuation), waking, state.waiters.isEmpty ? nil : wakeTime)
    }
    for continuation in over { continuation.resume(returning: .timedOut) }
    for continuation in waking { continuation.resume(returning: .changed) }
    guard let wakeTime else { return }
    let nap = min(max(0, wakeTime - now), 86_400_000_000_000)
    state.withLock { $0.timer }?.wake(by: MonotonicClock.nanos + nap)
  }
}

/// The traces that completed within a period.
struct CompletionNews: Sendable {
  /// Nil if it may be any trace.
  var serials: Set<Int>?

  static let unknown = CompletionNews(serials: nil)
}
