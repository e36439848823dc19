// Insights at their shares of the whole: a part of the root's time, of a row's calls, of a group's members. What is told at a share is not told below it.

import Testing
import TraceRecords

@testable import TraceDistiller

@Suite struct InsightThresholdTests {
  private static let millisecond: Int64 = 1_000_000

  private func has(_ kind: Insight.Kind, _ sketch: TraceSketch) -> Bool { sketch.distilled().insights().contains { $0.kind == kind } }

  private func span(
    _ id: String, _ parent: String?, _ name: String, _ start: Int64, _ end: Int64, kind: SpanKind = .internal,
    attributes: [(key: String, value: SketchSpan.Value)] = []
  ) -> SketchSpan {
    var span = SketchSpan(id: id, parent: parent, name: name, start: start, end: end, kind: kind)
    span.attributes = attributes
    return span
  }

  private func sketch(_ spans: [SketchSpan]) -> TraceSketch {
    var sketch = TraceSketch()
    sketch.spans = spans
    return sketch
  }

  /// Half of the root's time, and a fifth of it in a part.
  @Test func uncoveredTime() {
    let whole = 100 * Self.millisecond
    for (covered, isTold) in [(50_000_000, true), (50_000_001, false)] as [(Int64, Bool)] {
      #expect(
        has(.uncoveredTime, sketch([span("r", nil, "GET", 0, whole), span("a", "r", "load", 0, covered)])) == isTold, "\(covered) ns")
    }
    for (called, isTold) in [(70_000_000, true), (70_000_001, false)] as [(Int64, Bool)] {
      let spans = [span("r", nil, "GET", 0, whole), span("a", "r", "part", 0, 90_000_000), span("b", "a", "load", 0, called)]
      #expect(has(.uncoveredTime, sketch(spans)) == isTold, "\(called) ns")
    }
  }

  /// One of fifty may lack a call that all others make.
  @Test(arguments: [(60, 1, true), (60, 2, false), (99, 2, false), (100, 2, true), (100, 3, false), (8, 1, true), (8, 2, false)])
  func missingCalls(_ count: Int, _ lacking: Int, _ isTold: Bool) {
    var spans = [span("r", nil, "job", 0, Int64(count) * Self.millisecond)]
    for index in 0..<count {
      let start = Int64(index) * Self.millisecond
      spans.append(span("i\(index)", "r", "item", start, start + 900_000))
      if index >= lacking { spans.append(span("a\(index)", "i\(index)", "audit", start, start + 100_000)) }
    }
    #expect(has(.missingCall, sketch(spans)) == isTold, "\(lacking) of \(count)")
  }

  /// Five rounds of three values, ten of two.
  @Test(arguments: [(["a", "b", "c"], 15, true), (["a", "b", "c"], 14, false), (["a", "b"], 20, true), (["a", "b"], 19, false)])
  func cycles(_ round: [String], _ count: Int, _ isTold: Bool) {
    var spans = [span("r", nil, "root", 0, Int64(count) * 2 * Self.millisecond)]
    for index in 0..<count {
      let start = Int64(index) * 2 * Self.millisecond
      spans.append(
        span("s\(index)", "r", "resolve", start, start + 2 * Self.millisecond, attributes: [("module", .text(round[index % round.count]))]))
    }
    #expect(has(.cycle, sketch(spans)) == isTold, "\(count) of \(round)")
  }

  /// Three waits that end within a millisecond of each other, with the one that held what they waited for.
  @Test(arguments: [(3, 0, true), (2, 0, false), (3, 1_000_000, true), (3, 1_000_001, false)] as [(Int, Int64, Bool)])
  func sharedEnds(_ count: Int, _ apart: Int64, _ isTold: Bool) {
    var spans = [span("r", nil, "root", 0, 100 * Self.millisecond), span("h", "r", "rebuild", 0, 60 * Self.millisecond)]
    for index in 0..<count {
      let start = Int64(5 + index * 7) * Self.millisecond
      let end = 60 * Self.millisecond + (index == count - 1 ? apart : 0)
      spans.append(span("g\(index)", "r", "get", start, end + Self.millisecond))
      spans.append(span("l\(index)", "g\(index)", "lock", start, end))
    }
    #expect(has(.resourceWait, sketch(spans)) == isTold, "\(count) waits, \(apart) ns apart")
  }

  /// Gaps of a hundredth of the root's time count, and all together must take a tenth of it.
  @Test(
    arguments: [(10, 10_000_000, true), (10, 9_999_999, false), (11, 9_999_999, false), (1, 100_000_000, true), (1, 99_999_999, false)]
      as [(Int, Int64, Bool)])
  func gaps(_ count: Int, _ nanos: Int64, _ isTold: Bool) {
    let whole = 1_000 * Self.millisecond
    let step = (whole - Int64(count) * nanos) / Int64(count + 1)
    var spans = [span("r", nil, "root", 0, whole)]
    for index in 0...count {
      let start = Int64(index) * (step + nanos)
      let end = index == count ? whole : start + step
      spans.append(span("s\(index)", "r", "step \(Character(Unicode.Scalar(UInt8(97 + index))))", start, end))
    }
    #expect(has(.gap, sketch(spans)) == isTold, "\(count) gaps of \(nanos) ns")
  }

  /// Between calls in a row may lie 15 of a hundred of their time, and 60 of it must be waiting.
  @Test func callsInARow() {
    for (pause, isTold) in [(2_000_000, true), (2_000_001, false)] as [(Int64, Bool)] {
      var spans = [span("r", nil, "job", 0, 60 * Self.millisecond)]
      for index in 0..<4 {
        let start = Int64(index) * (10 * Self.millisecond + pause)
        spans.append(span("c\(index)", "r", "GET /item", start, start + 10 * Self.millisecond, kind: .client))
      }
      #expect(has(.sequentialCalls, sketch(spans)) == isTold, "pauses of \(pause) ns")
    }
    for (waiting, isTold) in [(6_000_000, true), (5_900_000, false)] as [(Int64, Bool)] {
      var spans = [span("r", nil, "job", 0, 40 * Self.millisecond)]
      for index in 0..<4 {
        let start = Int64(index) * 10 * Self.millisecond
        spans.append(span("c\(index)", "r", "item", start, start + 10 * Self.millisecond))
        spans.append(span("q\(index)", "c\(index)", "GET /item", start, start + waiting, kind: .client))
      }
      #expect(has(.sequentialCalls, sketch(spans)) == isTold, "\(waiting) ns of waiting in 10 ms")
    }
  }

  /// Of twenty, what is not beyond the 95th of a hundred is no outlier, however slow.
  @Test func outliersOfTwenty() {
    for (count, expected) in [(19, 1), (20, 1), (40, 2)] {
      let slow = count == 19 ? 1 : 2
      var spans = [span("r", nil, "job", 0, 0)]
      var start: Int64 = 0
      for index in 0..<count {
        let length = index < slow ? Int64(100 + index) * Self.millisecond : Self.millisecond
        spans.append(span("s\(index)", "r", "step", start, start + length))
        start += length
      }
      spans[0].end = start
      let counts = sketch(spans).distilled().insights().filter { $0.kind == .slowOutlier }.map(\.count)
      #expect(counts == [expected], "\(slow) slow of \(count): \(counts)")
    }
  }

  /// A twentieth of the root's time, and of the work that waited.
  @Test(arguments: [(5_000_000, false), (5_000_001, true)] as [(Int64, Bool)])
  func queueWaits(_ wait: Int64, _ isTold: Bool) {
    var spans = [
      span("r", nil, "POST", 0, 100 * Self.millisecond),
      span("p", "r", "publish", 10 * Self.millisecond, 20 * Self.millisecond, kind: .producer),
    ]
    spans.append(span("h", "p", "handle", 20 * Self.millisecond + wait, 60 * Self.millisecond, kind: .consumer))
    #expect(has(.queueWait, sketch(spans)) == isTold, "\(wait) ns")
  }

  /// What a request does after its answer is told from a tenth of its time on.
  @Test(arguments: [(90_000_000, true), (91_000_000, false), (92_000_000, false)] as [(Int64, Bool)])
  func workAfterAnswers(_ answered: Int64, _ isTold: Bool) {
    #expect(
      has(.workAfterAnswer, sketch([span("r", nil, "GET", 0, 100 * Self.millisecond), span("a", "r", "send response", 0, answered)]))
        == isTold)
  }

  /// Two services of one host share its clock: what one does before it was asked is no skew.
  @Test func clocksAreOfHosts() {
    for (hosts, isTold) in [(["a": "one", "b": "one"], false), (["a": "one", "b": "two"], true)] {
      var sketch = sketch([
        span("r", nil, "root", 0, 20 * Self.millisecond), span("c", "r", "call", -3 * Self.millisecond, 10 * Self.millisecond),
      ])
      (sketch.spans[0].service, sketch.spans[1].service) = ("a", "b")
      sketch.hosts = hosts
      #expect(has(.clockSkew, sketch) == isTold, "\(hosts)")
    }
  }

  /// A caller tells of a failure by its codes, as numbers and as texts.
  @Test func codesOfCallers() {
    for (key, value, isSwallowed) in [
      ("http.status_code", .text("400"), false), ("http.status_code", .text("399"), true), ("rpc.grpc.status_code", .integer(14), false),
      ("rpc.grpc.status_code", .integer(0), true),
    ] as [(String, SketchSpan.Value, Bool)] {
      var sketch = sketch([
        span("r", nil, "root", 0, 20 * Self.millisecond), span("p", "r", "proxy", 0, 10 * Self.millisecond, attributes: [(key, value)]),
        span("c", "p", "call", 0, 5 * Self.millisecond),
      ])
      (sketch.spans[2].isFailed, sketch.spans[2].statusMessage) = (true, "bad")
      #expect(has(.swallowedError, sketch) == isSwallowed, "\(key) \(value)")
    }
  }

  /// Of those that stand in a line, eight of ten must have begun while the one before them was still at it.
  @Test(arguments: [(5, true), (4, true), (3, false)])
  func waitsInALine(_ waiting: Int, _ isTold: Bool) {
    var spans = [span("r", nil, "root", 0, 60 * Self.millisecond)]
    for index in 0..<6 {
      let (start, end) = (Int64(index) * 10 * Self.millisecond, Int64(index + 1) * 10 * Self.millisecond)
      spans.append(span("c\(index)", "r", "count", index > 5 - waiting ? 0 : start, end))
      spans.append(span("u\(index)", "c\(index)", "update", start, end))
    }
    #expect(has(.resourceWait, sketch(spans)) == isTold, "\(waiting) of 5 waited")
  }
}
