// No summary is longer than its bound, whatever the names are; and no text from a record imitates a line, a mark or a section.

import Testing

@testable import TraceDistiller

@Suite struct SummaryBoundTests {
  /// Every bound from the smallest one on: off-by-one errors occur where sections appear and disappear.
  @Test(arguments: 1...5) func everySmallBound(seed: Int) {
    let trace = TraceAnalysis(TraceSketch(hostile: UInt64(seed)).distilled())
    for maxChars in 400...1_200 { checkPromises(trace, options(maxChars, seed: maxChars), "seed \(seed)") }
  }

  @Test func manyTracesAndBounds() {
    for seed in 100..<180 {
      let trace = TraceAnalysis(TraceSketch(hostile: UInt64(seed)).distilled())
      var random = SplitMix64(seed: UInt64(seed))
      for maxChars in [400, 401 + random.below(600), 1_000 + random.below(4_000), 5_000 + random.below(45_000), 200_000] {
        checkPromises(trace, options(maxChars, seed: seed), "seed \(seed)")
      }
    }
  }

  @Test func parts() {
    for seed in 400..<440 {
      let trace = TraceSketch(hostile: UInt64(seed)).distilled()
      var random = SplitMix64(seed: UInt64(seed))
      for _ in 0..<6 {
        var options = options(400 + random.below(4_000), seed: seed)
        options.sections = Set(SummaryOptions.Section.allCases.filter { _ in random.chance(60) })
        if random.chance(50) { options.scope.maxDepth = random.below(4) }
        let rows = trace.tree.isIncluded.indices.filter { trace.tree.isIncluded[$0] }
        if random.chance(50) { options.scope.focus = rows[random.below(rows.count)] }
        checkPromises(trace, options, "seed \(seed), \(options.sections), \(options.scope)")
      }
    }
  }

  /// Nothing is cut if there is room for everything.
  @Test func allIsShownWhereItFits() {
    for seed in 500..<560 {
      let trace = TraceSketch(random: UInt64(seed)).distilled()
      var options = SummaryOptions()
      options.maxChars = 200_000
      let summary = checkPromises(trace, options, "seed \(seed)")
      #expect(summary.shown == summary.total && !summary.isTruncated, "seed \(seed): \(summary.shown) of \(summary.total)")
    }
  }

  @Test func orderOfRecordsDoesNotMatter() {
    for seed in 600..<700 {
      let sketch = TraceSketch(random: UInt64(seed))
      var random = SplitMix64(seed: UInt64(seed))
      let expected = sketch.distilled().summary().text
      let got = sketch.distilled { $0.shuffle(using: &random) }.summary().text
      #expect(got == expected, "seed \(seed)\nexpected\n\(expected)\ngot\n\(got)")
    }
  }

  /// Of failures at the same instant the first span's path is reported, never that of the record that arrived first; the same for the ids
  /// in `rows`.
  @Test func orderOfRecordsDoesNotMatterForErrorsAtOneInstant() {
    var sketch = TraceSketch()
    sketch.spans = [SketchSpan(id: "root", parent: nil, name: "root", start: 0, end: 50)]
    for index in 0..<30 {
      sketch.spans.append(SketchSpan(id: "p\(index)", parent: "root", name: "part \(index)", start: Int64(index), end: 50))
      sketch.spans.append(SketchSpan(id: "c\(index)", parent: "p\(index)", name: "call", start: 31, end: 40, isFailed: true))
    }
    let expected = sketch.distilled()
    for seed in 1...20 {
      var random = SplitMix64(seed: UInt64(seed))
      let got = sketch.distilled { $0.shuffle(using: &random) }
      #expect(got.summary().text == expected.summary().text)
      #expect(got.problems()[0].rows.map { got.id($0) } == expected.problems()[0].rows.map { expected.id($0) })
    }
    #expect(expected.summary().text.hasSuffix("❌ failed without a message ×30 in call — root › part 0 › call, swallowed by part 0"))
  }

  private func options(_ maxChars: Int, seed: Int) -> SummaryOptions {
    var options = SummaryOptions()
    options.maxChars = maxChars
    options.language = seed % 3 == 0 ? .chinese : .english
    return options
  }
}
