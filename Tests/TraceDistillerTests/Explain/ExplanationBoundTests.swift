// Proves that an explanation keeps its bound in both languages, whatever the records contain, and that its last line is a call.

import Testing

@testable import TraceDistiller

@Suite struct ExplanationBoundTests {
  @Test(arguments: 1...60) func textKeepsItsBound(_ seed: Int) {
    var profile = TraceSketch.Profile()
    profile.span = 40_000_000
    let trace = TraceSketch(hostile: UInt64(seed), profile).distilled()
    var explainer = Explainer(TraceAnalysis(trace))
    for other in 1...6 { explainer.add(TraceSketch(hostile: UInt64(seed + other % 3), profile).distilled()) }
    let id = trace.snapshot.traceID
    for explanation in [
      explainer.explanationAgainstLike(), explainer.explanation(against: .trace(handle: "t1", id: id)),
      explainer.explanation(against: .run(id, count: 6)),
    ] {
      for language in SummaryLanguage.allCases {
        for bound in [400, 700, 1_000, 3_600] {
          let made = ExplanationText(explanation, language: language, maxChars: bound)
          #expect(jsonLength(made.text) <= bound && !made.isForced, "seed \(seed), \(bound): \(made.text)")
          #expect(made.text.utf8.split(separator: UInt8(ascii: "\n")).count < 60)
        }
      }
    }
  }
}
