// Proves that spans of Rust's tracing-subscriber are reconstructed from lines without ids: complete lives, lives without beginnings, only
// ends, only logs; that an ambiguous match is reported; and that threads, later fields and explicit parents do not mislead.

import JSON
import Testing

@testable import TraceRecords

struct RustTracingTests {
  @Test func aWholeLife() {
    checkRust(
      """
      0 new a{n=1} @1
      1 enter a{n=1} @1
      2 event WARN a{n=1} @1 : careful
      3 exit a{n=1} @1
      4 close=1.00ms+3.00ms a{n=1} @1
      """,
      #"spanStart tracing-1/s1 root "a" at 0ms from 0ms [n=1, thread.id=1]"#, #"log tracing-1/s1 says "careful" WARN at 2ms"#,
      #"spanEnd tracing-1/s1 "a" at 4ms [time.busy="1.00ms", time.idle="3.00ms"]"#)
  }

  @Test func childrenByWhatIsAroundThem() {
    checkRust(
      """
      0 new a
      0 enter a
      1 new a/b
      1 enter a/b
      2 event ERROR a/b : broken
      3 exit a/b
      3 close a/b
      4 exit a
      5 close a
      6 new a
      """,
      #"spanStart tracing-1/s1 root "a" at 0ms from 0ms"#, #"spanStart tracing-1/s2 <s1 "b" at 1ms from 1ms"#,
      #"log tracing-1/s2 says "broken" ERROR at 2ms"#, #"spanEnd tracing-1/s2 "b" at 3ms"#, #"spanEnd tracing-1/s1 "a" at 5ms"#,
      // Never entered: reported when the stream ends.
      #"spanStart tracing-2/s3 root "a" at 6ms from 6ms"#)
  }

  @Test func alikeSpansAtATimeAreToldApartByTheirThreads() {
    checkRust(
      """
      0 new a
      0 enter a
      1 new a/b
      1 new a/b
      2 enter a/b @2
      3 enter a/b @3
      4 event a/b @3 : third
      5 event a/b @2 : second
      6 exit |a/b @2
      """.replacing("exit |a/b", with: "exit a/b"),
      #"spanStart tracing-1/s1 root "a" at 0ms from 0ms"#,
      // Which of the two thread 2 entered is not known: at most their names are swapped.
      #"spanStart tracing-1/s2 <s1 "b" approximate at 1ms from 1ms [thread.id=2]"#,
      #"spanStart tracing-1/s3 <s1 "b" approximate at 1ms from 1ms [thread.id=3]"#, #"log tracing-1/s3 says "third" at 4ms"#,
      #"log tracing-1/s2 says "second" at 5ms"#)
  }

  @Test func withoutEntersTheOldestOfAlikeSpansIsTaken() {
    checkRust(
      """
      0 new a
      1 new a
      2 event a : one of them
      3 close a
      4 close a
      """,
      #"spanStart tracing-1/s1 root "a" at 0ms from 0ms"#, #"spanStart tracing-2/s2 root "a" at 1ms from 1ms"#,
      #"log tracing-1/s1 says "one of them" approximate at 2ms"#, #"spanEnd tracing-1/s1 "a" approximate at 3ms"#,
      #"spanEnd tracing-2/s2 "a" approximate at 4ms"#)
  }

  @Test func fieldsThatAreRecordedLaterMakeNoOtherSpan() {
    checkRust(
      """
      0 new a{n=1}
      0 enter a{n=1} @1
      1 event a{n=1,user=7} @1 : known now
      2 new a{n=1,user=7}/b @1
      3 exit a{n=1,user=7} @1
      4 close a{n=1,user=7} @1
      """,
      #"spanStart tracing-1/s1 root "a" at 0ms from 0ms [n=1]"#, #"log tracing-1/s1 says "known now" at 1ms"#,
      #"spanEnd tracing-1/s1 "a" at 4ms [user=7]"#, #"spanStart tracing-1/s2 <s1 "b" at 2ms from 2ms"#)
  }

  @Test func anExplicitParentIsBelievedWhenTheSpanIsEntered() {
    checkRust(
      """
      0 new a
      0 enter a @1
      1 new b @2
      2 enter a/b @2
      3 event |b @1 : told from elsewhere
      """,
      #"spanStart tracing-1/s1 root "a" at 0ms from 0ms"#, #"spanStart tracing-1/s3 <s1 "b" at 1ms from 1ms [thread.id=2]"#,
      #"log tracing-1/s3 says "told from elsewhere" at 3ms"#)
  }

  @Test func endsAloneTellTheirBeginnings() {
    checkRust(
      """
      1 event a/b : in b
      2 close=1.00ms+500µs a/b
      3 close=2.00ms+1.00ms a
      3 close=1.00ms+0.00ns |c
      """,
      #"span tracing-1/s1 root "a" logsOnly at 1ms from 1ms took 0ms"#, #"span tracing-1/s2 <s1 "b" logsOnly at 1ms from 1ms took 0ms"#,
      #"log tracing-1/s2 says "in b" at 1ms"#,
      #"span tracing-1/s2 <s1 "b" at 2ms from 500000ns took 1500000ns [time.busy="1.00ms", time.idle="500µs"]"#,
      #"span tracing-1/s1 root "a" at 3ms from 0ms took 3ms [time.busy="2.00ms", time.idle="1.00ms"]"#,
      // No span was around it on the thread that closed it: it may be the child of another span.
      #"span tracing-2/s3 root "c" approximate at 3ms from 2ms took 1ms [time.busy="1.00ms", time.idle="0.00ns"]"#)
  }

  /// An event may come before the beginning that the end tells by a hundredth of the time: three digits are no more exact.
  @Test(arguments: [(11_100, ""), (11_101, " approximate")])
  func beginningsWithinAHundredth(_ end: Int, _ mark: String) {
    checkRust(
      """
      1000 event a : first
      \(end) close=10.0s+0.00ns a
      """,
      #"span tracing-1/s1 root "a" logsOnly at 1000ms from 1000ms took 0ms"#, #"log tracing-1/s1 says "first" at 1000ms"#,
      "span tracing-1/s1 root \"a\"\(mark) at \(end)ms from \(end - 10_000)ms took 10000ms [time.busy=\"10.0s\", time.idle=\"0.00ns\"]")
  }

  @Test func onlyEntered() {
    checkRust(
      """
      0 enter a
      1 enter a/b
      2 exit a/b
      3 exit a
      4 enter a
      """,
      #"spanStart tracing-1/s1 root "a" at 0ms from 0ms"#, #"spanStart tracing-1/s2 <s1 "b" at 1ms from 1ms"#,
      #"spanEnd tracing-1/s2 "b" at 2ms"#, #"spanEnd tracing-1/s1 "a" at 3ms"#, #"spanStart tracing-2/s3 root "a" at 4ms from 4ms"#)
  }

  @Test func logsAlone() {
    checkRust(
      """
      0 event a/b{n=1} : first
      1000 event a : second
      6000 event a : five seconds are no silence
      11001 event a : after a silence
      12000 event : outside
      """,
      #"span tracing-1/s1 root "a" logsOnly at 0ms from 0ms took 0ms"#,
      #"span tracing-1/s2 <s1 "b" logsOnly at 0ms from 0ms took 0ms [n=1]"#, #"log tracing-1/s2 says "first" at 0ms"#,
      #"log tracing-1/s1 says "second" at 1000ms"#, #"log tracing-1/s1 says "five seconds are no silence" at 6000ms"#,
      #"span tracing-2/s3 root "a" logsOnly at 11001ms from 11001ms took 0ms"#,
      #"log tracing-2/s3 says "after a silence" at 11001ms"#, #"moduleLog says "outside" at 12000ms"#)
  }

  /// A member of the line, and what an event becomes.
  @Test(arguments: [
    (#""fields":{"message":"m","n":1,"ok":true,"x":null},"target":"app""#, #"moduleLog says "m" target=app at 0ms [n=1, ok=true, x=null]"#),
    (#""fields":{"error":"refused"},"target":"app""#, #"moduleLog says "refused" target=app at 0ms [error="refused"]"#),
    (#""fields":{"return":"42"},"target":"app""#, #"moduleLog says "return=42" target=app at 0ms [return="42"]"#),
    // with_file, with_line_number, with_thread_names
    (
      #""fields":{"message":"m"},"target":"app","filename":"a.rs","line_number":3,"threadName":"main","threadId":"ThreadId(2)""#,
      #"moduleLog says "m" target=app at 0ms [code.file.path="a.rs", code.line.number=3, thread.id=2, thread.name="main"]"#
    ),
    // flatten_event(true)
    (#""message":"m","n":1,"target":"app""#, #"moduleLog says "m" target=app at 0ms [n=1]"#),
    // Fields with names of the original layer, in a line that does not come from it.
    (#""fields":{"message":"m","log_type":"module"},"target":"app""#, #"moduleLog says "m" target=app at 0ms [log_type="module"]"#),
  ]) func events(_ members: String, _ expected: String) {
    let reading = read(#"{"timestamp":"2026-01-01T00:00:00Z","level":"INFO",\#(members)}"#)
    #expect(reading.records.map { $0.replacing("(openTelemetry) ", with: "") } == [expected], "\(reading)")
  }

  @Test(arguments: [
    (#"{"level":"INFO","fields":{"message":"m"},"target":"app"}"#, "tracing line without timestamp"),
    (
      #"{"timestamp":"   0.000012s","level":"INFO","fields":{"message":"m"},"target":"app"}"#,
      "tracing line with an unusable timestamp: \"   0.000012s\""
    ),
  ]) func linesWithoutAnInstant(_ line: String, _ expected: String) {
    let reading = read(line)
    #expect(reading.problems.map(\.reason) == [expected])
    #expect(reading.statistics.invalidRecords == 1)
  }

  @Test func otelFieldsSayKindAndStatus() {
    checkRust(
      "0 new a{otel.kind=Server}\n1 close a{otel.kind=Server,otel.status_code=ERROR}",
      #"spanStart tracing-1/s1 root "a" kind=server at 0ms from 0ms [otel.kind="Server"]"#,
      #"spanEnd tracing-1/s1 "a" status=error kind=server at 1ms [otel.status_code="ERROR"]"#)
  }

  @Test(
    arguments: [
      ("66.9µs", 66_900), ("791ns", 791), ("0.00ns", 0), ("3.00s", 3_000_000_000), ("1.2ms", 1_200_000), ("66.9μs", 66_900),
      ("12us", 12_000), ("", nil), ("5", nil), ("ms", nil), ("1e9s", nil), ("99999999999s", nil), ("1.2.3ms", nil),
    ] as [(String, Int64?)]) func elapsedTexts(_ text: String, _ expected: Int64?)
  {
    let got = Array(text.utf8).withUnsafeBytes { ElapsedText.nanos($0) }
    #expect(got == expected, "\(text)")
  }

  /// Spans that are given up are counted, and later lines about them create another span.
  @Test func openSpansAreBounded() throws {
    var format = RustTracingFormat(maxOpen: 3)
    var batch = RecordBatch()
    let lines = (0...3).map { rustLine("0 new a{n=\($0)}") } + [rustLine("1 close a{n=0}"), rustLine("1 close a{n=1}")]
    let outcomes = lines.map { taken($0, by: &format, into: &batch) }
    #expect(outcomes.map { $0?.givenUpSpans } == [0, 0, 0, 1, 0, 0])
    let ends = batch.withTexts(source: UnsafeRawBufferPointer(start: nil, count: 0)) { texts in
      batch.records.suffix(2).map { "\($0.kind) \(String(decoding: texts[$0.spanID], as: UTF8.self))" }
    }
    #expect(ends == ["span s5", "spanEnd s2"])
  }

  @Test func enteringAndLeavingIsCounted() {
    let reading = read(["0 new a", "1 enter a", "2 exit a", "3 close a"].map(rustLine).joined(separator: "\n"))
    #expect(reading.counters == "bytes=\(reading.statistics.bytes) lines=4 records=2 activityLines=2")
  }
}
