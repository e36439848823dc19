// Proves what is kept from Zipkin's JSON: the two sides of a shared span, failures by their tag, annotations, spans without instants.

import Testing

@testable import TraceRecords

struct ZipkinFormatTests {
  static let trace = "463ac35c9f6413ad"

  @Test func aDocument() throws {
    let got = read(try fixture("zipkin", "json"), as: RecordStream())
    let expected = [
      #"span (openTelemetry) \#(Self.trace)/463ac35c9f6413ad root "get /" service=web kind=server at 9ms from 0ms took 9ms"#,
      #"span (openTelemetry) \#(Self.trace)/a2fb4a1d1a96d312 <463ac35c9f6413ad "get /api" service=web kind=client at 6ms from 1ms took 5ms [peer.service="api", network.peer.address="192.0.2.7", network.peer.port=8080]"#,
      #"log (openTelemetry) \#(Self.trace)/a2fb4a1d1a96d312 says "wire send" at 2ms"#,
      #"span (openTelemetry) \#(Self.trace)/a2fb4a1d1a96d312-server <a2fb4a1d1a96d312 "get /api" says "503: no database" service=api status=error kind=server at 5ms from 2ms took 3ms [http.path="/api"]"#,
      // A child of the server span without a known instant: it starts with the span that its parent id names.
      #"span (openTelemetry) \#(Self.trace)/00000000000000aa <a2fb4a1d1a96d312-server "query" service=api at 2ms from 2ms took 0ms"#,
      #"spanStart (openTelemetry) \#(Self.trace)/00000000000000ab <a2fb4a1d1a96d312 "flushed" service=web kind=client at 3ms from 3ms"#,
    ]
    #expect(got.records == expected, "\n  expected \(expected)\n  got      \(got.records)")
    #expect(got.counters == "bytes=1385 lines=51 records=6 unusableFields=1", "\(got.counters) \(got.problems)")
  }

  /// One message with several consumers: as many server spans with one id, distinguished by service and instant; an equal report is a
  /// duplicate.
  @Test func halvesOfOneID() {
    func half(_ service: String, _ start: Int) -> String {
      #"{"traceId":"a","id":"b","shared":true,"kind":"SERVER","timestamp":\#(start),"duration":1,"localEndpoint":{"serviceName":"\#(service)"}}"#
    }
    let lines = [
      half("x", 1), half("x", 2), half("y", 1), half("x", 1),
      #"{"traceId":"a","id":"c","parentId":"b","timestamp":3,"duration":1,"localEndpoint":{"serviceName":"y"}}"#,
    ]
    let got = read(lines.joined(separator: "\n")).records.map { $0.split(separator: " ")[2] + " " + $0.split(separator: " ")[3] }
    #expect(got == ["a/b-server <b", "a/b-server-2 <b", "a/b-server-3 <b", "a/b-server <b", "a/c <b-server-3"])
  }

  @Test func theHalvesThatAreRememberedAreBounded() {
    var format = ZipkinFormat()
    var batch = RecordBatch()
    for id in 15...ZipkinSharedSpans.limit + 15 {
      #expect(
        taken(#"{"traceId":"a","id":"\#(String(id, radix: 16))","shared":true,"timestamp":1,"duration":1}"#, by: &format, into: &batch)
          != nil)
    }
    // The first is forgotten, the last is known.
    #expect(
      taken(
        #"[{"traceId":"a","id":"e1","kind":"CLIENT","parentId":"f"},{"traceId":"a","id":"e2","parentId":"271f"}]"#, by: &format,
        into: &batch) != nil)
    let parents = batch.withTexts(source: UnsafeRawBufferPointer(start: nil, count: 0)) { texts in
      batch.records.suffix(2).map { String(decoding: texts[$0.parentID], as: UTF8.self) }
    }
    #expect(parents == ["f", "271f-server"])
  }

  /// Version 1 shows in annotations who called and who answered; one span may contain both sides.
  @Test func versionOne() throws {
    let got = read(try fixture("zipkin-v1", "json"), as: RecordStream())
    let trace = "190e5bb7a46d8ffe5757a4b047a12291"
    let expected = [
      #"span (openTelemetry) \#(trace)/23c41513bd5fc1f0 <6473f06d24fa21c7 "SELECT cart" says "no answer in 20 ms" target=app service=unknown_service:python status=error at 30ms from 10ms took 20ms [db.rows="3", db.ratio="0.5", db.cached="false", db.hosts="["a","b"]", service.name="cart", otel.library.name="app", otel.library.version="", otel.scope.version=""]"#,
      #"log (openTelemetry) \#(trace)/23c41513bd5fc1f0 says "{\"exception\": {\"exception.message\": \"no answer in 20 ms\", \"exception.type\": \"TimeoutError\"}}" at 29ms"#,
      #"span (openTelemetry) \#(trace)/6473f06d24fa21c7 root "GET /cart" target=app service=unknown_service:python at 50ms from 0ms took 50ms [service.name="cart", otel.library.name="app", otel.library.version="", otel.scope.version=""]"#,
    ]
    #expect(got.records.map { $0.replacing(#"db.hosts="[\"a\",\"b\"]""#, with: #"db.hosts="["a","b"]""#) } == expected, "\(got.records)")
    func event(_ value: String, _ micros: Int, _ service: String) -> String {
      #"{"timestamp":\#(base / 1_000 + Int64(micros)),"value":"\#(value)","endpoint":{"serviceName":"\#(service)"}}"#
    }
    func tag(_ key: String, _ value: String, _ service: String) -> String {
      #"{"key":"\#(key)","value":\#(value),"endpoint":{"serviceName":"\#(service)"}}"#
    }
    func check(_ members: String, _ expected: String..., at location: SourceLocation = #_sourceLocation) {
      let got = read("[{\"traceId\":\"a\",\"id\":\"b\",\"name\":\"n\",\(members)}]").records.map {
        $0.replacing("(openTelemetry) ", with: "")
      }
      #expect(got == expected, "\(members)\n  expected \(expected)\n  got      \(got)", sourceLocation: location)
    }
    let (client, server) = (
      event("cs", 0, "web") + "," + event("cr", 9_000, "web"), event("sr", 2_000, "api") + "," + event("ss", 5_000, "api")
    )
    check(
      #""annotations":[\#(client),\#(server)],"binaryAnnotations":[\#(tag("k", "\"w\"", "web")),\#(tag("k", "\"a\"", "api")),\#(tag("sa", "true", "api"))]"#,
      #"span a/b root "n" service=web kind=client at 9ms from 0ms took 9ms [k="w", peer.service="api"]"#,
      #"span a/b-server <b "n" service=api kind=server at 5ms from 2ms took 3ms [k="a"]"#)
    check(
      #""parentId":"c","annotations":[\#(client)]"#, #"span a/b <c "n" service=web kind=client at 9ms from 0ms took 9ms"#)
    // A server that did not begin the span gives no instant for it.
    check(#""annotations":[\#(server)]"#, #"span a/b-server <b "n" service=api kind=server at 5ms from 2ms took 3ms"#)
    check(
      #""timestamp":\#(base / 1_000),"duration":7000,"annotations":[\#(server)]"#,
      #"span a/b root "n" service=api kind=server at 7ms from 0ms took 7ms"#)
    check(#""annotations":[\#(event("ms", 1_000, "web"))]"#, #"span a/b root "n" service=web kind=producer at 1ms from 1ms took 0ms"#)
    check(
      #""timestamp":\#(base / 1_000),"duration":1000,"annotations":[\#(event("hello", 500, "web"))],"binaryAnnotations":[]"#,
      #"span a/b root "n" service=web at 1ms from 0ms took 1ms"#, #"log a/b says "hello" at 500000ns"#)
  }

  /// Several reports of one side become one span, in any order; the two sides and complete duplicates stay what they are.
  @Test func partialSpans() {
    func check(_ spans: [String], _ expected: String..., at location: SourceLocation = #_sourceLocation) {
      for order in [spans, spans.reversed()] {
        let got = read("[" + order.map { "{\"traceId\":\"a\",\"id\":\"b\",\($0)}" }.joined(separator: ",") + "]").records
        #expect(
          Set(got.map { $0.replacing("(openTelemetry) ", with: "") }) == Set(expected), "\(order)\n  got \(got)", sourceLocation: location)
      }
    }
    let start = base / 1_000
    let (web, api) = (#""localEndpoint":{"serviceName":"web"}"#, #""localEndpoint":{"serviceName":"api"}"#)
    check(
      [#""kind":"CLIENT","timestamp":\#(start),\#(web)"#, #""name":"n","duration":4000,"tags":{"k":"v"},\#(web)"#],
      #"span a/b root "n" service=web kind=client at 4ms from 0ms took 4ms [k="v"]"#)
    check(
      [
        #""kind":"CLIENT","name":"n","timestamp":\#(start),"duration":4000,\#(web)"#, #""tags":{"error":"no"},\#(web)"#,
        #""kind":"SERVER","name":"n","timestamp":\#(start),"duration":2000,"shared":true,\#(api)"#,
      ],
      #"span a/b root "n" says "no" service=web status=error kind=client at 4ms from 0ms took 4ms"#,
      #"span a/b-server <b "n" service=api kind=server at 2ms from 0ms took 2ms"#)
  }

  /// What two reports tell of one duration is the longer; two instants are two spans, as of several consumers of a message.
  @Test func reportsThatDiffer() {
    func got(_ spans: [String]) -> [[String]] {
      [spans, spans.reversed()].map { order in
        read("[" + order.map { "{\"traceId\":\"a\",\"id\":\"b\",\($0)}" }.joined(separator: ",") + "]").records.map {
          $0.replacing("(openTelemetry) ", with: "")
        }.sorted()
      }
    }
    let start = base / 1_000
    let durations = got([#""name":"n","timestamp":\#(start),"duration":4000"#, #""name":"n","duration":9000"#])
    #expect(durations.allSatisfy { $0 == [#"span a/b root "n" at 9ms from 0ms took 9ms"#] }, "\(durations)")
    let instants = got([
      #""kind":"CONSUMER","name":"n","timestamp":\#(start)"#, #""kind":"CONSUMER","name":"n","timestamp":\#(start + 1_000)"#,
    ])
    #expect(
      instants.allSatisfy {
        $0 == [#"span a/b root "n" kind=consumer at 0ms from 0ms took 0ms"#, #"span a/b root "n" kind=consumer at 1ms from 1ms took 0ms"#]
      },
      "\(instants)")
    // A child without an instant lies at the earlier of two.
    for starts in [(1_000, 5_000), (5_000, 1_000)] {
      let text = [
        #""id":"d","name":"one","timestamp":\#(start + Int64(starts.0)),"duration":1"#,
        #""id":"d","name":"two","timestamp":\#(start + Int64(starts.1)),"duration":1"#,
        #""id":"0","name":"first","timestamp":\#(start),"duration":1"#, #""id":"e","parentId":"d","name":"child""#,
      ]
      let child = read("[" + text.map { "{\"traceId\":\"a\",\($0)}" }.joined(separator: ",") + "]").records.first { $0.contains("child") }
      #expect(child?.contains("at 1ms from 1ms") == true, "\(child ?? "none")")
    }
  }

  /// One half that is told again and again takes one place.
  @Test func aHalfThatIsToldAgainTakesNoPlace() {
    var format = ZipkinFormat()
    var batch = RecordBatch()
    func half(_ id: String) -> String { #"{"traceId":"a","id":"\#(id)","shared":true,"timestamp":1,"duration":1}"# }
    #expect(taken(half("f"), by: &format, into: &batch) != nil)
    for _ in 0...ZipkinSharedSpans.limit { _ = taken(half("e"), by: &format, into: &batch) }
    #expect(taken(#"{"traceId":"a","id":"e1","kind":"CLIENT","parentId":"f"}"#, by: &format, into: &batch) != nil)
    let parent = batch.withTexts(source: UnsafeRawBufferPointer(start: nil, count: 0)) { texts in
      batch.records.last.map { String(decoding: texts[$0.parentID], as: UTF8.self) }
    }
    #expect(parent == "f-server")
  }

  /// A span without an instant starts at the first instant of its trace, not at that of the previous span; a side that is reported twice is
  /// one span.
  @Test func firstInstantsAndDoubledHalves() {
    let start = base / 1_000
    let spans = [
      #""id":"c","name":"late","timestamp":\#(start + 5_000),"duration":1000"#,
      #""id":"d","name":"early","timestamp":\#(start),"duration":9000"#,
      #""id":"e","parentId":"ff","name":"without""#,
      #""id":"d","kind":"SERVER","shared":true,"name":"half","timestamp":\#(start + 1_000),"duration":2000"#,
      #""id":"d","kind":"SERVER","shared":true,"name":"half","timestamp":\#(start + 1_000),"duration":2000"#,
    ]
    let got = read("[" + spans.map { "{\"traceId\":\"a\",\($0)}" }.joined(separator: ",") + "]").records.map {
      $0.replacing("(openTelemetry) ", with: "")
    }
    #expect(got[2] == #"span a/e <ff "without" at 0ms from 0ms took 0ms"#, "\(got)")
    #expect(got[3] == #"span a/d-server <d "half" kind=server at 3ms from 1ms took 2ms"#, "\(got)")
    #expect(got[4] == got[3], "the same half twice is told twice of one id: the store counts it")
  }

  @Test func whatIsUnusable() {
    #expect(
      decoded(Array(#"[{"traceId":"a","id":"b","kind":"CLIENT"},7]"#.utf8), by: FormatDecoder()).last
        == "skipped 1: Zipkin span without traceId")
    #expect(
      decoded(Array(#"{"traceId":"0","id":"b","kind":"CLIENT"}"#.utf8), by: FormatDecoder()) == [
        #"skipped 1: Zipkin span with an unusable traceId: "0""#
      ])
  }

  /// One report gives a side's start, another one its duration: on separate lines as in one list.
  @Test func reportsOnLinesOfTheirOwn() {
    let first = #"{"traceId":"a1","id":"b1","kind":"CLIENT","timestamp":1767225600000000,"name":"get","localEndpoint":{"serviceName":"s"}}"#
    for second in [
      #"{"traceId":"a1","id":"b1","kind":"CLIENT","duration":5000,"tags":{"k":"v"},"localEndpoint":{"serviceName":"s"}}"#,
      #"{"traceId":"a1","id":"b1","kind":"CLIENT","timestamp":1767225600000000,"duration":5000,"tags":{"k":"v"},"localEndpoint":{"serviceName":"s"}}"#,
    ] {
      for text in [first + "\n" + second, "[\(first)]\n[\(second)]"] {
        let got = read(text)
        #expect(got.records.count == 2 && got.records[0].hasPrefix("spanStart") && got.statistics.unusableFields == 0, "\(got)")
        #expect(
          got.records[1].hasPrefix("spanEnd") && got.records[1].contains("took 5ms") && got.records[1].contains("k="), "\(got.records)")
      }
    }
    // Another service's side is a separate span.
    let other = read(
      first + "\n"
        + #"{"traceId":"a1","id":"b1","kind":"CLIENT","timestamp":1767225600000000,"duration":7,"localEndpoint":{"serviceName":"t"}}"#)
    #expect(other.records.count == 2 && other.records[1].hasPrefix("span "), "\(other.records)")
  }

  @Test(arguments: ["false", "False", "true", "", "timeout"]) func whetherAnErrorTagIsAFailure(_ text: String) {
    let got = read(#"{"traceId":"a1","id":"b1","kind":"CLIENT","timestamp":1767225600000000,"duration":5,"tags":{"error":"\#(text)"}}"#)
    #expect(got.records[0].contains("status=error") == !text.lowercased().hasPrefix("f"), "\(text): \(got.records)")
  }
}
