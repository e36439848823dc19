// Proves that the other variants of native records are read: module logs in three spellings, session markers, the legacy top-level `type`,
// one line per closed span with its events, and gap records.

import Testing

@testable import TraceRecords

@Suite struct NativeDialectTests {
  @Test func moduleLogsInEverySpelling() {
    check(
      #"{"fields":{"symbol":"BTC"},"level":"INFO","log_type":"module","message":"ok","span":{"span_id":"span_3","span_name":"task","trace_id":"trace_1"},"target":"app","timestamp":"2026-01-01T00:00:00.001Z"}"#,
      #"moduleLog trace_1/span_3 "task" says "ok" target=app at 1ms [symbol="BTC"]"#)
    check(
      #"{"fields":{},"level":"WARN","log_type":"module","message":"outside","span":null,"timestamp":"2026-01-01T00:00:00Z"}"#,
      #"moduleLog says "outside" WARN at 0ms"#)
    // The marker may be only in `fields`, dotted or not; it is not an attribute.
    check(#"{"fields":{"log.type":"module","run":1},"message":"m","level":"ERROR"}"#, #"moduleLog says "m" ERROR [run=1]"#)
    check(#"{"fields":{"log_type":"module","run":1},"message":"m","level":"TRACE"}"#, #"moduleLog says "m" TRACE [run=1]"#)
    // `fields` of a module log has no reserved names: names with a meaning elsewhere belong to the program here.
    check(
      #"{"log_type":"module","message":"m","fields":{"span_id":"x","status":"error","kind":1,"attributes":{"a":1}}}"#,
      #"moduleLog says "m" [span_id="x", status="error", kind=1, attributes={"a":1}]"#)
    check(
      #"{"log_type":"module","message":"m","fields":{"run":"r","producer":"p","seq":2}}"#, #"moduleLog says "m" run=r producer=p#2"#)
  }

  @Test func levelsInAnyCaseWithTheirSynonyms() {
    let rows = [
      ("TRACE", " TRACE"), ("debug", " DEBUG"), ("Info", ""), ("notice", ""), ("WARN", " WARN"), ("warning", " WARN"), ("ERROR", " ERROR"),
      ("err", " ERROR"), ("fatal", " ERROR"), ("CRITICAL", " ERROR"), ("", ""), ("7", ""), ("odd", ""),
    ]
    for (level, shown) in rows {
      check(#"{"log_type":"module","message":"m","level":"\#(level)"}"#, "moduleLog says \"m\"\(shown)")
    }
    check(#"{"log_type":"module","message":"m","level":40}"#, #"moduleLog says "m""#)
  }

  @Test func sessionMarkers() {
    check(
      #"{"fields":{"session_id":"session_1750595318197","session_start":true},"level":"INFO","message":"SESSION_START","timestamp":"2026-01-01T00:00:00Z"}"#,
      "session at 0ms session=session_1750595318197")
    check(#"{"message":"SESSION_START","fields":{"session_id":5}}"#, "session session=5")
    check(#"{"fields":{"session_start":true,"session_id":"s","run":"r"}}"#, "session run=r session=s")
    check(#"{"message":"SESSION_START"}"#, "session")
    // What the previous reader may not have read; an incomplete range is ignored.
    for (fields, expected) in [
      (#""producer":"p","first_seq":3,"last_seq":7"#, "p 3 7"), (#""producer":"p","first_seq":3"#, " 0 0"),
      (#""first_seq":3,"last_seq":7"#, " 0 0"),
      (#""producer":"p","first_seq":7,"last_seq":3"#, " 0 0"), (#""producer":"p","first_seq":0,"last_seq":3"#, " 0 0"),
    ] {
      var decoder = NativeDecoder()
      var batch = RecordBatch()
      let line = Array("{\"message\":\"SESSION_START\",\"fields\":{\"session_id\":\"s\",\(fields)}}".utf8)
      _ = line.withUnsafeBytes { try? decoder.decode($0, offset: 0, into: &batch) }
      let got = batch.records.first.map { "\($0.producer.isEmpty ? "" : "p") \($0.gapFirst) \($0.gapLast)" }
      #expect(got == expected, "\(fields)")
    }
    // A log with the same text is a log.
    check(#"{"log_type":"module","message":"SESSION_START"}"#, #"moduleLog says "SESSION_START""#)
  }

  @Test func legacyLinesSayTheirTypeAtTheTop() {
    check(
      #"{"type":"span_start","timestamp":"2026-01-01T00:00:00Z","trace_id":"trace_1","span_id":"span_1","parent_id":null,"name":"main","target":"k"}"#,
      #"spanStart trace_1/span_1 root "main" target=k at 0ms from 0ms"#)
    check(
      #"{"type":"log","timestamp":"2026-01-01T00:00:00.005Z","trace_id":"trace_1","span_id":"span_1","level":"ERROR","message":"boom"}"#,
      #"log trace_1/span_1 says "boom" ERROR at 5ms"#)
    check(
      #"{"type":"span_end","timestamp":"2026-01-01T00:00:00.010Z","trace_id":"trace_1","span_id":"span_1","duration_ms":10.5}"#,
      "spanEnd trace_1/span_1 at 10ms took 10500000ns")
    check(
      #"{"type":"span_start","timestamp":"2026-01-01T00:00:00Z","trace_id":"t","span_id":"s","parent_id":"p","attributes":{"a":1}}"#,
      "spanStart t/s <p at 0ms from 0ms [a=1]")
  }

  @Test func oneLinePerSpanWithItsEvents() {
    // The timestamp is that of the close; the start is earlier by the duration.
    check(
      #"{"type":"span","id":"104","trace_id":"1","parent_id":"99","name":"task","target":"k","level":"INFO","timestamp":"2026-01-01T00:00:00.400Z","duration_ms":350.2,"attributes":{"symbol":"C","attempt":2},"events":[{"timestamp":"2026-01-01T00:00:00.390Z","name":"failed","level":"ERROR","attributes":{"error.summary":"e"}},{"name":"second"}],"status":"FAILURE"}"#,
      #"span (nativeSpanLine) 1/104 <99 "task" target=k status=error at 400ms from 49800000ns took 350200000ns [symbol="C", attempt=2]"#,
      #"log (nativeSpanLine) 1/104 says "failed" target=k ERROR at 390ms [error.summary="e"]"#,
      #"log (nativeSpanLine) 1/104 says "second" target=k"#)
    check(
      #"{"type":"span","id":7,"trace_id":1,"parent_id":null,"name":"n","timestamp":"2026-01-01T00:00:00Z","duration_ms":0.0,"events":[],"status":"SUCCESS","span_type":"event"}"#,
      #"span (nativeSpanLine) 1/7 root "n" status=ok at 0ms from 0ms took 0ms"#)
    // Events that are not objects are ignored.
    check(
      #"{"type":"span","id":"s","trace_id":"t","timestamp":"2026-01-01T00:00:00Z","duration_ms":1,"events":[1,null,"x",[],{"message":"m"}]}"#,
      "span (nativeSpanLine) t/s root at 0ms from -1ms took 1ms", #"log (nativeSpanLine) t/s says "m""#)
    check(
      #"{"type":"span","id":"s","trace_id":"t","timestamp":"2026-01-01T00:00:00Z","duration_ms":1,"events":{"a":1}}"#,
      "span (nativeSpanLine) t/s root at 0ms from -1ms took 1ms")
  }

  @Test func gapRecordsTellWhatAProducerLost() {
    check(
      traceLine(#""event_type":"gap","producer":"p","seq":9,"first_seq":3,"last_seq":8,"count":6,"reason":"buffer full""#),
      #"gap says "buffer full" target=app at 0ms producer=p#9 gap=3...8 count=6"#)
    check(
      traceLine(#""event_type":"gap","producer":"p","first_seq":"3","last_seq":3"#), "gap target=app at 0ms producer=p#0 gap=3...3 count=1")
    check(
      traceLine(#""event_type":"gap","producer":"p","first_seq":1,"last_seq":18446744073709551615"#),
      "gap target=app at 0ms producer=p#0 gap=1...18446744073709551615 count=18446744073709551615")
  }
}
