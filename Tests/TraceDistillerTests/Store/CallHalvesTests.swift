// Proves that a call which client and server reported under one span id becomes two spans, one below the other, in any order of input; and
// that ids of 64 bits match with or without leading zeros.

import Testing

@testable import TraceDistiller
@testable import TraceRecords

@Suite struct CallHalvesTests {
  private struct Half {
    var service: String
    var json: String
  }

  private static func half(_ service: String, _ id: String, _ parent: String, kind: Int, _ from: Int, _ to: Int, more: String = "") -> Half
  {
    let times = #""startTimeUnixNano":"\#(1_767_225_600_000 + from)000000","endTimeUnixNano":"\#(1_767_225_600_000 + to)000000""#
    return Half(
      service: service,
      json:
        #"{"traceId":"4bc692194da8436f93133d4fafac0791","spanId":"\#(id)","parentSpanId":"\#(parent)","name":"n","kind":\#(kind),\#(times)\#(more)}"#
    )
  }

  /// Envoy's mesh: a gateway calls a page, which calls details.
  private static let mesh = [
    half("gateway", "1122334455667788", "", kind: 3, 0, 50), half("page", "1122334455667788", "", kind: 2, 2, 47),
    half("page", "aabbccddeeff0011", "1122334455667788", kind: 3, 10, 30),
    half("details", "aabbccddeeff0011", "1122334455667788", kind: 2, 12, 28),
  ]
  private static let chain = [
    "1122334455667788 0...50 root", "1122334455667788-server<1122334455667788 2...47",
    "aabbccddeeff0011-server<aabbccddeeff0011 12...28", "aabbccddeeff0011<1122334455667788-server 10...30",
  ]

  private static func line(_ half: Half) -> String {
    #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\#(half.service)"}}]},"scopeSpans":[{"spans":[\#(half.json)]}]}]}"#
  }

  @Test func everyOrderGivesTheSameChain() {
    for order in Self.orders(of: Array(Self.mesh.indices)) {
      let harness = StoreHarness()
      for place in order { harness.feed(json: Self.line(Self.mesh[place])) }
      let got = harness.spans("4bc692194da8436f93133d4fafac0791")
      #expect(got == Self.chain, "\(order)\n  expected \(Self.chain)\n  got      \(got)")
      harness.advance(1_000)
      #expect(harness.list == ["4bc692194da8436f93133d4fafac0791 completed n 50ms spans=4"], "\(order): \(harness.list)")
      // The same after sealing.
      #expect(harness.spans("4bc692194da8436f93133d4fafac0791") == Self.chain)
    }
  }

  /// A second report belongs to the same span.
  @Test func halvesToldTwiceStayTwo() {
    let harness = StoreHarness()
    for half in Self.mesh + Self.mesh { harness.feed(json: Self.line(half)) }
    let got = harness.spans("4bc692194da8436f93133d4fafac0791")
    #expect(got == Self.chain.map { $0 + " duplicateSpan" }, "got \(got)")
  }

  /// Events belong to the span with which they were reported, even if that span moves.
  @Test func eventsStayWithTheirHalf() {
    let event = #","events":[{"timeUnixNano":"1767225600003000000","name":"@"}]"#
    let halves = [
      Self.half("page", "1122334455667788", "", kind: 2, 2, 47, more: event.replacing("@", with: "served")),
      Self.half("gateway", "1122334455667788", "", kind: 3, 0, 50, more: event.replacing("@", with: "called")),
    ]
    for order in [halves, halves.reversed()] {
      let harness = StoreHarness()
      for half in order { harness.feed(json: Self.line(half)) }
      let storage = harness.snapshot("4bc692194da8436f93133d4fafac0791")!.storage
      let told = storage.events.indices.map { index in
        storage.spanID(Int(storage.events[index].span)) + " " + storage.arena.string(storage.events[index].message)
      }
      #expect(told.sorted() == ["1122334455667788 called", "1122334455667788-server served"], "got \(told)")
    }
  }

  /// Two reports with the same kind and service are duplicates; so are reports without a side. `TraceIDFormTests` covers two services.
  @Test func alikeKindsAreDuplicates() {
    for (kinds, service) in [((2, 2), "a"), ((3, 3), "a"), ((0, 3), "b"), ((2, 1), "b")] {
      let harness = StoreHarness()
      harness.feed(json: Self.line(Self.half("a", "1122334455667788", "", kind: kinds.0, 0, 50)))
      harness.feed(json: Self.line(Self.half(service, "1122334455667788", "", kind: kinds.1, 2, 47)))
      let got = harness.spans("4bc692194da8436f93133d4fafac0791")
      #expect(got == ["1122334455667788 0...50 root duplicateSpan"], "\(kinds): \(got)")
    }
  }

  /// A collapse gives rows new numbers: the remaining pairs stay intact.
  @Test func halvesOutliveACollapse() {
    let harness = StoreHarness()
    let id = "4bc692194da8436f93133d4fafac0791"
    harness.feed(
      json: Self.line(Self.half("gateway", "1122334455667788", "", kind: 3, 0, 50)).replacing(
        #""endTimeUnixNano":"1767225600050000000""#, with: #""endTimeUnixNano":"0""#))
    harness.feed(
      json: Self.line(Self.half("page", "1122334455667788", "", kind: 2, 2, 47)).replacing(
        #""endTimeUnixNano":"1767225600047000000""#, with: #""endTimeUnixNano":"0""#))
    for number in 0..<4 {
      harness.feed(json: Self.line(Self.half("page", "aabbccddeeff001\(number)", "1122334455667788", kind: 1, 10, 12)))
    }
    #expect(harness.collapse(id) > 0)
    harness.feed(json: Self.line(Self.half("page", "aabbccddeeff0020", "1122334455667788", kind: 1, 20, 22)))
    let got = harness.spans(id)
    #expect(got.contains("aabbccddeeff0020<1122334455667788-server 20...22"), "got \(got)")
  }

  private static func orders(of list: [Int]) -> [[Int]] {
    guard list.count > 1 else { return [list] }
    return list.flatMap { first in orders(of: list.filter { $0 != first }).map { [first] + $0 } }
  }

  // MARK: Ids of traces

  @Test func idsOf64BitsMeetThoseWithZerosBefore() {
    func span(_ trace: String, _ id: String, _ parent: String) -> String {
      Self.line(Self.half("s", id, parent, kind: 1, 0, 5)).replacing("4bc692194da8436f93133d4fafac0791", with: trace)
    }
    let (short, long) = ("93133d4fafac0791", "000000000000000093133d4fafac0791")
    for (first, second) in [(short, long), (long, short)] {
      let harness = StoreHarness()
      harness.feed(json: span(first, "1122334455667788", ""))
      harness.feed(json: span(second, "aabbccddeeff0011", "1122334455667788"))
      #expect(harness.ids == [first], "got \(harness.ids)")
      // Both ids lead to it.
      for name in [first, second] { #expect(harness.spans(name).count == 2, "\(name): \(harness.spans(name))") }
    }
  }

  @Test func apartOfATraceIsNoWholeTrace() {
    let harness = StoreHarness()
    let line = Self.line(Self.half("s", "1122334455667788", "", kind: 1, 0, 5))
    harness.feed(json: #"{"trace":\#(line),"status":"PARTIAL"}"#)
    harness.advance(1_000)
    #expect(harness.list == ["4bc692194da8436f93133d4fafac0791 completed n 5ms (partial)"], "got \(harness.list)")
    #expect(harness.snapshot("latest")?.isComplete == false)
  }
}
