// Threads, the timer and the wake-up pipe behave as their callers expect.

import Platform
import Testing

@Suite struct SystemThreadTests {
  @Test func `A thread of a host's process has every signal blocked, and its starter's mask stays`() async throws {
    let before = blockedSignals()
    let blocked = try await withCheckedThrowingContinuation { continuation in
      do {
        try SystemThread.start(signals: .blocked) { continuation.resume(returning: blockedSignals()) }
        // Checked before the test continues, possibly on another thread.
        #expect(blockedSignals() == before)
      } catch { continuation.resume(throwing: error) }
    }
    #expect(blocked == [SIGTERM, SIGPIPE, SIGXFSZ], "\(blocked)")
  }

  @Test func `A ring before the sleep ends it at once`() {
    let alarm = Alarm()
    alarm.ring()
    // Without the ring this would last a day.
    alarm.sleep(nanos: .max)
  }

  @Test func `A sleep ends at its time, by the clock that no setting moves`() {
    let start = MonotonicClock.nanos
    Alarm().sleep(nanos: 2_000_000)
    #expect(MonotonicClock.nanos - start >= 2_000_000)
  }

  @Test func `A line that does not fit is dropped and counted`() {
    var ends: [Int32] = [-1, -1]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let writer = LineWriter(descriptor: ends[1])
    #expect(writer.write(line: Array("fits\n".utf8)))
    #expect(!writer.write(line: [UInt8](repeating: 0x78, count: LineWriter.maxBytes + 1)))
    // Until the pipe is full: none of these calls waits.
    while writer.write(line: [UInt8](repeating: 0x78, count: LineWriter.maxBytes)) {}
    #expect(!writer.write(line: Array("late\n".utf8)) && writer.dropped == 3, "\(writer.dropped)")
  }
}

private func blockedSignals() -> [Int32] {
  var mask = sigset_t()
  pthread_sigmask(SIG_SETMASK, nil, &mask)
  return [SIGTERM, SIGPIPE, SIGXFSZ].filter { sigismember(&mask, $0) == 1 }
}
