// Proves the handling of lines that are broken, incomplete or foreign: the right error, or a repaired record with what can be used.

import Testing

@testable import TraceRecords

@Suite struct NativeErrorTests {
  @Test func aFieldThatIsMissingOrUnusableIsNamed() {
    let rows = [
      (traceLine(#""event_type":"span_start","span_id":"s""#), "span_start without trace_id"),
      (traceLine(#""event_type":"span_start","trace_id":"t""#), "span_start without span_id"),
      (traceLine(#""event_type":"log","trace_id":"t""#), "log without span_id"),
      (traceLine(#""event_type":"log","trace_id":null,"span_id":"s""#), "log without trace_id"),
      (traceLine(#""event_type":"log","trace_id":"","span_id":"s""#), #"log with an unusable trace_id: """#),
      (traceLine(#""event_type":"log","trace_id":"t","span_id":1.5"#), "log with an unusable span_id: 1.5"),
      (traceLine(#""event_type":"log","trace_id":"t","span_id":true"#), "log with an unusable span_id: true"),
      (traceLine(#""event_type":"span_start","trace_id":"t","span_id":"s","parent_id":[1]"#), "span_start with an unusable parent_id: [1]"),
      (#"{"log_type":"trace","fields":{"event_type":"span_start","trace_id":"t","span_id":"s"}}"#, "span_start without timestamp"),
      (
        #"{"timestamp":"soon","log_type":"trace","fields":{"event_type":"span_start","trace_id":"t","span_id":"s"}}"#,
        #"span_start with an unusable timestamp: "soon""#
      ), (#"{"log_type":"trace","fields":{"event_type":"span_end","trace_id":"t","span_id":"s"}}"#, "span_end without timestamp"),
      (traceLine(#""event_type":"span","trace_id":"t","span_id":"s","duration_ms":1"#), "span without start_timestamp"),
      (
        traceLine(#""event_type":"span","trace_id":"t","span_id":"s","start_timestamp":"2026-01-01T00:00:00Z""#), "span without duration_ms"
      ),
      (
        traceLine(#""event_type":"span","trace_id":"t","span_id":"s","start_timestamp":"2026-01-01T00:00:00Z","duration_ms":"1""#),
        #"span with an unusable duration_ms: "1""#
      ),
      (
        traceLine(#""event_type":"span","trace_id":"t","span_id":"s","start_timestamp":"2026-01-01T00:00:00Z","duration_ms":1e999"#),
        "span with an unusable duration_ms: 1e999"
      ), (#"{"type":"span","id":"s","trace_id":"t","duration_ms":1}"#, "span without timestamp"),
      (#"{"type":"span","id":"s","trace_id":"t","timestamp":"2026-01-01T00:00:00Z"}"#, "span without duration_ms"),
      (traceLine(#""event_type":"gap","first_seq":1,"last_seq":2"#), "gap without producer"),
      (traceLine(#""event_type":"gap","producer":"p","last_seq":2"#), "gap without first_seq"),
      (traceLine(#""event_type":"gap","producer":"p","first_seq":0,"last_seq":2"#), "gap with an unusable first_seq: 0"),
      (traceLine(#""event_type":"gap","producer":"p","first_seq":3,"last_seq":2"#), "gap with an unusable first_seq: 3"),
    ]
    for (line, error) in rows { check(line, "error: \(error)") }
  }

  @Test func linesOfOtherProgramsAreUnrecognised() {
    let rows = [
      (#"{"v":0,"name":"app","msg":"[X - START]","level":30}"#, "an object with v, name, msg, level"), ("{}", "an empty object"),
      (#"{"resourceSpans":[{"scopeSpans":[]}]}"#, "an object with resourceSpans"), ("[]", "a JSON value that is no object"),
      (#"[{"traceId":"5b8e","id":"eee1","name":"get /x"}]"#, "a JSON value that is no object"), ("17", "a JSON value that is no object"),
      ("null", "a JSON value that is no object"), (#""text""#, "a JSON value that is no object"),
      (#"{"data":[{"traceID":"5b8e","spans":[]}]}"#, "an object with data"),
      (
        #"{"timestamp":"2026-01-01T00:00:00Z","level":"INFO","fields":{"message":"new"},"target":"a"}"#,
        "an object with timestamp, level, fields, target; nearest: native, whose spans also have log_type"
      ),
      // It looks like a native record, but is of no known kind.
      (#"{"log_type":"trace","fields":{"event_type":"other"}}"#, "an object with log_type, fields"),
      (#"{"log_type":"trace"}"#, "an object with log_type"),
      (#"{"log_type":"other","fields":{}}"#, "an object with log_type, fields"),
      (#"{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7}"#, "an object with a, b, c, d, e, f"),
      (#"{"log_type":1,"type":2,"fields":3}"#, "an object with log_type, type, fields"),
    ]
    for (line, what) in rows { check(line, "error: not a record of a known format (\(what))") }
  }

  @Test func textThatIsNoJSONIsRefusedWithItsPlace() {
    for line in ["{", "{\"log_type\":", "nonsense", "{} {}", "{'a':1}", "{\"a\":01}", "\u{1}", "{\"ph\":\"B\"},"] {
      let got = decoded(Array(line.utf8))
      #expect(got.count == 1 && got[0].hasPrefix("error: invalid JSON at byte "), "\(line.debugDescription)\n  got \(got)")
    }
    #expect(decoded([]) == ["error: no JSON value"])
    let deep = String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)
    #expect(decoded(Array(deep.utf8))[0].hasPrefix("error: nested deeper than"))
  }

  @Test func nulAndBrokenTextSurvive() {
    let head = #"log t/s says "m" target=app at 0ms "#
    let ids = #""event_type":"log","trace_id":"t","span_id":"s""#
    check(traceLine(ids + #","a":"x\u0000y""#), head + #"[a="x\0y"]"#)
    check(traceLine(ids + #","k\u0000":1"#), head + #"["k\0"=1]"#)
    check(traceLine(ids + #","o":{"k\u0000":"v"}"#), head + #"[o={"k\u0000":"v"}]"#)
    check(traceLine(ids + #","a":"\ud83d x","b":"\ude00","c":"\ud83d\ude00""#), head + "[a=\"\u{FFFD} x\", b=\"\u{FFFD}\", c=\"😀\"]")
    let broken = Array(traceLine(ids + #","a":"\#u{0}\#u{1}""#).utf8).map { $0 == 0 ? 0xFF : $0 == 1 ? 0xC0 : $0 }
    check(broken, [head + "[a=\"\u{FFFD}\u{FFFD}\"]"])
  }

  @Test func theLastOfDuplicateNamesWins() {
    check(
      traceLine(#""event_type":"log","trace_id":"first","trace_id":"t","span_id":"s","a":1,"a":2"#),
      #"log t/s says "m" target=app at 0ms [a=2]"#)
    check(#"{"log_type":"module","message":"first","message":"m","log_type":"module"}"#, #"moduleLog says "m""#)
    check(#"{"log_type":"module","fields":{"a":1},"message":"m","fields":{"b":2}}"#, #"moduleLog says "m" [b=2]"#)
  }

  @Test func aByteOrderMarkIsNoHindrance() {
    check([0xEF, 0xBB, 0xBF] + Array(#"{"log_type":"module","message":"m"}"#.utf8), [#"moduleLog says "m""#])
    #expect(decoded([0xEF, 0xBB, 0xBF]) == ["error: no JSON value"])
    // UTF-16 is not UTF-8: rejected, not guessed.
    let wide: [UInt8] = #"{"log_type":"module"}"#.utf8.flatMap { [$0, 0] as [UInt8] }
    #expect(decoded([0xFF, 0xFE] + wide)[0].hasPrefix("error: "))
  }

  @Test func namesAreComparedAsBytesNotAsUnicode() {
    // For Swift's String, U+212A KELVIN SIGN and K are equal, and so are the two forms of é.
    check(
      traceLine(#""event_type":"log","trace_id":"t","span_id":"s","\u212a":1,"K":2,"e\u0301":3,"\u00e9":4"#),
      "log t/s says \"m\" target=app at 0ms [\u{212A}=1, K=2, e\u{301}=3, \u{E9}=4]")
  }
}
