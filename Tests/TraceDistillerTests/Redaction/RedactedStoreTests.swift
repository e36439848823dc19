// Answers cannot contain what the store never kept: secrets are removed before storing, from names, values, messages and status messages;
// each one is counted; and an export reads back unchanged.

import Testing
import TraceRecords

@testable import TraceDistiller

@Suite struct RedactedStoreTests {
  private static let secret = "hunter2-of-old"

  private func sketch() -> TraceSketch {
    var sketch = TraceSketch("main  |-------|\n  call    |--|")
    sketch.spans[0].attributes = [
      ("db.password", .text(Self.secret)), ("author", .text("Ada")), ("pin.password", .integer(1234)), ("token", .integer(7)),
      ("secret", .bool(true)), ("headers", .json(#"{"cookie":"\#(Self.secret)","n":4111111111111111}"#)),
      ("orderId", .text("4111111111111111")),
      ("card", .text("4111111111111111")), ("cookie", .json("[\"\(Self.secret)\"]")), ("password", .text("")),
      ("at", .integer(4_111_111_111_111_111)), ("x", .text("token=\(Self.secret)")),
    ]
    sketch.spans[1].name = "GET https://ada:\(Self.secret)@host/"
    sketch.spans[1].isFailed = true
    sketch.spans[1].statusMessage = "password=\(Self.secret) is wrong"
    sketch.logs = [SketchLog(span: "call", level: .error, message: "sent api_key=\(Self.secret)", time: 9_000_000)]
    return sketch
  }

  @Test func nothingOfASecretIsKept() {
    let trace = sketch().distilled()
    let storage = trace.snapshot.storage
    let got = trace.node(0).attributes.map { "\($0.key)=\($0.value.text)" }
    let expected = [
      "db.password=[redacted:password]", "author=Ada", "pin.password=[redacted:password]", "token=7", "secret=true",
      #"headers={"cookie":"[redacted:cookie]","n":4111111111111111}"#, "orderId=4111111111111111", "card=[redacted:card_number]",
      "cookie=[redacted:cookie]", "password=", "at=4111111111111111", "x=token=[redacted:token]",
    ]
    #expect(got == expected, "\n  expected \(expected)\n  got      \(got)")
    #expect(trace.node(1).name == "GET https://[redacted:url_credentials]@host/")
    #expect(trace.node(1).statusMessage == "password=[redacted:password] is wrong")
    #expect(trace.problems().map { trace.words($0).message }.contains("sent api_key=[redacted:key]"))
    #expect(storage.redactedValues == 9, "\(storage.redactedValues)")
    for format in ExportFormat.allCases {
      let text = TraceExport(trace, format: format).page(maxChars: 200_000).text
      #expect(!text.contains(Self.secret), "\(format)")
    }
    #expect(!trace.summary().text.contains(Self.secret))
  }

  @Test func countersTellAndTheOptionTurnsItOff() {
    let line = #"t/a span 0 took 1 | "password":"hunter2","url":"http://a:bcd@e""#
    let store = StoreHarness(line)
    store.expectCounters("redactedValues=2")
    let open = StoreHarness { $0.redacts = false }
    open.feed(line)
    open.expectCounters("")
    #expect(open.snapshot("t").map { DistilledTrace($0).node(0).attributes.map(\.value.text) } == ["hunter2", "http://a:bcd@e"])
  }

  /// A secret across the cut of a long value is removed as well: the search comes before the cut.
  @Test func longValuesAreSearchedBeforeTheyAreCut() {
    let store = StoreHarness { $0.maxValueBytes = 24 }
    store.feed(#"t/a span 0 took 1 | "text":"some text password=hunter2-of-old and more of it""#)
    let value = store.snapshot("t").map { DistilledTrace($0).node(0).attributes[0].value.text }
    #expect(value == "some text password=[reda… (cut, 53 bytes)", "\(value ?? "nothing")")
    store.expectCounters("truncatedValues=1 redactedValues=1")
  }

  /// Many secrets in one value may make it longer than it was.
  @Test func marksMayBeLongerThanWhatTheyStandFor() {
    let store = StoreHarness()
    let text = String(repeating: "pwd=abc ", count: 2_000)
    store.feed("t/a span 0 took 1 | \"v\":\"\(text)\",\"w\":\"\(text)\"")
    let values = store.snapshot("t").map { DistilledTrace($0).node(0).attributes.map(\.value.text) } ?? []
    #expect(values == Array(repeating: String(repeating: "pwd=[redacted:password] ", count: 2_000), count: 2))
  }

  @Test func anExportReadsBackAsItIs() throws {
    let trace = sketch().distilled()
    let text = TraceExport(trace, format: .otlp).page(maxChars: 200_000).text
    let store = StoreHarness()
    store.feed(json: text.split(separator: "\n").map(String.init).joined(separator: "\n"))
    store.finishInput()
    let snapshot = try #require(store.store.snapshot(slot: 0, now: store.now))
    #expect(snapshot.storage.redactedValues == 0)
    func body(_ trace: DistilledTrace) -> [Substring] { trace.summary().text.split(separator: "\n").filter { !$0.hasPrefix("Trace: ") } }
    #expect(body(DistilledTrace(snapshot)) == body(trace))
  }
}
