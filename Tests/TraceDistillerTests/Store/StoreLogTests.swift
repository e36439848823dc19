// Proves that module logs have a bound of their own: the newest are kept, evicted ones are counted, and traces and logs together keep the
// store's bound.

import Testing
import TraceRecords

@testable import TraceDistiller

@Suite struct StoreLogTests {
  static func messages(_ store: StoreHarness) -> [String] {
    var messages: [String] = []
    store.store.logs.visitAll {
      messages.append($0.message)
      return true
    }
    return messages
  }

  /// A log without an instant is as late as the latest before it, which need not be the one before it.
  @Test func aLogWithoutAnInstantIsAsLateAsTheLatest() {
    let store = StoreHarness()
    for second in ["01", "05", "03"] {
      store.feed(json: #"{"timestamp":"2026-01-01T00:00:\#(second)Z","log_type":"module","message":"m"}"#)
    }
    store.feed(json: #"{"log_type":"module","message":"without"}"#)
    var times: [Int64] = []
    store.store.logs.visitAll {
      times.append(($0.timeUnixNano - storeBase) / 1_000_000_000)
      return true
    }
    #expect(times == [1, 5, 3, 5])
  }

  @Test func logsComeBackAsTheyWere() {
    let store = StoreHarness("module before any marker\nsession s1")
    store.feed(
      json:
        #"{"timestamp":"2026-01-01T00:00:00.005Z","level":"WARN","target":"a::b","log_type":"module","message":"m","fields":{"n":1,"service":"shop"},"span":{"trace_id":7,"span_id":"s","span_name":"work"}}"#
    )
    store.feed(
      json: #"{"log_type":"module","message":"own run, span of our layers","fields":{"run":"r1","span":{"trace_id":"t","span_id":"s"}}}"#)
    store.feed(json: #"{"log_type":"module","message":"a span that is the program's own","fields":{"span":{"width":7}},"span":null}"#)
    var lines: [String] = []
    store.store.logs.visitAll { log in
      let texts = [log.run, log.target, log.service, log.traceID, log.spanID, log.spanName].map { $0 ?? "-" }.joined(separator: " ")
      lines.append("\(log.serial) \(log.level.name) \(log.message): \(texts) \(log.attributes.map { "\($0.key)=\($0.value.text)" })")
      return true
    }
    #expect(
      lines == [
        "1 INFO before any marker: - - - - - - []", #"2 WARN m: s1 a::b shop 7 s work ["n=1"]"#,
        "3 INFO own run, span of our layers: r1 - - t s - []",
        #"4 INFO a span that is the program's own: s1 - - - - - ["span={\"width\":7}"]"#,
      ], "\(lines)")
  }

  @Test func secretsAreTakenOutBeforeALogIsKept() throws {
    let line =
      #"{"log_type":"module","message":"sent token=hunter2-of-old","fields":{"password":"hunter2-of-old","user":"Ada","body":{"cookie":"hunter2-of-old"}}}"#
    let store = StoreHarness()
    store.feed(json: line)
    var got: [String] = []
    store.store.logs.visitAll { log in
      got += [log.message] + log.attributes.map { "\($0.key)=\($0.value.text)" }
      return true
    }
    let expected = ["sent token=[redacted:token]", "password=[redacted:password]", "user=Ada", #"body={"cookie":"[redacted:cookie]"}"#]
    #expect(got == expected, "\n  expected \(expected)\n  got      \(got)")
    store.expectCounters("moduleLogs=1 redactedValues=3")
    let plain = StoreHarness { $0.redacts = false }
    plain.feed(json: line)
    #expect(Self.messages(plain) == ["sent token=hunter2-of-old"])
  }

  @Test func theNewestStayWithinTheBound() {
    let store = StoreHarness { $0.maxLogBytes = 64 << 10 }
    for number in 1...5_000 {
      store.feed("module number \(number)")
      #expect(store.store.logs.allocatedBytes <= 64 << 10)
    }
    let left = Self.messages(store)
    #expect(left.count > 300 && left.last == "number 5000")
    #expect(left == (5_001 - left.count...5_000).map { "number \($0)" })
    #expect(store.store.statistics.evictedLogs == UInt64(5_000 - left.count) && store.store.logs.count == left.count)
  }

  @Test func oneThatIsLargerThanTheBoundIsCountedToo() {
    let store = StoreHarness { $0.maxLogBytes = 4 << 10 }
    store.feed("module small\nmodule \(String(repeating: "x", count: 50_000))")
    #expect(Self.messages(store).isEmpty)
    #expect(store.store.logs.allocatedBytes == 0)
    store.expectCounters("moduleLogs=2 evictedLogs=2")
    store.feed("module small")
    #expect(Self.messages(store) == ["small"])
  }

  @Test func aLongMessageIsCutAndCounted() {
    let store = StoreHarness { $0.maxValueBytes = 10 }
    store.feed("module 0123456789abcdef")
    #expect(Self.messages(store) == ["0123456789… (cut, 16 bytes)"])
    store.expectCounters("moduleLogs=1 truncatedValues=1")
  }

  @Test func logsMakeTracesGoOnlyUpToTheirShare() {
    let store = StoreHarness {
      $0.maxBytes = 1 << 20
      $0.maxTraces = 0
    }
    for number in 1...4_000 {
      store.feed("n\(number)/a span 0 took 1")
      store.advance(500)
    }
    let before = store.store.completedCount
    for number in 1...50_000 { store.feed("module number \(number)") }
    let (logs, traces) = (store.store.logs.allocatedBytes, store.store.allocatedBytes)
    #expect(logs <= 256 << 10 && logs + traces <= 1 << 20, "\(logs) bytes of logs, \(traces) of traces")
    let after = store.store.completedCount
    #expect(after < before && after > before / 2, "\(after) of \(before) traces, \(traces) bytes, \(store.store.tableBytes) of tables")
    #expect(store.store.logs.count > 1_000)
  }

  @Test func aCopyKeepsWhatItHad() {
    let store = StoreHarness { $0.maxLogBytes = 16 << 10 }
    for number in 1...50 { store.feed("module number \(number)") }
    let copy = store.store.logs
    for number in 51...5_000 { store.feed("module number \(number)") }
    var kept: [String] = []
    copy.visitAll {
      kept.append($0.message)
      return true
    }
    #expect(kept == (1...50).map { "number \($0)" })
  }
}
