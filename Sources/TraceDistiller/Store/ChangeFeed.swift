// From the store's notes to its observers: in order, outside of the store's lock, by the thread that changed the store.

import Platform
import Synchronization
import TraceRecords

/// An observer's place in the feed. It ends with `cancel`, or when nobody holds this any more.
package final class TraceObservation: Sendable {
  private let observer: ChangeFeed.Observer
  private let feed: ChangeFeed

  init(_ observer: ChangeFeed.Observer, in feed: ChangeFeed) {
    self.observer = observer
    self.feed = feed
  }

  deinit { cancel() }

  /// From now on no call of the observer begins; one that another thread is in the middle of may still run. Safe at any time: inside of the observer,
  /// inside of the store's lock, twice.
  package func cancel() { feed.remove(observer) }
}

/// Any number of observers of one store.
final class ChangeFeed: Sendable {
  /// Changes that wait while an observer is at work; beyond that all of them are dropped and `isIncomplete` is reported.
  static let maxWaiting = 16_384

  final class Observer: Sendable {
    let interest: TraceChangeInterest
    let body: @Sendable (TraceChanges) -> Void
    let isCancelled = Atomic(false)
    /// The number of the first batch that it hears of.
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
    /// Some thread calls observers; it takes along what is added meanwhile, so that the order is kept and nobody waits for another's observers.
    var isDelivering = false
  }

  private let state = ForkSafeMutex(State())
  private let interestBits = Atomic<UInt8>(0)

  init() {}

  /// Everything that some observer asks for.
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
    // Freed outside of the lock: what its closure holds may do anything when it goes.
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

  /// Adds what happened, under the store's lock, so that the order is that of the store.
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

  /// Calls the observers with what waits, unless a thread does so already. Outside of every lock.
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
