// Proves the behaviour of spans that are known only from logs and children: they last as long as the known events, count as spans, become
// ordinary spans when a record gives their times, and a trace with such spans never counts as complete.

import Testing
import TraceRecords

@testable import TraceDistiller

struct StoreLogsOnlyTests {
  @Test func theyLastFromTheFirstToTheLastThatIsKnown() {
    let store = StoreHarness()
    store.feed(batch(mention("a", 10), mention("b", 10, in: "a"), log("b", 15), log("b", 12), log("a", 11)))
    store.expectSpans("t", "a 10...15 root logsOnly", "b<a 10...15 logsOnly")
    store.feed(batch(log("b", 30), log("a", 5)))
    store.expectSpans("t", "a 5...30 root logsOnly", "b<a 10...30 logsOnly")
    store.advance(500)
    store.expectList("t completed a 25ms spans=2 (logsOnly)")
    #expect(store.snapshot("t")?.isComplete == false)
  }

  @Test func whatTellsTheirTimesReplacesThem() {
    let store = StoreHarness()
    store.feed(batch(mention("a", 10), mention("b", 10, in: "a"), log("b", 15, .error)))
    store.expectList("t settling a 5ms spans=2 failed=1 (recentRecords logsOnly)")
    store.feed(batch(whole("b", 12, 20, in: "a")))
    store.expectSpans("t", "a 10...20 root logsOnly", "b<a 12...20 failed")
    store.feed(batch(whole("a", 2, 40)))
    store.expectSpans("t", "a 2...40 root", "b<a 12...20 failed")
    store.advance(500)
    store.expectList("t completed a 38ms spans=2 failed=1")
    #expect(store.snapshot("t")?.isComplete == true)
  }

  @Test func aMentionOfWhatIsKnownChangesNothing() {
    let store = StoreHarness()
    store.feed(batch(whole("a", 0, 10), mention("a", 50), mention("b", 5, in: "a"), mention("b", 60, in: "a")))
    store.expectSpans("t", "a 0...10 root duplicateSpan", "b<a 5...5 logsOnly")
  }

  @Test func guessesAreToldInWords() {
    let store = StoreHarness()
    var doubtful = whole("a", 0, 10)
    doubtful.diagnostics = .approximate
    store.feed(batch(doubtful, mention("b", 5, in: "a")))
    let text = DistilledTrace(store.snapshot("t")!).summary().text
    for words in ["Known from log lines alone: ", "Approximate: these lines carry no ids"] { #expect(text.contains(words), "\(text)") }
    #expect(!text.contains("Doubtful data"))
    #expect(store.snapshot("t")?.reasons == ["recentRecords", "logsOnly", "approximate"])
  }

  /// A cycle of references also ends the extension of intervals.
  @Test func cyclesStretchOnce() {
    let store = StoreHarness()
    store.feed(batch(mention("a", 10, in: "b"), mention("b", 10, in: "a"), log("a", 99)))
    store.expectSpans("t", "a<b 10...99 logsOnly", "b<a 10...99 logsOnly")
  }

  // MARK: Records

  private struct Told {
    var kind: RecordKind
    var id: String
    var parent: String?
    var start: Int64
    var end: Int64
    var level = SeverityLevel.info
    var diagnostics: SpanDiagnostics = []
  }

  private func mention(_ id: String, _ at: Int64, in parent: String? = nil) -> Told {
    Told(kind: .span, id: id, parent: parent, start: at, end: at, diagnostics: .logsOnly)
  }

  private func whole(_ id: String, _ start: Int64, _ end: Int64, in parent: String? = nil) -> Told {
    Told(kind: .span, id: id, parent: parent, start: start, end: end)
  }

  private func log(_ id: String, _ at: Int64, _ level: SeverityLevel = .info) -> Told {
    Told(kind: .log, id: id, start: at, end: at, level: level)
  }

  private func batch(_ records: Told...) -> RecordBatch {
    var batch = RecordBatch()
    for told in records {
      var record = Record(told.kind, format: .openTelemetry)
      record.traceID = batch.add(text: "t")
      record.spanID = batch.add(text: told.id)
      record.name = batch.add(text: told.id)
      record.parent = told.kind == .log ? .unstated : told.parent == nil ? .root : .span
      if let parent = told.parent { record.parentID = batch.add(text: parent) }
      record.timeNanos = storeBase + told.end * 1_000_000
      if told.kind == .span {
        record.startNanos = storeBase + told.start * 1_000_000
        record.durationNanos = (told.end - told.start) * 1_000_000
      }
      record.level = told.level
      record.diagnostics = told.diagnostics
      batch.add(record)
    }
    return batch
  }
}
