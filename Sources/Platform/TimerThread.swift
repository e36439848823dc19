// One thread for all deadlines of a process. It sleeps until the first of them.

import Synchronization

/// Calls the bodies that are due on its own thread. Bodies must be short: the next one waits for them.
package final class TimerThread: Sendable {
  private let core = Core()

  package init() throws(SystemThread.Refused) {
    try SystemThread.start { [core] in
      while let nap = core.callDue() { core.alarm.sleep(nanos: nap) }
    }
  }

  deinit { core.end() }

  /// A timer without a deadline yet.
  package func timer(_ body: @escaping @Sendable () -> Void) -> Timer { Timer(core, body) }

  /// One deadline, which can only be moved earlier. The timer is removed with its last reference; a body that is running then still
  /// finishes.
  package final class Timer: Sendable {
    private let core: Core
    private let key: Int

    fileprivate init(_ core: Core, _ body: @escaping @Sendable () -> Void) {
      self.core = core
      key = core.add(body)
    }

    deinit { core.remove(key) }

    /// Calls the body once, at that monotonic time or earlier: at the earliest time requested since the last call began. A request made
    /// while the body runs is therefore not lost. The body itself checks whether there is something to do, and it may call this again.
    package func wake(by nanos: Int64) { core.wake(key, by: nanos) }
  }

  fileprivate final class Core: Sendable {
    private struct Entry: Sendable {
      var body: @Sendable () -> Void
      var time: Int64?
    }
    private struct State: Sendable {
      var entries: [Int: Entry] = [:]
      var nextKey = 0
      var isOver = false
    }

    let alarm = Alarm()
    private let state = Mutex(State())

    func add(_ body: @escaping @Sendable () -> Void) -> Int {
      state.withLock { state in
        state.nextKey += 1
        state.entries[state.nextKey] = Entry(body: body)
        return state.nextKey
      }
    }

    func remove(_ key: Int) {
      // Released outside of the lock: releasing what the body holds may run any code.
      let removed = state.withLock { $0.entries.removeValue(forKey: key) }
      withExtendedLifetime(removed) {}
    }

    func wake(_ key: Int, by nanos: Int64) {
      let isSooner = state.withLock { state in
        guard let entry = state.entries[key], nanos < entry.time ?? .max else { return false }
        state.entries[key]?.time = nanos
        return true
      }
      if isSooner { alarm.ring() }
    }

    func end() {
      state.withLock { $0.isOver = true }
      alarm.ring()
    }

    /// Calls the bodies that are due. Returns how long to sleep (`.some(nil)`: no deadline is set); nil at the end.
    func callDue() -> Int64?? {
      let now = MonotonicClock.nanos
      let due: [@Sendable () -> Void]? = state.withLock { state in
        if state.isOver { return nil }
        var due: [@Sendable () -> Void] = []
        for (key, entry) in state.entries {
          guard let time = entry.time, time <= now else { continue }
          state.entries[key]?.time = nil
          due.append(entry.body)
        }
        return due
      }
      guard let due else { return nil }
      for body in due { body() }
      let next = state.withLock { $0.entries.values.compactMap(\.time).min() }
      return .some(next.map { max(0, $0 - MonotonicClock.nanos) })
    }
  }
}
