// One thread for all deadlines of a process: it sleeps until the first of them.

import Synchronization

/// Calls what is due, on its own thread. What it calls is short: the next one waits for it.
package final class TimerThread: Sendable {
  private let core = Core()

  package init() throws(SystemThread.Refused) {
    try SystemThread.start { [core] in
      while let nap = core.callDue() { core.alarm.sleep(nanos: nap) }
    }
  }

  deinit { core.end() }

  /// A timer that nobody has asked for a call yet.
  package func timer(_ body: @escaping @Sendable () -> Void) -> Timer { Timer(core, body) }

  /// One deadline that can come nearer. It is gone with the last reference; its body may still run once then, if it is running already.
  package final class Timer: Sendable {
    private let core: Core
    private let key: Int

    fileprivate init(_ core: Core, _ body: @escaping @Sendable () -> Void) {
      self.core = core
      key = core.add(body)
    }

    deinit { core.remove(key) }

    /// Calls the body once, at that monotonic time or before: the earliest time that was asked for since the last call began. So nobody who asks while
    /// the body runs is overruled by it, and the body looks for itself whether there is something to do. It may ask again.
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
      // Freed outside of the lock: what the body holds may do anything when it goes.
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

    /// How long there is nothing to do; nil at the end.
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
