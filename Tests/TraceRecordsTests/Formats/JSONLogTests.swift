// Proves that lines of well-known JSON loggers with a trace id stay logs, with their ids, levels and instants, and never become spans.

import Testing

@testable import TraceRecords

struct JSONLogTests {
  @Test func oneLineOfEachLogger() throws {
    let got = read(try fixture("json-logs"))
    let ids = "4bc692194da8436f93133d4fafac0791/1122334455667788"
    let expected = [
      #"moduleLog (openTelemetry) \#(ids) says "charging card" at 10ms [pid=7, trace_flags="01"]"#,
      #"moduleLog (openTelemetry) \#(ids) says "card refused" ERROR at 20ms [trace_flags="01"]"#,
      #"moduleLog (openTelemetry) \#(ids) says "card refused" target=shop.Pay ERROR at 20ms [@version="1", thread_name="http-1", level_value=40000]"#,
      #"moduleLog (openTelemetry) \#(ids) says "card refused" service=shop ERROR at 20ms [ecs.version="1.2.0", transaction.id="1122334455667788"]"#,
      #"moduleLog (openTelemetry) \#(ids) says "card {id} refused" ERROR at 20ms [id=7]"#,
      #"moduleLog (openTelemetry) \#(ids) says "charging card" at 10ms [caller="pay.go:12"]"#,
      #"moduleLog (openTelemetry) \#(ids) says "card refused" ERROR at 20ms"#,
      #"moduleLog (openTelemetry) \#(ids) says "card refused" target=shop ERROR at 20ms"#,
      #"moduleLog (openTelemetry) \#(ids) says "charging" target=shop::pay at 20ms"#,
      #"moduleLog (openTelemetry) \#(ids) says "card refused" ERROR at 20ms"#,
      #"moduleLog (openTelemetry) 4bc692194da8436f93133d4fafac0791/ says "user loaded" at 10ms [id="usr_9"]"#,
    ]
    #expect(got.records == expected, "\n  expected \(expected)\n  got      \(got.records)")
    // The last line is a score, not a log.
    #expect(got.counters.hasSuffix("records=11 unrecognisedLines=1"), "\(got.counters)")
  }

  @Test func instantsLevelsAndIDs() {
    func check(_ members: String, _ expected: String, unusable: Bool = false, at location: SourceLocation = #_sourceLocation) {
      let got = read("{\(members)}")
      #expect(got.records == ["moduleLog (openTelemetry) " + expected], "\(members)\n  got \(got.records)", sourceLocation: location)
      #expect((got.statistics.unusableFields > 0) == unusable, "\(members): \(got.counters)", sourceLocation: location)
    }
    let rest = #""msg":"m","trace_id":"a","span_id":"b""#
    // Seconds, milliseconds, microseconds, nanoseconds since 1970, whole or fractional, or as digits in a text.
    check(#""level":"info","ts":1767225600.0100001,\#(rest)"#, #"a/b says "m" at 10000100ns"#)
    check(#""level":"info","time":1767225600010,\#(rest)"#, #"a/b says "m" at 10ms"#)
    check(#""level":"info","time":1767225600010000,\#(rest)"#, #"a/b says "m" at 10ms"#)
    check(#""level":"info","time":"1767225600010000000",\#(rest)"#, #"a/b says "m" at 10ms"#)
    check(#""level":"info","instant":{"epochSecond":1767225600,"nanoOfSecond":5000000},\#(rest)"#, #"a/b says "m" at 5ms"#)
    // Without a zone the instant is not known.
    check(#""level":"info","asctime":"2026-01-01 00:00:00,020",\#(rest)"#, #"a/b says "m""#, unusable: true)
    check(#""level":"loud","time":1767225600000,\#(rest)"#, #"a/b says "m" at 0ms"#, unusable: true)
    check(#""level":50,"time":1767225600000,\#(rest)"#, #"a/b says "m" ERROR at 0ms"#)
    check(#""level":35,"time":1767225600000,\#(rest)"#, #"a/b says "m" at 0ms"#, unusable: true)
    check(#""level":4,"timestamp":1767225600,"short_message":"m","trace_id":"a""#, #"a/ says "m" WARN at 0ms"#)
    check(#""@t":"2026-01-01T00:00:00Z","@m":"m","@tr":"a","@sp":"b""#, #"a/b says "m" at 0ms"#)
    // ECS in nested form, a thread's context, Python's integration.
    check(
      #""@timestamp":"2026-01-01T00:00:00Z","log":{"level":"warn","logger":"l"},"message":"m","trace":{"id":"a"},"span":{"id":"b"}"#,
      #"a/b says "m" target=l WARN at 0ms [log={"level":"warn","logger":"l"}, trace={"id":"a"}, span={"id":"b"}]"#)
    check(
      #""timestamp":"2026-01-01T00:00:00Z","level":"ERROR","message":"m","mdc":{"trace_id":"a","span_id":"b"}"#,
      #"a/b says "m" ERROR at 0ms [mdc={"trace_id":"a","span_id":"b"}]"#)
    check(
      #""timestamp":"2026-01-01T00:00:00Z","levelname":"INFO","message":"m","otelTraceID":"0","otelSpanID":"0""#, #"says "m" at 0ms"#)
    check(#""severity":"NOTICE","time":"2026-01-01T00:00:00Z","message":{"a":1},"traceId":"a""#, #"a/ says "{\"a\":1}" at 0ms"#)
  }
}
