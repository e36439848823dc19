// Delivers the store's changes to its observers: in order, outside of the store's lock, on the thread that changed the store.

import Platform
import Synchronization
import TraceRecords

/// An observer's registration. It ends with `cancel`, or when the last reference is gone.
package final class TraceObservation: Sendable {
  private let observer: ChangeFeed.Observer
  private let feed: ChangeFeed

  init(_ observer: ChangeFeed.Observer, in feed: ChangeFeed) {
    self.observer = observer
    self.feed = feed
  }

  deinit { cancel() }

  /// From now on no new call of the observer begins; a call on another thread that has already begun may still run. Safe at any time:
  /// inside the observer, under the store's lock, and twice.
  package func cancel() { feed.remove(observer) }
}

/// The observers of one store.
final class ChangeFeed: Sendable {
  /// The maximum number of changes that wait while an observer runs. Above it all of them are dropped and `isIncomplete` is reported.
  static let maxWaiting = 16_384

  final class Observer: Sendable {
    let interest: TraceChangeInterest
    let body: @Sendable (TraceChanges) -> Void
    let isCancelled = Atomic(false)
    /// The number of the first batch that it receives.
    let first: Int

    init(_ interest: TraceChangeInterest, first: Int, _ body: @escaping @Sendable (TraceChanges) -> Void) {
      self.interest = interest
      self.first = first
      self.body = body
    }
  }

  private struct State: Sendable {
    var observers: [Observer] = []
    var waiting: [(number: Int, changes: TraceChanges)] = []
    var waitingCount = 0
    var nextNumber = 0
    /// A thread is calling observers. It also delivers changes that are added meanwhile, so that the order is kept and no thread waits for
    /// another thread's observers.
    var isDelivering = false
  }

  private let state = ForkSafeMutex(State())
  private let interestBits = Atomic<UInt8>(0)

  init() {}

  /// The union of what the observers are interested in.
  var interest: TraceChangeInterest { TraceChangeInterest(rawValue: interestBits.load(ordering: .acquiring)) }

  func add(_ interest: TraceChangeInterest, _ body: @escaping @Sendable (TraceChanges) -> Void) -> TraceObservation {
    state.withLock { state in
      let observer = Observer(interest, first: state.nextNumber, body)
      state.observers.append(observer)
      share(state)
      return TraceObservation(observer, in: self)
    }
  }

  func remove(_ observer: Observer) {
    guard !observer.isCancelled.exchange(true, ordering: .acquiringAndReleasing) else { return }
    // Released outside of the lock: releasing the closure may run any code.
    let removed = state.withLock { state -> [Observer] in
      let removed = state.observers.filter { $0 === observer }
      state.observers.removeAll { $0 === observer }
      share(state)
      return removed
    }
    withExtendedLifetime(removed) {}
  }

  private func share(_ state: State) {
    interestBits.store(state.observers.reduce(0) { $0 | $1.interest.rawValue }, ordering: .releasing)
  }

  /// Adds changes under the store's lock, so that they are in the store's order.
  func append(_ changes: TraceChanges) {
    state.withLock { state in
      var changes = changes
      state.waitingCount += changes.changes.count
      if state.waitingCount > ChangeFeed.maxWaiting {
        state.waiting = []
        changes = TraceChanges(isSooner: true, isIncomplete: true)
        state.waitingCount = 0
      }
      state.waiting.append((state.nextNumber, changes))
      state.nextNumber += 1
    }
  }

  /// Calls the observers with the waiting changes, unless another thread is already doing so. Called outside of every lock.
  func deliver() {
    let isMine = state.withLock { state in
      defer { state.isDelivering = true }
      return !state.isDelivering
    }
    guard isMine else { return }
    while let (batches, observers) = takeWaiting() {
      for batch in batches {
        for observer in observers where observer.first <= batch.number && !observer.isCancelled.load(ordering: .acquiring) {
          if let changes = batch.changes.reduced(to: observer.interest) { observer.body(changes) }
        }
      }
    }
  }

  private func takeWaiting() -> (batches: [(number: Int, changes: TraceChanges)], observers: [Observer])? {
    state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.isDelivering = false
        return nil
      }
      defer {
        state.waiting = []
        state.waitingCount = 0
      }
      return (state.waiting, state.observers)
    }
  }
}
