// Proves that observers get every change once, in order and outside of the lock, that the feed costs nothing without observers, and that
// observers may leave at any time.

import Synchronization
import Testing

@testable import TraceDistiller
@testable import TraceRecords

@Suite struct ChangeFeedTests {
  /// The changes that an observer received, one line per call.
  private final class Heard: Sendable {
    private let calls = Mutex<[String]>([])

    func hear(_ changes: TraceChanges) { calls.withLock { $0.append(Self.text(changes)) } }

    /// The changes since the last call.
    func take() -> [String] {
      calls.withLock { calls in
        defer { calls = [] }
        return calls
      }
    }

    private static func text(_ changes: TraceChanges) -> String {
      var words = changes.changes.map { change in
        "\(change.kind) \(change.handle) \(change.traceID)" + (change.endedSpans.isEmpty ? "" : " \(change.endedSpans)")
      }
      if changes.isSooner { words.append("sooner") }
      if changes.isIncomplete { words.append("incomplete") }
      return words.joined(separator: ", ")
    }
  }

  private static let quiet: Int64 = 500_000_000

  @Test func `A running trace changes once a batch, with the spans that ended`() {
    let (store, heard) = (SharedTraceStore { _ in }, Heard())
    let observation = store.observe(.allChanges) { heard.hear($0) }
    defer { observation.cancel() }
    store.feed("a/r start 0\nb/r start 0\na/x<r span 1 took 1\nb/y<r start 1\na/z<r start 2\nb/y end 3 took 2\na/r log 3 says INFO here")
    #expect(heard.take() == [#"changed t1 a ["x"], changed t2 b ["y"]"#])
    // A duplicate end, a duplicate complete span, the end of a span that never began.
    store.feed("b/y end 3 took 2\nb/y<r span 1 took 2\nb/q end 5 took 1")
    #expect(heard.take() == [#"changed t2 b ["q"]"#])
    store.feed("session s1\nmodule here")
    #expect(heard.take() == [], "nothing of a trace")
  }

  @Test func `A trace completes, is reopened, completes again and goes`() {
    let (store, heard) = (SharedTraceStore { $0.maxTraces = 1 }, Heard())
    let observation = store.observe(.allChanges) { heard.hear($0) }
    defer { observation.cancel() }
    store.feed("a/r span 0 took 9")
    store.advance(to: Self.quiet)
    store.feed("a/late<r span 1 took 1", now: Self.quiet)
    store.advance(to: 2 * Self.quiet)
    store.feed("b/r span 0 took 9", now: 2 * Self.quiet)
    store.advance(to: 3 * Self.quiet)
    store.withLock { _ = $0.clear($0.overviews(now: 0)) }
    #expect(
      heard.take() == [
        #"changed t1 a ["r"]"#, "completed t1 a", #"reopened t1 a, changed t1 a ["late"]"#, "completed t1 a", #"changed t2 b ["r"]"#,
        "completed t2 b, evicted t1 a", "evicted t2 b",
      ])
  }

  @Test func `A trace is given up, and a recycled id ends the trace before it`() {
    let (store, heard) = (SharedTraceStore { _ in }, Heard())
    let observation = store.observe([.completed, .abandoned]) { heard.hear($0) }
    defer { observation.cancel() }
    store.feed("a/r start 0")
    store.advance(to: 300_000_000_000)
    store.feed("b/r<- start 0", now: 300_000_000_000)
    store.feed("b/r<- start 9", now: 300_000_000_000)
    store.feed("c/r<- span 0 took 1\nc/r<- span 9 took 1", now: 300_000_000_000)
    #expect(heard.take() == ["abandoned t1 a", "abandoned t2 b", "completed t4 c"])
  }

  @Test func `Folding for want of memory changes a trace; what gives way is reported`() {
    let (store, heard) = (SharedTraceStore { $0.maxBytes = 400_000 }, Heard())
    let observation = store.observe([.changed, .evicted]) { heard.hear($0) }
    defer { observation.cancel() }
    store.feed("a/r start 0")
    var spans = 0
    while store.withLock({ $0.statistics.collapsedSpans }) == 0, spans < 100_000 {
      store.feed((0..<100).map { "a/s\(spans + $0)<r span 1 took 1 name call" }.joined(separator: "\n"))
      spans += 100
    }
    let calls = heard.take()
    #expect(calls.count == spans / 100 + 1, "one a batch")
    #expect(Set(calls) == ["changed t1 a"])
  }

  @Test func `Each observer gets what it asks for, from its first batch to its last`() {
    let (store, all, some, none) = (SharedTraceStore { _ in }, Heard(), Heard(), Heard())
    let first = store.observe(.allChanges) { all.hear($0) }
    store.feed("a/r span 0 took 9")
    let second = store.observe([.completed, .sooner]) { some.hear($0) }
    let third = store.observe(.evicted) { none.hear($0) }
    store.feed("b/r span 0 took 9", now: 1)
    first.cancel()
    first.cancel()
    store.advance(to: 1 + Self.quiet)
    #expect(all.take() == [#"changed t1 a ["r"]"#, #"changed t2 b ["r"]"#])
    #expect(some.take() == ["completed t1 a, completed t2 b"], "the next completion did not come nearer")
    store.feed("c/r span 0 took 9", now: 2 * Self.quiet)
    #expect(some.take() == ["sooner"])
    #expect(none.take() == [])
    withExtendedLifetime((second, third)) {}
  }

  @Test func `Nothing is noted once nobody listens`() {
    let store = SharedTraceStore { _ in }
    var observation: TraceObservation? = store.observe(.allChanges) { _ in }
    store.feed("a/r start 0")
    #expect(store.withLock { $0.changeLog.interest } == .allChanges)
    withExtendedLifetime(observation) {}
    observation = nil
    store.feed("a/r end took 9")
    let (interest, noted) = store.withLock { ($0.changeLog.interest, $0.changeLog.take()) }
    #expect(interest == [] && noted == [], "an observation that nobody holds has ended")
  }

  @Test func `An observer may use the store, add others and go while it is called`() {
    let (store, heard, added) = (SharedTraceStore { $0.maxTraces = 1 }, Heard(), Heard())
    let held = Mutex<[TraceObservation]>([])
    let observation = store.observe(.allChanges) { [weak store] changes in
      heard.hear(changes)
      guard changes.contains(.completed), let store else { return }
      // Changes caused by an observer are delivered after those that it is receiving.
      store.withLock { _ = $0.clear($0.overviews(now: 0)) }
      let new = store.observe(.evicted) { added.hear($0) }
      held.withLock { held in
        held.first?.cancel()
        held.append(new)
      }
    }
    held.withLock { $0.append(observation) }
    store.feed("a/r span 0 took 1")
    store.advance(to: Self.quiet)
    store.feed("b/r span 0 took 1")
    #expect(heard.take() == [#"changed t1 a ["r"]"#, "completed t1 a"], "nothing after it went")
    #expect(added.take() == [], "what happened before it came is not for it")
    store.withLock { _ = $0.clear($0.overviews(now: 0)) }
    #expect(added.take() == ["evicted t2 b"])
    held.withLock { $0 = [] }
  }

  @Test func `Changes that wait for too long are dropped, and that is reported`() {
    let store = SharedTraceStore { $0.maxTraces = 0 }
    let heard = Mutex<[Int]>([])
    let isFirst = Mutex(true)
    let observation = store.observe(.changed) { [weak store] changes in
      heard.withLock { $0.append(changes.isIncomplete ? -1 : changes.changes.count) }
      let begins = isFirst.withLock { isFirst in
        defer { isFirst = false }
        return isFirst
      }
      guard begins else { return }
      // As if another thread continued while this one is busy.
      for batch in 0...ChangeFeed.maxWaiting / 4_096 {
        store?.feed((0..<4_096).map { "x\(batch)-\($0)/r start 0" }.joined(separator: "\n"))
      }
    }
    store.feed("a/r start 0")
    let calls = heard.withLock { $0 }
    #expect(calls.prefix(2) == [1, -1] && calls.count { $0 < 0 } == 1, "what waited is dropped at once")
    let reported = calls.dropFirst(2).reduce(0, +)
    let dropped = ChangeFeed.maxWaiting + 4_096 - reported
    #expect(dropped > ChangeFeed.maxWaiting && dropped <= ChangeFeed.maxWaiting + 4_096, "only what waited; \(reported) came after it")
    withExtendedLifetime(observation) {}
  }

  /// Several threads change the store at once: each trace's changes arrive in order, none is lost, and calls never overlap.
  @Test func `The order is that of the store, whoever changes it`() async {
    let store = SharedTraceStore { $0.maxTraces = 0 }
    let seen = Mutex<[String: [String]]>([:])
    let isBusy = Atomic(false)
    let overlaps = Atomic(0)
    let (done, doneHere) = AsyncStream.makeStream(of: Void.self)
    let (threads, spans) = (4, 300)
    let left = Atomic(threads * spans)
    let observation = store.observe([.changed, .endedSpans]) { changes in
      if isBusy.exchange(true, ordering: .acquiringAndReleasing) { overlaps.add(1, ordering: .relaxed) }
      var ended = 0
      seen.withLock { seen in
        for change in changes.changes {
          seen[change.traceID, default: []] += change.endedSpans
          ended += change.endedSpans.count
        }
      }
      isBusy.store(false, ordering: .releasing)
      if left.subtract(ended, ordering: .acquiringAndReleasing).newValue == 0 { doneHere.finish() }
    }
    await withTaskGroup(of: Void.self) { group in
      for thread in 0..<threads {
        group.addTask { for span in 0..<spans { store.feed("t\(thread)/s\(span)<r span 1 took 1") } }
      }
    }
    for await _ in done {}
    #expect(overlaps.load(ordering: .relaxed) == 0)
    let expected = (0..<spans).map { "s\($0)" }
    #expect(seen.withLock { $0 } == Dictionary(uniqueKeysWithValues: (0..<threads).map { ("t\($0)", expected) }))
    observation.cancel()
  }
}
