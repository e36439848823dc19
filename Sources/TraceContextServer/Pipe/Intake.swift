// How records arrive. An intake is one source of records, such as a named pipe, and one thread reads all intakes in turn. Another kind of
// source is another type here; the store does not know where records came from.

import CAllocator
import Platform
import Synchronization

/// One source of records, owned by the reading thread.
protocol Intake {
  /// The descriptor to poll for input; −1, which poll(2) ignores, if there is nothing to read from at the moment.
  var descriptor: Int32 { get }

  /// Does what is due, such as reopening a closed pipe. Called before every poll. Returns the latest monotonic time at which it must be
  /// called again.
  mutating func attend(_ now: Int64) -> Int64

  /// Reads from the descriptor into the store, at most the buffer's size. Called after poll(2) reported an event; must not wait for more.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer)

  /// Nothing more is to come for now: takes what it holds back. Called where the descriptor holds nothing.
  mutating func settle()
}

/// The reading thread: one poll(2) for all intakes. They are read in turns, so that a busy one does not starve the others.
struct IntakeLoop {
  private var intakes: [any Intake]
  private let wakeup: WakeupPipe
  private let settling: Settling
  private let turnBytes: Int

  /// - Parameters:
  ///   - wakeup: ends a poll when something happened that poll(2) does not report.
  ///   - settling: who waits until all is taken that was written.
  ///   - turnBytes: the number of bytes that an intake may read per turn.
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
    var isStarting = true
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
        guard ready == 0, let wanted else {
          // The first quiet second or two: what started the process is over.
          if ready == 0, isStarting, millis > 0 {
            isStarting = false
            give_back_code_of_start()
          }
          continue
        }
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
