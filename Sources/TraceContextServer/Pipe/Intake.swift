// How records come in: an intake is one way, such as a named pipe, and one thread reads them all in turns. Another kind is another type here; nothing behind
// the store knows where records came from.

import Platform
import Synchronization

/// One source of records, as the reading thread has it. Values are that thread's own.
protocol Intake {
  /// To be polled for input; −1, which poll(2) ignores, where there is nothing to read from at the moment.
  var descriptor: Int32 { get }

  /// Does what is due, such as opening what was closed; called before every poll. Returns the monotonic time at which it wants to be called again at the
  /// latest.
  mutating func attend(_ now: Int64) -> Int64

  /// Takes what the descriptor holds, up to the buffer's size, into the store. Called where poll(2) reported something; must not wait for more.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer)

  /// Nothing more is to come for now: takes what it holds back. Called where the descriptor holds nothing.
  mutating func settle()
}

/// The reading thread: one poll(2) for all intakes, and turns, so that one that never runs empty leaves the others theirs.
struct IntakeLoop {
  private var intakes: [any Intake]
  private let wakeup: WakeupPipe
  private let settling: Settling
  private let turnBytes: Int

  /// - Parameters:
  ///   - wakeup: ends a poll, where something happened that poll(2) does not know of.
  ///   - settling: who waits until all is taken that was written.
  ///   - turnBytes: what an intake gives at a time.
  init(_ intakes: [any Intake], wakeup: WakeupPipe, settling: Settling, turnBytes: Int) {
    self.intakes = intakes
    self.wakeup = wakeup
    self.settling = settling
    self.turnBytes = turnBytes
  }

  mutating func run() -> Never {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: turnBytes, alignment: 4096)
    var entries = [pollfd](repeating: pollfd(fd: -1, events: Int16(POLLIN), revents: 0), count: intakes.count + 1)
    entries[0].fd = wakeup.descriptor
    while true {
      let now = MonotonicClock.nanos
      var deadline = wakeup.fallbackNanos.map { now + $0 } ?? .max
      for index in intakes.indices {
        deadline = min(deadline, intakes[index].attend(now))
        entries[index + 1].fd = intakes[index].descriptor
      }
      let wanted = settling.wanted
      let millis = deadline <= now || wanted != nil ? 0 : min(deadline - now, 3_600_000_000_000) / 1_000_000 + 1
      let ready = poll(&entries, nfds_t(entries.count), Int32(millis))
      guard ready > 0 else {
        guard ready == 0, let wanted else { continue }
        for index in intakes.indices { intakes[index].settle() }
        settling.reach(wanted)
        continue
      }
      if entries[0].revents != 0 { wakeup.clear() }
      for index in intakes.indices where entries[index + 1].revents != 0 { intakes[index].read(into: buffer) }
    }
  }
}

/// Who waits until everything is in the store that was written to the intakes before.
final class Settling: Sendable {
  private let asked = Atomic<Int>(0)
  private let reached = Atomic<Int>(0)
  private let alarm = Alarm()

  /// The latest wish that was not met; nil where there is none.
  var wanted: Int? {
    let asked = asked.load(ordering: .acquiring)
    return asked > reached.load(ordering: .relaxed) ? asked : nil
  }

  func reach(_ wish: Int) {
    reached.store(wish, ordering: .releasing)
    alarm.ring()
  }

  /// Waits for the reading thread, which `wake` wakes. False where it has not come to an end in time. One thread at a time.
  func wait(until deadline: Int64, wake: () -> Void) -> Bool {
    let wish = asked.add(1, ordering: .acquiringAndReleasing).newValue
    wake()
    while reached.load(ordering: .acquiring) < wish {
      let left = deadline - MonotonicClock.nanos
      guard left > 0 else { return false }
      alarm.sleep(nanos: left)
    }
    return true
  }
}
