// Proves that a summary says in its first lines when the data cannot be right, and when a span was abandoned instead of running.

import Testing

@testable import TraceDistiller

@Suite struct DoubtTests {
  @Test func mendedTimesAreToldByKind() throws {
    // b's end agrees with its negative duration; c's end is 6 ms later than its duration says.
    let store = StoreHarness("t/a start 0\nt/b<a start 5\nt/b end 3 took -2\nt/c<a start 1\nt/c end 9 took 2\nt/a end 20 took 20")
    #expect(try header(store) == "Doubtful data: durationMismatch ×1, negativeDuration ×1")
  }

  @Test func whatWasNotUnderstoodIsTold() throws {
    let store = StoreHarness()
    store.feed(
      json:
        #"{"traceID":"t","spanID":"a","operationName":"o","startTime":1767225600000000,"duration":5,"tags":[{"key":"otel.status_code","value":"BAD"}]}"#
    )
    #expect(try header(store) == "Doubtful data: unreadField ×1")
  }

  @Test func rightDataRaisesNoDoubt() throws {
    #expect(try header(StoreHarness("t/a start 0\nt/b<a span 1 took 2\nt/a end 20 took 20")) == nil)
  }

  @Test func aTraceThatWasGivenUpIsNotSaidToRun() throws {
    let store = StoreHarness("t/a start 0\nt/b<a span 1 took 2 status error")
    #expect(try text(store).contains("Status: ⏳ running, 1 error inside\n"))
    store.advance(300_000)
    let given = try text(store)
    #expect(given.contains("Status: ⚠️ never ended, 1 error inside\n"), "\(given)")
  }

  private func text(_ store: StoreHarness) throws -> String { DistilledTrace(try #require(store.snapshot("t"))).summary().text }

  private func header(_ store: StoreHarness) throws -> String? {
    try text(store).split(separator: "\n").first { $0.hasPrefix("Doubtful") }.map(String.init)
  }
}
