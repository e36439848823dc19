// Proves that the order of a trace's records changes nothing in its summary: a hundred shuffles, one text.

import Testing
import TraceRecords

@testable import TraceDistiller

@Suite struct ShuffleTests {
  @Test(arguments: 1...4) func aHundredShufflesGiveOneText(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    var calls = (0..<60).map { index in
      LoopCall(
        name: ["query", "render", "page \(index)"][random.below(3)], millis: Double(random.below(40)) / 8 + 0.25,
        below: Array(["load", "parse", "save"].prefix(random.below(4))), isFailed: random.below(12) == 0,
        attributes: [("item", .integer(Int64(index))), ("shop", .text("s\(random.below(2))"))])
    }
    calls[random.below(60)].millis = 80
    var sketch = TraceSketch(loop: calls)
    sketch.logs = (0..<20).map {
      SketchLog(span: "c\($0 + 1)", level: $0 % 3 == 0 ? .error : .warn, message: "line \($0)", time: Int64($0) * 50_000)
    }
    let expected = sketch.distilled().summary().text
    for round in 1...100 {
      let got = sketch.distilled { $0.shuffle(using: &random) }.summary().text
      guard got != expected else { continue }
      Issue.record("round \(round)\nexpected\n\(expected)\ngot\n\(got)")
      return
    }
  }
}
