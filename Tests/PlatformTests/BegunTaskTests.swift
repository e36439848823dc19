// Proves that a begun task runs on the thread that starts it until it waits, goes on where it is told, and that a thread can finish one.

import Platform
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct BegunTaskTests {
  private struct Mishap: Error {}

  @Test func `What does not wait ends on the thread that starts it`() async throws {
    for _ in 0..<1_000 {
      let mine = pthread_self()
      let task = BegunTask { () async throws -> Bool in
        let child = await Self.nested()
        return pthread_equal(child, mine) != 0 && pthread_equal(pthread_self(), mine) != 0
      }
      #expect(try #require(task.outcome).get())
    }
    let failed = BegunTask { () async throws -> Int in throw Mishap() }
    #expect(throws: Mishap.self) { try #require(failed.outcome).get() }
  }

  private static func nested() async -> pthread_t { pthread_self() }

  @Test func `What waits goes on on the threads that it is given`() async throws {
    let threads = try WorkThreads(count: 1)
    let other = await withCheckedContinuation { continuation in threads.run { continuation.resume(returning: pthread_self()) } }
    // Woken before and after it is handed over.
    for isEarly in [true, false] {
      let gate = Mutex<CheckedContinuation<Void, Never>?>(nil)
      let box = Box(gate)
      let task = BegunTask { () async throws -> pthread_t in
        await withCheckedContinuation { continuation in box.gate.withLock { $0 = continuation } }
        await Task.yield()
        return pthread_self()
      }
      #expect(task.outcome == nil)
      if isEarly { box.open() }
      let ran = await withCheckedContinuation { continuation in
        task.goOn(on: threads) { continuation.resume(returning: $0) }
        if !isEarly { box.open() }
      }
      #expect(pthread_equal(try ran.get(), other) != 0)
    }
  }

  private final class Box: Sendable {
    let gate: Mutex<CheckedContinuation<Void, Never>?>
    init(_ gate: consuming sending Mutex<CheckedContinuation<Void, Never>?>) { self.gate = gate }
    func open() { gate.withLock { $0.take() }?.resume() }
  }

  @Test func `A thread finishes a task that works elsewhere in between`() async throws {
    let threads = try WorkThreads(count: 1)
    let same = try await onThread {
      let mine = pthread_self()
      return try BegunTask { () async throws -> Bool in
        let there = await Task(executorPreference: threads) { pthread_self() }.value
        try await Task.sleep(nanoseconds: 1_000_000)
        return pthread_equal(there, mine) == 0 && pthread_equal(pthread_self(), mine) != 0
      }.finish().get()
    }
    #expect(same)
  }

  @Test func `A cancelled task hears of it`() async throws {
    let task = BegunTask { () async throws -> Bool in
      try? await Task.sleep(nanoseconds: 3_600_000_000_000)
      return Task.isCancelled
    }
    #expect(task.outcome == nil)
    task.cancel()
    #expect(try await onThread { try task.finish().get() })
  }
}

/// Runs what blocks: the tests share the few threads that tasks run on.
private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    do { try SystemThread.start { continuation.resume(with: Result { try body() }) } } catch { continuation.resume(throwing: error) }
  }
}
