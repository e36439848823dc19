// Insights at their thresholds: reported at the threshold, and not one below it.

import Testing
import TraceRecords

@testable import TraceDistiller

@Suite struct InsightBoundTests {
  private func has(_ kind: Insight.Kind, _ sketch: TraceSketch) -> Bool { sketch.distilled().insights().contains { $0.kind == kind } }

  /// A caller that answers 400 does not swallow the failure; 399 is not an error code.
  @Test(arguments: [(399, true), (400, false), (401, false), (599, false)])
  func fourHundredIsTold(_ code: Int, _ isSwallowed: Bool) {
    for value in ["\(code)"] {
      let sketch = TraceSketch("root      |--------|\n  proxy   |------|     {http.status_code=\(value)}\n    call  |---|        !\"bad\"")
      #expect(has(.swallowedError, sketch) == isSwallowed, "\(code)")
    }
  }

  @Test func whoStillRunsHasSwallowedNothing() {
    #expect(!has(.swallowedError, TraceSketch("root    |---------->\n  step   |----->\n    call  |-|     !\"bad\"")))
    #expect(has(.swallowedError, TraceSketch("root    |----------|\n  step   |-----|\n    call  |-|     !\"bad\"")))
  }

  /// More than ten attempts are a loop over many things.
  @Test func tenAttemptsAreARetryElevenAreNone() {
    for (count, isRetry) in [(2, true), (9, true), (10, true), (11, false)] {
      #expect(has(.retry, attempts(count) { $0 + 1 }) == isRetry, "\(count) attempts")
    }
  }

  /// Two calls with the same attempt number are not a retry.
  @Test func equalNumbersAreNoRetry() {
    #expect(!has(.retry, attempts(2) { _ in 1 }))
    #expect(has(.retry, attempts(2) { $0 + 1 }))
  }

  /// Without numbers four siblings may be attempts if all but the last failed; five are a loop.
  @Test func fourSiblingsWithoutNumbers() {
    #expect(has(.retry, attempts(4) { _ in nil }))
    #expect(!has(.retry, attempts(5) { _ in nil }))
  }

  private func attempts(_ count: Int, number: (Int) -> Int?) -> TraceSketch {
    var sketch = TraceSketch.loop(of: count, name: "get", each: 5, between: 5) { index in
      [("item", .integer(7))] + (number(index).map { [("attempt", .integer(Int64($0)))] } ?? [])
    }
    for index in 1..<count { (sketch.spans[index].isFailed, sketch.spans[index].statusMessage) = (true, "busy") }
    return sketch
  }

  @Test func tenCallsAreALoop() {
    #expect(has(.repeatedCall, .loop(of: 10)))
    #expect(!has(.repeatedCall, .loop(of: 9)))
  }

  @Test func threeAlikeCallsInARow() {
    func row(_ count: Int) -> TraceSketch { .loop(of: count, name: "GET", each: 10) { index in [("http.url", .text("/a"))] } }
    #expect(has(.sequentialCalls, row(3)))
    #expect(!has(.sequentialCalls, row(2)))
  }

  /// A failed read ends the sequence: what came after it may have been caused by it.
  @Test func aFailedReadEndsARow() {
    func reads(failed: Int?) -> TraceSketch {
      var sketch = TraceSketch.loop(of: 3, each: 10) { _ in [("http.request.method", .text("GET"))] }
      for index in 1...3 {
        (sketch.spans[index].name, sketch.spans[index].kind) = ("read \(["customer", "shipment", "invoice"][index - 1])", .client)
      }
      if let failed { sketch.spans[failed].isFailed = true }
      return sketch
    }
    #expect(has(.sequentialCalls, reads(failed: nil)))
    for failed in 1...3 { #expect(!has(.sequentialCalls, reads(failed: failed)), "read \(failed)") }
  }

  /// On a busy machine a short time passes between two reads. A longer pause means that the program worked with the answer.
  @Test(arguments: [(4, 1, true), (3, 1, false), (10, 1, true), (10, 2, false), (40, 2, true), (40, 3, false)] as [(Int64, Int64, Bool)])
  func readsWithAPause(_ each: Int64, _ pause: Int64, _ isTold: Bool) {
    var sketch = TraceSketch.loop(of: 3, each: each, between: pause) { _ in [("http.request.method", .text("GET"))] }
    for index in 1...3 {
      (sketch.spans[index].name, sketch.spans[index].kind) = ("read \(["customer", "shipment", "invoice"][index - 1])", .client)
    }
    #expect(has(.sequentialCalls, sketch) == isTold, "\(each) ms with \(pause) ms between")
  }

  @Test func eightSiblingsHaveAnOutlier() {
    func siblings(_ count: Int) -> TraceSketch {
      var sketch = TraceSketch.loop(of: count, name: "step", each: 10) { _ in [] }
      let last = sketch.spans.count - 1
      sketch.spans[last].end = sketch.spans[last].start + 200_000_000
      sketch.spans[0].end = sketch.spans[last].end
      for index in sketch.spans.indices { sketch.spans[index].kind = .internal }
      return sketch
    }
    #expect(has(.slowOutlier, siblings(8)))
    #expect(!has(.slowOutlier, siblings(7)))
  }

  @Test func skewFromOneMillisecondOn() {
    for (early, isSkew) in [(999_999, false), (1_000_000, true), (1_000_001, true)] as [(Int64, Bool)] {
      var sketch = TraceSketch()
      sketch.spans = [
        SketchSpan(id: "root", parent: nil, name: "root", start: 0, end: 20_000_000, service: "a"),
        SketchSpan(id: "call", parent: "root", name: "call", start: -early, end: 10_000_000, service: "b"),
      ]
      #expect(has(.clockSkew, sketch) == isSkew, "\(early) ns")
    }
  }

  @Test func gapsFromFiveMillisecondsOn() {
    func gap(_ nanos: Int64) -> TraceSketch {
      var sketch = TraceSketch()
      sketch.spans = [
        SketchSpan(id: "root", parent: nil, name: "root", start: 0, end: 10_000_000 + nanos),
        SketchSpan(id: "a", parent: "root", name: "a", start: 0, end: 5_000_000),
        SketchSpan(id: "b", parent: "root", name: "b", start: 5_000_000 + nanos, end: 10_000_000 + nanos),
      ]
      return sketch
    }
    #expect(has(.gap, gap(5_000_000)))
    #expect(!has(.gap, gap(4_999_999)))
  }

  @Test func fourInLockStep() {
    // Parents that begin at the same time, with one call each, one after the other.
    func line(_ count: Int) -> TraceSketch {
      var sketch = TraceSketch()
      sketch.spans = [SketchSpan(id: "root", parent: nil, name: "root", start: 0, end: Int64(count) * 10_000_000)]
      for index in 0..<count {
        let start = Int64(index) * 10_000_000
        sketch.spans.append(SketchSpan(id: "p\(index)", parent: "root", name: "task", start: 0, end: start + 10_000_000, kind: .internal))
        sketch.spans.append(
          SketchSpan(id: "c\(index)", parent: "p\(index)", name: "work", start: start, end: start + 10_000_000, kind: .internal))
      }
      return sketch
    }
    #expect(has(.resourceWait, line(4)))
    #expect(!has(.resourceWait, line(3)))
  }
}
