// Proves how timestamps and durations form a span's interval, what is flagged, and that no instant traps, however hostile.

import Testing

@testable import TraceDistiller
@testable import TraceRecords

@Suite struct StoreTimeTests {
  @Test func theDurationDecidesWhereTheStartIsKnown() {
    let rows = [
      ("t/a start 0", "a 0... root"), ("t/a start 0\nt/a end 10.5 took 10.25", "a 0...10.25 root"),
      // A difference of up to a millisecond is due to clocks; a larger one is reported.
      ("t/a start 0\nt/a end 11 took 10", "a 0...10 root"), ("t/a start 0\nt/a end 11.000001 took 10", "a 0...10 root durationMismatch"),
      ("t/a start 0\nt/a end 8.9 took 10", "a 0...10 root durationMismatch"), ("t/a start 0\nt/a end 12", "a 0...12 root"),
      ("t/a start 0\nt/a end took 5", "a 0...5 root"), ("t/a<- end 30 took 20", "a 10...30 root"), ("t/a<- end 30", "a 30...30 root"),
      ("t/a start 0\nt/a end 12 | \"duration_ms\":\"no number\"", "a 0...12 root"),
      // A span that ends before its start has no duration.
      ("t/a start 10\nt/a end 5", "a 10...10 root negativeDuration"),
      ("t/a start 10\nt/a end 7 took -3", "a 10...10 root negativeDuration"),
      ("t/a<- end 30 took -3", "a 30...30 root negativeDuration"), ("t/a span 5 took -3", "a 5...5 root negativeDuration"),
      ("t/a span 5 took 0", "a 5...5 root"), ("t/a line 40 took 30", "a 10...40 root"),
      // A duplicate counts once, and is reported.
      ("t/a start 0\nt/a end 10 took 10\nt/a end 20 took 20", "a 0...10 root duplicateEnd"),
      ("t/a span 0 took 10\nt/a end 20 took 20", "a 0...10 root duplicateEnd"),
    ]
    for (lines, expected) in rows {
      let got = StoreHarness(lines).spans("t")
      #expect(got == [expected], "\(lines)\n  expected \(expected)\n  got      \(got)")
    }
    StoreHarness("t/a start 0\nt/b<a start 1\nt/b<a start 5").expectSpans("t", "a 0... root", "b<a 1... duplicateSpan")
    StoreHarness("t/a start 0\nt/b<a span 1 took 2\nt/b<a span 3 took 4").expectSpans("t", "a 0... root", "b<a 1...3 duplicateSpan")
    StoreHarness("t/a start 0\nt/b<a line 5 took 2\nt/b<a line 9 took 4").expectSpans("t", "a 0... root", "b<a 3...5 duplicateSpan")
  }

  /// The same where the end came first and guessed the start.
  @Test func aStartBehindItsEndIsHeldAgainstIt() {
    for (end, flags) in [("11", ""), ("11.001", " durationMismatch"), ("9", ""), ("8.999", " durationMismatch")] {
      StoreHarness("t/a<- end \(end) took 9\nt/a start 1").expectSpans("t", "a 1...10 root\(flags)")
    }
  }

  /// What lies at the edge of the range of instants or beyond is none: neither an end nor an instant of the trace.
  @Test func anEndAtTheEdgeIsDoubtful() throws {
    for beyond in [Int64(0), 1, 1_000] {
      let store = StoreHarness("t/a start 0")
      var batch = RecordBatch()
      var record = Record(.span, format: .native)
      record.traceID = batch.add(text: "t")
      record.spanID = batch.add(text: "b")
      record.parent = .span
      record.parentID = batch.add(text: "a")
      record.startNanos = storeBase
      record.timeNanos = storeBase
      record.durationNanos = Timestamp.limit - storeBase + beyond
      batch.add(record)
      store.feed(batch)
      store.expectSpans("t", "a 0... root", "b<a 0...0 unreadField")
      var log = Record(.log, format: .native)
      var logs = RecordBatch()
      log.traceID = logs.add(text: "t")
      log.spanID = logs.add(text: "a")
      log.timeNanos = Timestamp.limit
      logs.add(log)
      store.feed(logs)
      #expect(try #require(store.snapshot("t")).storage.maxTime == storeBase)
    }
  }

  @Test func openSpansRunToTheLatestInstantOfTheTrace() {
    let trace = StoreHarness("t/a start 0\nt/b<a start 10\nt/b log 25 says INFO x")
    trace.expectList("t running a 25ms spans=2 (rootRunning openSpans)")
    trace.feed("t/c<b span 20 took 20")
    trace.expectList("t running a 40ms spans=3 (rootRunning openSpans)")
  }

  @Test func theFarthestInstantsThatALineCanNameDoNotTrap() {
    let lines = [
      #"{"timestamp":"1823-11-12T00:06:21.572612097Z","log_type":"trace","fields":{"event_type":"span_start","trace_id":"t","span_id":"a"}}"#,
      #"{"timestamp":"2116-02-20T23:53:38.427387903Z","log_type":"trace","fields":{"event_type":"span_end","trace_id":"t","span_id":"a","duration_ms":0}}"#,
      #"{"timestamp":"2116-02-20T23:53:38.427387903Z","log_type":"trace","fields":{"event_type":"span_start","trace_id":"t","span_id":"b","parent_id":"a"}}"#,
      #"{"timestamp":"1823-11-12T00:06:21.572612097Z","log_type":"trace","fields":{"event_type":"span_end","trace_id":"t","span_id":"b","duration_ms":9e12}}"#,
    ]
    for order in [lines, lines.reversed()] {
      let trace = StoreHarness()
      for line in order { trace.feed(json: line) }
      analyse(trace)
    }
  }

  @Test func hostileInstantsOfEveryKindDoNotTrap() {
    let extremes: [Int64] = [.min, .min + 1, -Timestamp.limit - 1, -Timestamp.limit, -1, 0, 1, Timestamp.limit, Timestamp.limit + 1, .max]
    let kinds: [RecordKind] = [.spanStart, .spanEnd, .span, .log]
    for first in kinds {
      for time in extremes {
        for start in extremes {
          for duration in extremes {
            let trace = StoreHarness()
            for (id, kind) in [("b", first), ("b", RecordKind.spanEnd), ("c", .spanStart), ("b", .spanStart), ("c", .span)] {
              var batch = RecordBatch()
              var record = Record(kind, format: .native)
              record.traceID = batch.add(text: "t")
              record.spanID = batch.add(text: id)
              record.parent = id == "b" ? .root : .span
              record.parentID = batch.add(text: "b")
              record.timeNanos = time
              record.startNanos = id == "b" ? start : duration
              record.durationNanos = duration
              batch.add(record)
              trace.feed(batch)
            }
            analyse(trace)
          }
        }
      }
    }
  }

  /// Runs everything that computes with a trace's instants; the results are within limits.
  private func analyse(_ trace: StoreHarness) {
    for line in trace.store.overviews(now: trace.now) {
      #expect(line.durationNanos >= 0)
      guard let storage = trace.snapshot(line.traceID)?.storage else { continue }
      let tree = CallTree(storage)
      let own = tree.selfTimes().nanos
      for row in 0..<tree.count where tree.isIncluded[row] {
        #expect(
          tree.duration(row) >= 0 && own[row] >= 0 && own[row] <= tree.duration(row), "row \(row): \(own[row]) of \(tree.duration(row))")
      }
      for root in tree.roots { _ = tree.criticalPath(root: root.row).segments.reduce(0) { $0 &+ $1.nanos } }
    }
  }
}
