// Warnings are compared by what they say, and what traces of one side differ by is no change.

import Testing
import TraceRecords

@testable import TraceDistiller

@Suite struct WarningChangeTests {
  private func trace(_ messages: [String], id: String = "t", load: Int64 = 10, rest: Int64 = 10) -> DistilledTrace {
    var sketch = TraceSketch()
    sketch.id = id
    let end = (load + rest + 2) * 1_000_000
    sketch.spans = [
      SketchSpan(id: "root", parent: nil, name: "GET", start: 0, end: end, service: "shop"),
      SketchSpan(id: "load", parent: "root", name: "load", start: 1_000_000, end: (1 + load) * 1_000_000, service: "shop"),
      SketchSpan(id: "rest", parent: "root", name: "rest", start: (1 + load) * 1_000_000, end: end - 1_000_000, service: "shop"),
    ]
    sketch.logs = messages.enumerated().map { SketchLog(span: "load", level: .warn, message: $1, time: Int64($0) + 2_000_000) }
    return sketch.distilled()
  }

  private func lines(_ comparison: TraceComparison) -> [String] {
    ComparisonText(comparison, language: .english, maxChars: 4_000).text.split(separator: "\n").map(String.init)
  }

  @Test func newAndGoneOnesAreTold() {
    let comparison = TraceComparison(trace(["pool has 3 left", "old"]), trace(["pool has 1 left", "pool has 0 left", "slow disk"]))
    #expect(comparison.warnings.map(\.kind) == [.new, .more, .gone])
    let told = lines(comparison)
    #expect(told.contains("=== Warnings ==="), "\(told)")
    #expect(told.contains("new warning  load (0 → 1): slow disk"), "\(told)")
    #expect(told.contains("warns more  load (1 → 2): pool has 1 left"), "\(told)")
    #expect(told.contains("warns no more  load (1 → 0): old"), "\(told)")
    #expect(told.contains { $0.contains("1 new warning, 1 warns more, 1 warns no more") }, "\(told)")
    #expect(!comparison.isIdentical)
  }

  @Test func theSameAreNot() {
    let comparison = TraceComparison(trace(["pool has 3 left"]), trace(["pool has 7 left"]))
    #expect(comparison.warnings.isEmpty && comparison.isIdentical)
  }

  /// A path that takes 10 to 30 ms in the base is no slower with 30; one that always takes 10 is.
  @Test func whatLiesWithinTheSpreadIsNoise() {
    func compared(_ loads: [Int64], _ target: Int64) -> TraceComparison {
      var comparison = TraceComparison(base: .filter(leftOut: 0))
      for (index, load) in loads.enumerated() { comparison.addBase(trace([], id: "b\(index)", load: load)) }
      comparison.addTarget(trace([], id: "target", load: target))
      comparison.finish()
      return comparison
    }
    let noisy = compared([10, 30, 12, 28, 20, 14, 26], 30)
    #expect(noisy.changes.isEmpty && noisy.noisePaths == 1 && noisy.noiseNanos == 10_000_000, "\(noisy.changes)")
    #expect(lines(noisy).contains("Within what traces of one side differ by: 1 path, +10.00 ms together"), "\(lines(noisy))")
    let steady = compared([10, 10, 10, 10, 10, 10, 10], 30)
    #expect(steady.changes.map(\.kind) == [.slower] && steady.noisePaths == 0)
    // Of four, nothing is known of the spread.
    #expect(compared([10, 30, 12, 28], 30).changes.count == 1)
    // Beyond the spread it is a change, however wide that is.
    #expect(compared([10, 30, 12, 28, 20, 14, 26], 60).changes.map(\.kind) == [.slower])
  }
}
