// Proves that work runs on the threads that it was given, that short work overtakes long work, and that simultaneous deadlines all count.

import Platform
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct WorkThreadsTests {
  @Test func `A task runs on its threads before and after it waits, and so do its children`() async throws {
    let threads = try WorkThreads(count: 1)
    let names = await Task.detached(executorPreference: threads) {
      var names = [threadNumber()]
      await Task.yield()
      names.append(threadNumber())
      try? await Task.sleep(nanoseconds: 1_000_000)
      names.append(threadNumber())
      async let child = threadNumber()
      names.append(await child)
      return names
    }.value
    #expect(Set(names).count == 1, "\(names)")
  }

  @Test func `Threads that are all busy hold up nobody else's work`() async throws {
    let (long, timely) = (try WorkThreads(count: 2), try WorkThreads(count: 1))
    let gate = Gate()
    // More work than threads: none is free.
    let busy = (0..<6).map { _ in
      Task.detached(executorPreference: long) {
        gate.pass()
      }
    }
    while gate.begun < 2 { await Task.yield() }
    #expect(await Task.detached(executorPreference: timely) { "answered" }.value == "answered")
    #expect(gate.begun == 2)
    gate.open()
    for task in busy { await task.value }
    #expect(gate.begun == 6)
  }

  @Test func `Threads start when there is work for them, and no more than there may be`() async throws {
    let timely = try WorkThreads(count: 1)
    let long = WorkThreads(upTo: 2, backup: timely)
    let gate = Gate()
    let threads = Seen()
    let tasks = (0..<6).map { _ in
      Task.detached(executorPreference: long) {
        threads.note()
        gate.pass()
      }
    }
    while gate.begun < 2 { await Task.yield() }
    gate.open()
    for task in tasks { await task.value }
    #expect(threads.count == 2)
    // Consecutive work needs one thread, whatever the limit is.
    let other = WorkThreads(upTo: 8, backup: timely)
    let used = Seen()
    for _ in 0..<100 {
      await Task.detached(executorPreference: other) { used.note() }.value
    }
    #expect(
      used.count <= 4,
      "\(used.count) threads: the first may still be on its way to rest when the second comes")
  }

  @Test func `Work is begun in the order in which it came`() async throws {
    let threads = try WorkThreads(count: 1)
    let seen = Mutex<[Int]>([])
    await withCheckedContinuation { continuation in
      for number in 0..<1_000 { threads.run { seen.withLock { $0.append(number) } } }
      threads.run { continuation.resume() }
    }
    #expect(seen.withLock { $0 } == Array(0..<1_000))
  }

  @Test func `A timer calls at the earliest time that was asked for, also while it is calling`() async throws {
    let timers = try TimerThread()
    let calls = Mutex(0)
    let times = Mutex<[Int64]>([])
    let box = Mutex<TimerThread.Timer?>(nil)
    let start = MonotonicClock.nanos
    await withCheckedContinuation { continuation in
      let timer = timers.timer {
        let call = calls.withLock { calls in
          calls += 1
          return calls
        }
        times.withLock { $0.append(MonotonicClock.nanos - start) }
        // Requested during a call: the later deadline must not replace the earlier one.
        if call == 1 {
          box.withLock { $0 }?.wake(by: 0)
          box.withLock { $0 }?.wake(by: .max)
        } else if call == 2 {
          continuation.resume()
        }
      }
      box.withLock { $0 = timer }
      timer.wake(by: start + 3_600_000_000_000)
      timer.wake(by: start + 1_000_000)
    }
    #expect(times.withLock { $0[0] >= 1_000_000 } && calls.withLock { $0 } == 2)
  }

  @Test func `Threads end with the last reference`() async throws {
    weak var gone: WorkThreads?
    do {
      let threads = try WorkThreads(count: 2)
      gone = threads
      await Task.detached(executorPreference: threads) {}.value
    }
    while gone != nil { await Task.yield() }
  }
}

/// Blocks threads until it is opened.
private final class Gate: Sendable {
  private let state = Mutex((begun: 0, isOpen: false))

  var begun: Int { state.withLock { $0.begun } }

  func pass() {
    state.withLock { $0.begun += 1 }
    while !state.withLock({ $0.isOpen }) { usleep(500) }
  }

  func open() { state.withLock { $0.isOpen = true } }
}

/// The threads on which it was called.
private final class Seen: Sendable {
  private let threads = Mutex<Set<pthread_t>>([])
  var count: Int { threads.withLock { $0.count } }
  func note() { threads.withLock { _ = $0.insert(threadNumber()) } }
}

private func threadNumber() -> pthread_t { pthread_self() }
