// Proves what is kept from Jaeger's JSON: references, typed tags, logs, processes after their spans; and what happens to unusable parts.

import Testing

@testable import TraceRecords

struct JaegerFormatTests {
  static let trace = "0af7651916cd43dd8448eb211c80319c"
  static let expected = [
    #"span (openTelemetry) \#(trace)/b7ad6b7169203331 root "GET /cart" service=shop status=error kind=server at 9ms from 0ms took 9ms run=pid 77 [http.response.status_code=500]"#,
    #"log (openTelemetry) \#(trace)/b7ad6b7169203331 says "Timeout: no cart" ERROR at 4ms run=pid 77 [exception.type="Timeout", exception.message="no cart"]"#,
    #"log (openTelemetry) \#(trace)/b7ad6b7169203331 says "retrying" WARN at 5ms run=pid 77 [attempt="2"]"#,
    #"span (openTelemetry) \#(trace)/00f067aa0ba902b7 <b7ad6b7169203331 "load cart" service=carts at 4ms from 1ms took 3ms [rows=18014398509481985, jaeger.warnings=["clock skew adjustment disabled"], otel.links=[{"trace_id":"ffffffffffffffffffffffffffffffff","span_id":"1111111111111111"}]]"#,
    #"span (openTelemetry) \#(trace)/00f067aa0ba902b8 <b7ad6b7169203331 "audit" service=shop followsFrom at 10ms from 9ms took 1ms run=pid 77"#,
  ]

  @Test func aDocument() throws {
    let got = read(try fixture("jaeger", "json"), as: RecordStream())
    #expect(got.records == Self.expected, "\n  expected \(Self.expected)\n  got      \(got.records)")
    #expect(got.statistics.lost == 0, "\(got.problems)")
  }

  /// A limit so small that every piece of the document contains one span: those before the processes wait for them.
  @Test func aDocumentInPieces() throws {
    let got = read(try fixture("jaeger", "json"), as: RecordStream(maxLineBytes: 1_300))
    #expect(got.records == Self.expected, "\n  expected \(Self.expected)\n  got      \(got.records)")
  }

  @Test func spansDoNotWaitWithoutBound() {
    var format = JaegerFormat(maxHeldBytes: 500)
    let span = #"{"traceID":"a","spanID":"b","operationName":"o","startTime":1,"duration":2,"processID":"p1"}"#
    var batch = RecordBatch()
    let outcomes = (0..<3).map { _ in taken(#"{"traceID":"a","spans":[\#(span)]}"#, by: &format, into: &batch) }
    #expect(outcomes.map { $0?.unusableFields } == [0, 0, 1] && batch.records.count == 3 && !format.holdsRecords)
    let services = batch.withTexts(source: UnsafeRawBufferPointer(start: nil, count: 0)) { texts in
      batch.records.map { String(decoding: texts[$0.service], as: UTF8.self) }
    }
    #expect(services == ["p1", "p1", "p1"])
  }

  @Test func whatIsUnusable() {
    func check(_ members: String, _ expected: String, at location: SourceLocation = #_sourceLocation) {
      let got = decoded(Array(#"{"traceID":"a","spans":[{\#(members)}],"processes":{}}"#.utf8), by: FormatDecoder())
      #expect(got == [expected], "\(members)\n  got \(got)", sourceLocation: location)
    }
    check(#""operationName":"o""#, "skipped 1: Jaeger span without spanID")
    check(#""spanID":[1]"#, "skipped 1: Jaeger span with an unusable spanID: [1]")
    check(#""spanID":"b""#, "skipped 1: Jaeger span without startTime")
    check(#""spanID":"b","startTime":"soon""#, #"skipped 1: Jaeger span with an unusable startTime: "soon""#)
    check(#""spanID":"b","startTime":9223372036854775807"#, "skipped 1: Jaeger span with an unusable startTime: 9223372036854775807")
    check(
      #""spanID":"B","parentSpanID":"0","startTime":1767225600000000,"duration":-1"#,
      "span (openTelemetry) a/B root negativeDuration at -1000ns from 0ms took -1000ns")
  }

  private func records(_ spans: [String], processes: String = "{}") -> [String] {
    read(#"{"data":[{"traceID":"a","spans":[\#(spans.joined(separator: ","))],"processes":\#(processes)}]}"#).records.map {
      $0.replacing("(openTelemetry) ", with: "")
    }
  }

  /// Envoy and Istio let client and server report a call with one id: two spans, in either order.
  @Test func halvesThatShareAnID() throws {
    let trace = "4bc692194da8436f93133d4fafac0791"
    let expected: Set = [
      #"span \#(trace)/1122334455667788 root "productpage:9080/*" service=istio-ingressgateway kind=client at 50ms from 0ms took 50ms"#,
      #"span \#(trace)/1122334455667788-server <1122334455667788 "productpage:9080/*" service=productpage kind=server at 47ms from 2ms took 45ms [jaeger.warnings=["duplicate span IDs; skipping clock skew adjustment"]]"#,
      #"span \#(trace)/aabbccddeeff0011 <1122334455667788-server "details" service=productpage kind=client at 30ms from 10ms took 20ms"#,
    ]
    let text = String(decoding: try fixture("jaeger-shared", "json"), as: UTF8.self)
    let lines = text.split(separator: "\n").map(String.init)
    let reversed = [lines[0], lines[2], lines[1]] + lines[3...]
    for document in [text, reversed.joined(separator: "\n")] {
      for source in [RecordStream(), RecordStream(maxLineBytes: 900)] {
        let got = read(Array(document.utf8), as: source)
        #expect(Set(got.records.map { $0.replacing("(openTelemetry) ", with: "") }) == expected, "\(got.records)")
        #expect(got.statistics.lost == 0, "\(got.problems)")
      }
    }
  }

  @Test func whatAServersHalfTakesAlong() {
    func span(_ id: String, _ kind: String, _ process: String, _ rest: String = "", start: Int = 1) -> String {
      #"{"spanID":"\#(id)","operationName":"o","startTime":\#(start),"duration":1,"processID":"\#(process)","tags":[{"key":"span.kind","value":"\#(kind)"}]\#(rest)}"#
    }
    let log = #","logs":[{"timestamp":1,"fields":[{"key":"event","value":"e"}]}]"#
    let processes = #"{"p":{"serviceName":"web"},"q":{"serviceName":"api"},"r":{"serviceName":"other"}}"#
    func ids(_ spans: [String]) -> [String] {
      records(spans, processes: processes).map { $0.split(separator: " ")[0...2].joined(separator: " ") }
    }
    let below = { (process: String) in span("c", "client", process, #","references":[{"refType":"CHILD_OF","spanID":"b"}]"#) }
    #expect(
      ids([span("b", "server", "q", log), below("q"), span("b", "client", "p")]) == [
        "span a/b-server <b", #"log a/b-server says"#, "span a/c <b-server", "span a/b root",
      ])
    #expect(
      ids([span("b", "client", "p", log), span("b", "server", "q"), below("p")]) == [
        "span a/b root", "log a/b says", "span a/b-server <b", "span a/c <b",
      ])
    // A message and its two consumers; the same reported twice; two of one kind are duplicates, not two sides.
    #expect(
      ids([span("b", "producer", "p"), span("b", "consumer", "q"), span("b", "consumer", "r"), below("r")]) == [
        "span a/b root", "span a/b-server <b", "span a/b-server-2 <b", "span a/c <b-server-2",
      ])
    #expect(
      ids([span("b", "client", "p"), span("b", "server", "q"), span("b", "server", "q")]) == [
        "span a/b root", "span a/b-server <b", "span a/b-server <b",
      ])
    #expect(ids([span("b", "server", "p"), span("b", "server", "q")]) == ["span a/b root", "span a/b root"])
  }

  /// The parent is the first CHILD_OF in the trace, at any position; every other reference is a link, except those with empty ids.
  @Test func references() {
    func check(_ references: String, _ expected: String, at location: SourceLocation = #_sourceLocation) {
      let got = records([
        #"{"traceID":"a","spanID":"b","operationName":"o","startTime":1767225600000000,"duration":1,"references":[\#(references)]}"#
      ])
      #expect(got == ["span a/b " + expected], "\(references)\n  got \(got)", sourceLocation: location)
    }
    let times = "at 1000ns from 0ms took 1000ns"
    let (follows, child) = (
      #"{"refType":"FOLLOWS_FROM","traceID":"a","spanID":"f"}"#, #"{"refType":"CHILD_OF","traceID":"a","spanID":"c"}"#
    )
    let other = #"{"refType":"CHILD_OF","traceID":"a","spanID":"d"}"#
    check("\(follows),\(child)", #"<c "o" \#(times) [otel.links=[{"trace_id":"a","span_id":"f"}]]"#)
    check("\(child),\(other)", #"<c "o" \#(times) [otel.links=[{"trace_id":"a","span_id":"d"}]]"#)
    check(follows, #"<f "o" followsFrom \#(times)"#)
    let (zeros, zero) = (#"{"refType":"CHILD_OF","traceID":"a","spanID":"0000000000000000"}"#, #"{"refType":"CHILD_OF","spanID":"0"}"#)
    // What belongs to another trace is no parent here.
    let foreign = #"{"refType":"CHILD_OF","traceID":"ee","spanID":"c"}"#
    check(foreign, #"root "o" \#(times) [otel.links=[{"trace_id":"ee","span_id":"c"}]]"#)
    check("\(foreign),\(follows)", #"<f "o" followsFrom \#(times) [otel.links=[{"trace_id":"ee","span_id":"c"}]]"#)
    check(zeros, #"root "o" \#(times)"#)
    check("\(zeros),\(zero)", #"root "o" \#(times)"#)
    check("\(zeros),\(child)", #"<c "o" \#(times)"#)
  }

  /// Milliseconds where microseconds belong are taken as they stand, and told: 1970's weeks 2 to 16 are no instants of programs.
  @Test(arguments: [
    (999_999_999_999, false), (1_000_000_000_000, true), (1_767_225_600_000, true), (9_999_999_999_999, true), (10_000_000_000_000, false),
  ])
  func instantsInMilliseconds(micros: Int64, isTold: Bool) {
    let got = records([#"{"traceID":"a","spanID":"b","operationName":"o","startTime":\#(micros),"duration":1}"#])
    #expect(got.count == 1 && got[0].contains("unreadField") == isTold, "\(micros): \(got)")
  }

  @Test func eventTextsAndNames() {
    func check(_ members: String, _ expected: String..., at location: SourceLocation = #_sourceLocation) {
      let got = records([#"{"spanID":"b","startTime":1767225600000000,"duration":0,\#(members)}"#])
      #expect(got == expected, "\(members)\n  got \(got)", sourceLocation: location)
    }
    func log(_ fields: (String, String)...) -> String {
      let list = fields.map { #"{"key":"\#($0)","value":"\#($1)"}"# }.joined(separator: ",")
      return #""operationName":"o","logs":[{"timestamp":1767225600000000,"fields":[\#(list)]}]"#
    }
    let span = #"span a/b root "o" at 0ms from 0ms took 0ms"#
    check(log(("event", "error"), ("error.object", "refused")), span, #"log a/b says "refused" WARN at 0ms [error.object="refused"]"#)
    check(
      log(("event", "log"), ("body", "hello"), ("severity", "Warning")), span,
      #"log a/b says "hello" WARN at 0ms [body="hello", severity="Warning"]"#)
    check(log(("log.message", "hello"), ("level", "ERROR")), span, #"log a/b says "hello" ERROR at 0ms [log.message="hello"]"#)
    check(log(("message", "hello"), ("level", "loud")), span, #"log a/b says "hello" at 0ms [level="loud"]"#)
    // A name may be a number; a value that is neither number nor text is not a name.
    check(#""operationName":7"#, #"span a/b root "7" at 0ms from 0ms took 0ms"#)
    check(#""operationName":[7]"#, #"span a/b root at 0ms from 0ms took 0ms"#)
    check(#""operationName":1.50"#, #"span a/b root "1.5" at 0ms from 0ms took 0ms"#)
  }
}
