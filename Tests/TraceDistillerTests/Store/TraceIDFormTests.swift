// Proves which forms of a trace id match, in any order, and which do not; and that two services with one span id have a span each.

import Testing
import TraceRecords

@testable import TraceDistiller

struct TraceIDFormTests {
  private func span(_ trace: String, _ id: String, service: String = "s", kind: Int = 1, at millis: Int = 0, parent: String = "") -> String
  {
    let start = 1_767_225_600_000 + millis
    return
      #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\#(service)"}}]},"scopeSpans":[{"spans":[{"traceId":"\#(trace)","spanId":"\#(id)","parentSpanId":"\#(parent)","name":"n \#(service)","kind":\#(kind),"startTimeUnixNano":"\#(start)000000","endTimeUnixNano":"\#(start + 5)000000"}]}]}]}"#
  }

  private static let full = "5f84c7a1bd862e3fe1be46a994272793"

  @Test(arguments: [
    (full, "e1be46a994272793", true), (full, "1-5f84c7a1-bd862e3fe1be46a994272793", true),
    ("e1be46a994272793", "0000000000000000e1be46a994272793", true),
    (full, "e1be46a994272794", false), (full, "1-5f84c7a2-bd862e3fe1be46a994272793", false),
    // Hand-written ids.
    ("5f84c7a1bd862e3f0000000000000001", "0000000000000001", false), ("5f84c7a1bd862e3faaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", false),
    (full, "27793", false), (full, "bd862e3fe1be46a994272793", false),
  ])
  func spellings(_ one: String, _ other: String, _ meet: Bool) {
    for (first, second) in [(one, other), (other, one)] {
      let store = StoreHarness()
      store.feed(json: span(first, "00f067aa0ba902b1"))
      store.feed(json: span("4bc692194da8436f93133d4fafac0791", "00f067aa0ba902b2"))
      store.feed(json: span(second, "00f067aa0ba902b3"))
      let counts = store.store.overviews(now: store.now).map(\.spanCount).sorted()
      #expect(counts == (meet ? [1, 2] : [1, 1, 1]), "\(first) and \(second): \(counts)")
      // Either one leads to it.
      if meet { #expect(store.snapshot(first)?.serial == store.snapshot(second)?.serial, "\(first) and \(second)") }
    }
  }

  /// A forgotten id leaves nothing that another id could match.
  @Test func afterForgetting() {
    let store = StoreHarness { $0.maxTraces = 1 }
    for number in 0..<200 {
      let digits = String(0xE1BE_46A9_9427_2793 &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15, radix: 16)
      let half = String(repeating: "1", count: 16 - digits.count) + digits
      store.feed(json: span("5f84c7a1bd862e3f" + half, "00f067aa0ba902b1"))
      store.advance(1_000)
      store.feed(json: span(half, "00f067aa0ba902b2"))
      store.advance(1_000)
    }
    #expect(store.store.overviews(now: store.now).allSatisfy { $0.spanCount <= 2 })
  }

  @Test(arguments: [1, 2, 3, 4, 5]) func twoServicesUnderOneID(_ kind: Int) throws {
    let store = StoreHarness()
    let id = "00f067aa0ba902b1"
    for (service, at) in [("one", 0), ("two", 3), ("one", 0), ("three", 7), ("two", 3)] {
      store.feed(json: span(Self.full, id, service: service, kind: kind, at: at, parent: "00f067aa0ba902b0"))
    }
    let trace = DistilledTrace(try #require(store.snapshot("latest")))
    let names = trace.tree.roots.map { trace.node($0.row).name }.sorted()
    #expect(names == ["n one", "n three", "n two"], "\(names)")
    #expect(trace.row(ofSpan: id) != nil && trace.row(ofSpan: id + "-2") != nil && trace.row(ofSpan: id + "-3") != nil)
  }
}
