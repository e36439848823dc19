// Proves that start, end and log lines become the right records: ids in every notation, parents, times, and our own extensions.

import Testing

@testable import TraceRecords

@Suite struct NativeSpanTests {
  @Test func theThreeLinesOfTheOriginal() {
    check(
      traceLine(#""event_type":"span_start","parent_id":null,"span_id":"span_1","span_name":"download_all","trace_id":"trace_1""#),
      #"spanStart trace_1/span_1 root "download_all" target=app at 0ms from 0ms"#)
    check(
      traceLine(
        #""event_type":"span_start","parent_id":"span_1","span_id":"span_2","span_name":"fetch","trace_id":"trace_1""#, level: "DEBUG"),
      #"spanStart trace_1/span_2 <span_1 "fetch" target=app DEBUG at 0ms from 0ms"#)
    check(
      traceLine(
        #""duration_ms":12.345678,"event_type":"span_end","parent_id":"span_1","span_id":"span_2","span_name":"fetch","trace_id":"trace_1""#,
        millis: 20
      ),
      #"spanEnd trace_1/span_2 <span_1 "fetch" target=app at 20ms took 12345678ns"#)
    check(
      traceLine(#""event_type":"log","span_id":"span_2","trace_id":"trace_1""#, message: "boom", level: "ERROR", millis: 5),
      #"log trace_1/span_2 says "boom" target=app ERROR at 5ms"#)
  }

  @Test func idsAreTextWhateverTheyWereWrittenAs() {
    let rows = [
      (#""span_18446744073709551615""#, "span_18446744073709551615"), ("7", "7"), ("-1", "-1"),
      ("9223372036854775807", "9223372036854775807"),
      // Beyond Int64, where jansson alone rejects the whole line.
      ("18446744073709551615", "18446744073709551615"), (#""18446744073709551615""#, "18446744073709551615"),
      (#""0x8000000000001""#, "0x8000000000001"), (#""00f067aa0ba902b7""#, "00f067aa0ba902b7"),
      (#""6f1c7b7e-52a8-4a0e-9a4f-1d9a3bf4e0aa""#, "6f1c7b7e-52a8-4a0e-9a4f-1d9a3bf4e0aa"), (#""K线\u0000x""#, "K线\0x"),
    ]
    for (written, id) in rows {
      check(
        traceLine("\"event_type\":\"span_start\",\"trace_id\":\(written),\"span_id\":\(written),\"parent_id\":\(written)"),
        "spanStart \(id)/\(id) <\(id) target=app at 0ms from 0ms")
    }
  }

  @Test func parentsAreAbsentNullEmptyOrNamed() {
    let rows = [
      ("span_start", "", " root"), ("span_start", #","parent_id":null"#, " root"), ("span_start", #","parent_id":"""#, " root"),
      ("span_start", #","parent_id":"p""#, " <p"),
      // An end without a parent member says nothing; one with null says that there is no parent.
      ("span_end", "", ""), ("span_end", #","parent_id":null"#, " root"), ("span_end", #","parent_id":"p""#, " <p"),
    ]
    for (event, parent, shown) in rows {
      let kind = event == "span_start" ? "spanStart" : "spanEnd"
      let from = event == "span_start" ? " from 0ms" : ""
      check(
        traceLine("\"event_type\":\"\(event)\",\"trace_id\":\"t\",\"span_id\":\"s\"\(parent)"),
        "\(kind) t/s\(shown) target=app at 0ms\(from)")
    }
  }

  @Test func durationsAreMillisecondsRoundedToNanoseconds() {
    let rows = [
      ("0", "took 0ms"), ("0.0", "took 0ms"), ("350.2", "took 350200000ns"), ("0.0000004", "took 0ms"), ("0.0000006", "took 1ns"),
      ("-5", "took -5ms"),
      ("1e3", "took 1000ms"),
      // Unusable durations count as absent; the end's timestamp is then used.
      (#""12""#, ""), ("null", ""), ("1e300", ""), ("1e999", ""), ("18446744073709551615", ""), ("true", ""),
    ]
    for (written, shown) in rows {
      check(
        traceLine("\"event_type\":\"span_end\",\"trace_id\":\"t\",\"span_id\":\"s\",\"duration_ms\":\(written)", millis: 1),
        "spanEnd t/s target=app at 1ms" + (shown.isEmpty ? "" : " " + shown))
    }
  }

  @Test func anEndNeedsATimestampOrADuration() {
    check(#"{"log_type":"trace","fields":{"event_type":"span_end","trace_id":"t","span_id":"s","duration_ms":2}}"#, "spanEnd t/s took 2ms")
    check(
      #"{"timestamp":"2026-01-01T00:00:00.001Z","log_type":"trace","fields":{"event_type":"span_end","trace_id":"t","span_id":"s"}}"#,
      "spanEnd t/s at 1ms")
    // A log without an instant is still read.
    check(
      #"{"timestamp":"yesterday","log_type":"trace","message":"m","fields":{"event_type":"log","trace_id":"t","span_id":"s"}}"#,
      #"log t/s says "m""#)
  }

  @Test func ourExtensionsAreRead() {
    let ids = #""event_type":"span_start","trace_id":"t","span_id":"s""#
    let head = "spanStart t/s root target=app"
    let tail = "at 0ms from 0ms"
    let rows = [
      (#""kind":"server""#, "\(head) kind=server \(tail)"), (#""kind":"CONSUMER""#, "\(head) kind=consumer \(tail)"),
      (#""kind":"odd""#, "\(head) \(tail)"), (#""status":"ok""#, "\(head) status=ok \(tail)"), (#""status":"odd""#, "\(head) \(tail)"),
      (
        #""status":"error","status_message":"no route""#, #"spanStart t/s root says "no route" target=app status=error at 0ms from 0ms"#
      ), (#""service":"shop""#, "\(head) service=shop \(tail)"), (#""run":"r1""#, "\(head) \(tail) run=r1"),
      (#""producer":"p1","seq":3"#, "\(head) \(tail) producer=p1#3"),
      (#""producer":"p1","seq":18446744073709551615"#, "\(head) \(tail) producer=p1#18446744073709551615"),
      (#""producer":"p1","seq":"12""#, "\(head) \(tail) producer=p1#12"),
      // Numbers start at 1, and numbers without a producer are ignored.
      (#""producer":"p1","seq":0"#, "\(head) \(tail)"), (#""producer":"p1","seq":-1"#, "\(head) \(tail)"), (#""seq":4"#, "\(head) \(tail)"),
      (#""producer":"","seq":4"#, "\(head) \(tail)"),
      (
        #""file":"Sources/a.swift","line":7,"function":"run()""#,
        "\(head) \(tail) [code.file.path=\"Sources/a.swift\", code.line.number=7, code.function.name=\"run()\"]"
      ), (#""links":[{"trace_id":"u","span_id":"v"}]"#, "\(head) \(tail) [otel.links=[{\"trace_id\":\"u\",\"span_id\":\"v\"}]]"),
      (#""links":[]"#, "\(head) \(tail)"),
    ]
    for (extension_, shown) in rows { check(traceLine("\(ids),\(extension_)"), shown) }
    // One line for a complete short span.
    check(
      traceLine(
        #""event_type":"span","trace_id":"t","span_id":"s","parent_id":"p","span_name":"n","start_timestamp":"2026-01-01T00:00:00.002Z","duration_ms":1.5"#,
        millis: 9), #"span t/s <p "n" target=app at 9ms from 2ms took 1500000ns"#)
  }

  @Test func attributesKeepTheirTypes() {
    let ids = #""event_type":"log","trace_id":"t","span_id":"s""#
    func shown(_ attributes: String) -> String { #"log t/s says "m" target=app at 0ms "# + "[\(attributes)]" }
    check(
      traceLine(ids + #","attributes":{"s":"x","i":-3,"d":1.5,"t":true,"f":false,"n":null,"a":[1,"b"],"o":{"k":2.0}}"#),
      shown(#"s="x", i=-3, d=1.5d, t=true, f=false, n=null, a=[1,"b"], o={"k":2.0}"#))
    // Members of `fields` without a meaning belong to the program.
    check(traceLine(ids + #","symbol":"BTC","attributes":{"x":1}"#), shown(#"x=1, symbol="BTC""#))
    // `run` is a run's id only as text: an old producer's number with that name stays an attribute.
    check(traceLine(ids + #","run":2"#), shown("run=2"))
    // Beyond Int64 and Double: digits as text, also inside arrays and objects.
    check(traceLine(ids + #","big":18446744073709551615,"huge":1e999"#), shown(#"big="18446744073709551615", huge="1e999""#))
    check(traceLine(ids + #","a":[18446744073709551615,{"k":-1e999}]"#), shown(#"a=[18446744073709551615,{"k":-1e999}]"#))
  }
}
