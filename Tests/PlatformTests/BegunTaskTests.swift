// Proves that a begun task runs on the thread that starts it until it waits, continues where it is told to, and that a thread can finish
// one.

import Platform
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct BegunTaskTests {
  /// Collects what the bodies of tests report.
  private final class Report<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    func note(_ value: Value) { values.withLock { $0.append(value) } }
    var noted: [Value] { values.withLock { $0 } }
  }

  @Test func `What does not wait ends on the thread that starts it`() async throws {
    for _ in 0..<1_000 {
      let mine = pthread_self()
      let threads = Report<pthread_t>()
      let task = BegunTask {
        threads.note(await Self.nested())
        threads.note(pthread_self())
      }
      #expect(task.isEnded && threads.noted.count == 2 && threads.noted.allSatisfy { pthread_equal($0, mine) != 0 })
    }
  }

  private static func nested() async -> pthread_t { pthread_self() }

  @Test func `What waits goes on on the threads that it is given`() async throws {
    let threads = try WorkThreads(count: 1)
    let other = await withCheckedContinuation { continuation in threads.run { continuation.resume(returning: pthread_self()) } }
    // Woken before and after it is handed over.
    for isEarly in [true, false] {
      let gate = Gate()
      let ran = await withCheckedContinuation { ended in
        let task = BegunTask {
          await gate.pass()
          await Task.yield()
          ended.resume(returning: pthread_self())
        }
        #expect(!task.isEnded)
        if isEarly { gate.open() }
        task.goOn(on: threads)
        if !isEarly { gate.open() }
      }
      #expect(pthread_equal(ran, other) != 0)
    }
  }

  private final class Gate: Sendable {
    private let waiting = Mutex<CheckedContinuation<Void, Never>?>(nil)
    func pass() async { await withCheckedContinuation { continuation in waiting.withLock { $0 = continuation } } }
    func open() { waiting.withLock { $0.take() }?.resume() }
  }

  @Test func `A thread finishes a task that works elsewhere in between`() async throws {
    let threads = try WorkThreads(count: 1)
    let isSame = try await onThread {
      let mine = pthread_self()
      let places = Report<Bool>()
      BegunTask {
        let there = await Task(executorPreference: threads) { pthread_self() }.value
        try? await Task.sleep(nanoseconds: 1_000_000)
        places.note(pthread_equal(there, mine) == 0 && pthread_equal(pthread_self(), mine) != 0)
      }.finish()
      return places.noted
    }
    #expect(isSame == [true])
  }

  @Test func `A cancelled task hears of it`() async throws {
    let heard = Report<Bool>()
    let task = BegunTask {
      try? await Task.sleep(nanoseconds: 3_600_000_000_000)
      heard.note(Task.isCancelled)
    }
    #expect(!task.isEnded)
    task.cancel()
    try await onThread { task.finish() }
    #expect(heard.noted == [true])
  }
}

/// Runs a blocking closure on a thread of its own: the tests share the few threads that tasks run on.
private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    do { try SystemThread.start { continuation.resume(with: Result { try body() }) } } catch { continuation.resume(throwing: error) }
  }
}
