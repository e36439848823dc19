// Properties of any two traces: the reverse comparison mirrors the forward one, a trace does not differ from itself, and the parts add up
// to the whole.

import Testing

@testable import TraceDistiller

@Suite struct ComparisonPropertyTests {
  static func pair(_ seed: Int, isHostile: Bool = false) -> (DistilledTrace, DistilledTrace) {
    var profile = TraceSketch.Profile()
    profile.span = 40_000_000
    func trace(_ seed: UInt64) -> DistilledTrace {
      (isHostile ? TraceSketch(hostile: seed, profile) : TraceSketch(random: seed, profile)).distilled()
    }
    return (trace(UInt64(seed)), trace(UInt64(seed) + 7_000))
  }

  @Test(arguments: 1...120) func nothingChangesAgainstItself(_ seed: Int) {
    let (trace, _) = Self.pair(seed, isHostile: seed % 3 == 0)
    let comparison = TraceComparison(trace, trace, tolerance: ComparisonTolerance(percent: 0, nanos: 0))
    #expect(comparison.changeCount == 0 && comparison.steadyNanos == 0)
    #expect(comparison.isIdentical == !trace.tree.roots.isEmpty)
    let text = ComparisonText(comparison, language: .english, maxChars: 400).text
    #expect(text.contains(SummaryLanguage.english.identical) == !trace.tree.roots.isEmpty, "\(text)")
  }

  @Test(arguments: 1...120) func theWayBackIsTheMirrorImage(_ seed: Int) {
    let (one, other) = Self.pair(seed)
    let there = TraceComparison(one, other)
    let back = TraceComparison(other, one)
    let opposite: [PathChange.Kind: PathChange.Kind] = [
      .slower: .faster, .faster: .slower, .moreCritical: .lessCritical, .lessCritical: .moreCritical, .moreCalls: .fewerCalls,
      .fewerCalls: .moreCalls, .added: .removed, .removed: .added, .longerBeside: .shorterBeside, .shorterBeside: .longerBeside,
    ]
    let failures: [PathChange.Failure: PathChange.Failure] = [
      .newlyFailing: .recovered, .recovered: .newlyFailing, .failsMore: .failsLess, .failsLess: .failsMore,
    ]
    func line(_ change: PathChange, _ comparison: TraceComparison, isMirrored: Bool) -> String {
      let kind = change.kind.map { isMirrored ? opposite[$0]! : $0 }
      let failure = change.failure.map { isMirrored ? failures[$0]! : $0 }
      let sign: Int64 = isMirrored ? -1 : 1
      let (base, target) = isMirrored ? (change.target, change.base) : (change.base, change.target)
      return
        "\(Self.path(change.path, comparison)) \(String(describing: kind)) \(String(describing: failure)) \(change.contributionNanos * sign) "
        + "\(change.selfDeltaNanos * sign) \(change.spansBelow) \(String(describing: base)) \(String(describing: target))"
    }
    #expect(there.all.map { line($0, there, isMirrored: false) }.sorted() == back.all.map { line($0, back, isMirrored: true) }.sorted())
    #expect(there.steadyPaths == back.steadyPaths && there.steadyNanos == -back.steadyNanos)
  }

  @Test(arguments: 1...120) func thePartsMakeTheWhole(_ seed: Int) {
    let (one, other) = Self.pair(seed)
    let comparison = TraceComparison(
      one, other, tolerance: ComparisonTolerance(percent: Double(seed % 50), nanos: Int64(seed % 5) * 1_000_000))
    var own: Int64 = 0
    var critical: Int64 = 0
    for path in 0..<comparison.paths.count {
      let (before, after) = (comparison.figures(path, comparison.base), comparison.figures(path, comparison.target))
      own += (after?.selfNanos ?? 0) - (before?.selfNanos ?? 0)
      critical += (after?.criticalNanos ?? 0) - (before?.criticalNanos ?? 0)
    }
    #expect(own == Self.total(other.selfNanos) - Self.total(one.selfNanos))
    let change = (other.primaryRoot?.durationNanos ?? 0) - (one.primaryRoot?.durationNanos ?? 0)
    #expect(critical == change)
    // So do the listed lines, together with those within the tolerance.
    let told = (comparison.changes + comparison.added + comparison.removed).reduce(comparison.steadyNanos) { $0 + $1.contributionNanos }
    #expect(told == change)
  }

  /// Every path of either trace is reported once: as changed, as steady, or as part of an added or removed path.
  @Test(arguments: 1...60) func boundsHoldAndTheTextIsOurs(_ seed: Int) {
    let (one, other) = Self.pair(seed, isHostile: true)
    let comparison = TraceComparison(one, other)
    for language in SummaryLanguage.allCases {
      for bound in [400, 500, 700, 1_200, 4_000, 200_000] {
        let made = ComparisonText(comparison, language: language, maxChars: bound)
        #expect(!made.isForced && jsonLength(made.text) <= bound, "\(bound): \(made.text)")
        #expect(made.isTruncated || made.shown == comparison.changeCount)
        for scalar in made.text.unicodeScalars where scalar != "\n" { #expect(!scalar.isHarmful) }
        if bound == 200_000 { #expect(made.shown == comparison.changeCount) }
      }
    }
  }

  /// The order of records has no effect.
  @Test(arguments: 1...40) func shufflesGiveTheSameText(_ seed: Int) {
    var profile = TraceSketch.Profile()
    profile.span = 40_000_000
    profile.strangePercent = 0
    let one = TraceSketch(random: UInt64(seed), profile)
    let other = TraceSketch(random: UInt64(seed) + 500, profile)
    let expected = ComparisonText(TraceComparison(one.distilled(), other.distilled()), language: .english, maxChars: 6_000).text
    var random = SplitMix64(seed: UInt64(seed))
    for _ in 0..<5 {
      let got = TraceComparison(one.distilled { $0.shuffle(using: &random) }, other.distilled { $0.shuffle(using: &random) })
      #expect(ComparisonText(got, language: .english, maxChars: 6_000).text == expected)
    }
  }

  private static func total(_ nanos: [Int64]) -> Int64 { nanos.reduce(0, +) }

  private static func path(_ path: Int, _ comparison: TraceComparison) -> String {
    var names: [String] = []
    var current = path
    while current >= 0 {
      names.append(comparison.paths.name(of: current))
      current = Int(comparison.paths.parent[current])
    }
    return names.reversed().joined(separator: " › ")
  }
}
