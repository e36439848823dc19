// What counts as a change and what does not: each kind is tested by a pair of timelines with it and one without it.

import Testing
import TraceRecords

@testable import TraceDistiller

@Suite struct ComparisonTests {
  static let base = """
    root     |--------------------|
      load     |----|
      parse           |--|
        step          ||
      save                 |--|
    """

  @Test func aPathWhoseOwnTimeGrewIsSlower() {
    check(
      Self.base,
      """
      root     |------------------------|
        load     |--------|
        parse               |--|
          step              ||
        save                     |--|
      """, changed: ["slower root › load +4.00 ms self 5.00 ms → 9.00 ms"])
  }

  @Test func aPathWhoseOwnTimeShrankIsFaster() {
    check(
      """
      root     |------------------------|
        load     |--------|
        parse               |--|
          step              ||
        save                     |--|
      """, Self.base, changed: ["faster root › load -4.00 ms self 9.00 ms → 5.00 ms"])
  }

  /// One millisecond more than five is 20 percent: neither exceeds its threshold.
  @Test func whatIsWithinTheToleranceIsNoChange() {
    let target = """
      root     |---------------------|
        load     |-----|
        parse            |--|
          step           ||
        save                  |--|
      """
    check(Self.base, target, changed: [])
    check(
      Self.base, target, ComparisonTolerance(percent: 10, nanos: 500_000), changed: ["slower root › load +1.00 ms self 5.00 ms → 6.00 ms"])
    // Both thresholds must be exceeded.
    check(Self.base, target, ComparisonTolerance(percent: 30, nanos: 500_000), changed: [])
  }

  /// b takes as long as before, but a no longer hides it.
  @Test func aPathThatIsOnlyWaitedForLongerIsNotCalledSlower() {
    check(
      """
      root  |-----------------|
        a    |---------------|
        b    |----------|
      """,
      """
      root  |-------------|
        a    |--|
        b    |----------|
      """, changed: ["faster root › a -16.00 ms self 16.00 ms → 3.00 ms", "moreCritical root › b +11.00 ms self 11.00 ms"])
  }

  @Test func callsThatMultiplyAreTold() {
    check(
      """
      root   |---------|
        row   |
      """,
      """
      root   |---------|
        row   |
        row   |
        row    |
      """, changed: ["moreCalls root › row 0 ms self 0 ms ×1 → ×3"])
    let many = (0..<6).map { "\n  row \($0)    " + String(repeating: " ", count: $0 * 4) + "|--|" }.joined()
    check(
      "root     |--------------------------|\n  row 9    |--|", "root     |--------------------------|" + many,
      changed: ["faster root -15.00 ms self 24.00 ms → 9.00 ms", "moreCalls root › row # +15.00 ms self 3.00 ms → 18.00 ms ×1 → ×6"]
    )
  }

  /// A row that adds nothing to the root's change is not called slower.
  @Test func whatRunsBesideThePathIsSaidSo() {
    check(
      """
      root  |--------------------|
        a   |--------------------|
        b   |----|
      """,
      """
      root  |--------------------|
        a   |--------------------|
        b   |---------------|
      """, changed: ["longerBeside root › b 0 ms self 5.00 ms → 16.00 ms"])
  }

  /// `HTTP GET` to three services are three rows, each with the called service; time outside the callee belongs to the call.
  @Test func callsOfThreeServicesAreThree() {
    func page(_ waits: [Int64]) -> DistilledTrace {
      var sketch = TraceSketch()
      var time: Int64 = 0
      sketch.spans.append(SketchSpan(id: "page", parent: nil, name: "page", start: 0, end: 0, service: "shop"))
      for (index, wait) in waits.enumerated() {
        sketch.spans.append(
          SketchSpan(
            id: "get\(index)", parent: "page", name: "HTTP GET", start: time, end: time + (wait + 5) * 1_000_000, service: "shop",
            kind: .client))
        sketch.spans.append(
          SketchSpan(
            id: "serve\(index)", parent: "get\(index)", name: "serve", start: time + wait * 1_000_000, end: time + (wait + 5) * 1_000_000,
            service: ["cart", "user", "tax"][index]))
        time += (wait + 5) * 1_000_000
      }
      sketch.spans[0].end = time
      return sketch.distilled()
    }
    let comparison = TraceComparison(page([1, 1, 1]), page([1, 31, 1]))
    #expect(comparison.changes.count == 1 && comparison.added.isEmpty && comparison.removed.isEmpty)
    #expect(comparison.changes.first.map { comparison.paths.callee(of: $0.path) } == "user")
    #expect(comparison.serviceTotals == [.init(service: "shop", callee: "user", nanos: 30_000_000)])
    let text = ComparisonText(comparison, language: .english, maxChars: 4_000).text
    #expect(
      text.hasPrefix("Slower by 30.00 ms (+166.7 %); most of it: shop → user, waiting outside the callee, +30.00 ms (HTTP GET)\n"),
      "\(text)")
    #expect(
      text.contains("\n+30.00 ms  slower  page › HTTP GET · shop → user (self 1.00 ms → 31.00 ms, critical 1.00 ms → 31.00 ms)"), "\(text)")
  }

  @Test func addedAndRemovedCallsTakeWhatIsBelowWithThem() {
    let target = """
      root     |------------------------------|
        load     |----|
        parse           |--|
          step          ||
        save                 |--|
        audit                     |-------|
          write                    |----|
            flush                   |-|
      """
    check(Self.base, target, changed: [], added: ["root › audit +8.00 ms with 2 below"])
    check(target, Self.base, changed: [], removed: ["root › audit -8.00 ms with 2 below"])
  }

  @Test func failuresHaveNoTolerance() {
    let failing = Self.base.replacing("|----|", with: #"|----| !"timed out""#)
    check(Self.base, failing, changed: [], failures: ["newlyFailing root › load: timed out"])
    check(failing, Self.base, changed: [], failures: ["recovered root › load: timed out"])
    check(failing, failing, changed: [])
    let two = """
      root   |---------|
        a    |-| !
        a       |-| !
      """
    let one = """
      root   |---------|
        a    |-| !
        a       |-|
      """
    check(one, two, changed: [], failures: ["failsMore root › a"])
    check(two, one, changed: [], failures: ["failsLess root › a"])
  }

  @Test func theOrderIsThatOfThePartsOfTheChange() {
    let target = """
      root     |------------------------------------|
        load     |--------|
        parse               |-------------|
          step              ||
        save                                |--|
      """
    check(
      Self.base, target, ComparisonTolerance(percent: 20, nanos: 500_000),
      changed: ["slower root › parse +11.00 ms self 2.00 ms → 13.00 ms", "slower root › load +4.00 ms self 5.00 ms → 9.00 ms"])
  }

  @Test func whatSpeaksAgainstAComparisonIsTold() {
    let running = TraceSketch("root  |---->\n  a     |-|").distilled()
    let other = TraceSketch("other  |----|").distilled()
    let whole = TraceSketch("root  |----|").distilled()
    #expect(TraceComparison(whole, whole).diagnostics == [])
    #expect(TraceComparison(whole, other).diagnostics == [.differentRoots(base: "root", target: "other")])
    #expect(TraceComparison(running, whole).diagnostics == [.notComplete(isBase: true, reasons: ["rootRunning", "openSpans"])])
    #expect(TraceComparison(whole, running).diagnostics == [.notComplete(isBase: false, reasons: ["rootRunning", "openSpans"])])
    let orphan = TraceSketch("?root  |----|").distilled()
    #expect(TraceComparison(orphan, whole).diagnostics == [.notComplete(isBase: true, reasons: ["noRoot", "missingParents"])])
    let text = ComparisonText(TraceComparison(whole, other), language: .english, maxChars: 400).text
    #expect(
      text.hasPrefix("Not comparable: different roots\n=== Compared ===\nNot comparable: different roots, root and other\n"), "\(text)")
    // If the durations belong to different operations, no change of duration is reported.
    #expect(!text.contains("Slower by ") && !text.contains("Faster by "))
  }

  @Test func aRunIsTheMeanOfItsTraces() {
    var comparison = TraceComparison(base: .run("a", leftOut: 0), target: .run("b", leftOut: 2))
    for length in [10, 20] { comparison.addBase(Self.simple(length)) }
    for length in [30, 40, 50, 60] { comparison.addTarget(Self.simple(length)) }
    comparison.finish()
    #expect(comparison.roots.map(\.deltaNanos) == [30_000_000])
    #expect(comparison.changes.map { "\($0.kind!) \($0.contributionNanos / 1_000_000)" } == ["slower 30"])
    #expect(comparison.changes.first?.target?.calls == 4)
    #expect(comparison.diagnostics == [])
  }

  private static func simple(_ length: Int) -> DistilledTrace {
    TraceSketch("root  |\(String(repeating: "-", count: length + 1))|\n  call \(length) |\(String(repeating: "-", count: length - 1))|")
      .distilled()
  }

  /// A chain of 20,000 calls: paths are numbers, not names; no recursion.
  @Test func longChainsAreAsFastAsWideOnes() {
    let length = 20_000
    func chain(_ name: String) -> DistilledTrace {
      var sketch = TraceSketch()
      for index in 0..<length {
        let last = index == length - 1
        sketch.spans.append(
          SketchSpan(
            id: "s\(index)", parent: index == 0 ? nil : "s\(index - 1)", name: last ? name : "step", start: Int64(index),
            end: Int64(length * 2 - index)))
      }
      return sketch.distilled()
    }
    let comparison = TraceComparison(chain("a"), chain("b"))
    #expect(comparison.added.count == 1 && comparison.removed.count == 1 && comparison.changes.isEmpty)
    let text = ComparisonText(comparison, language: .english, maxChars: 2_000).text
    #expect(text.contains("added  step › b"), "\(text)")
  }

  private func check(
    _ base: String, _ target: String, _ tolerance: ComparisonTolerance = ComparisonTolerance(), changed: [String], failures: [String] = [],
    added: [String] = [], removed: [String] = [], at location: SourceLocation = #_sourceLocation
  ) {
    let comparison = TraceComparison(TraceSketch(base).distilled(), TraceSketch(target).distilled(), tolerance: tolerance)
    func path(_ change: PathChange) -> String { comparison.paths.names(to: change.path).map { $0 ?? "…" }.joined(separator: " › ") }
    func part(_ change: PathChange) -> String { ComparisonText.signed(change.contributionNanos) }
    let got = comparison.changes.map { change in
      let (before, after) = (change.base!, change.target!)
      let own =
        before.selfNanos == after.selfNanos
        ? DurationText.format(before.selfNanos) : "\(DurationText.format(before.selfNanos)) → \(DurationText.format(after.selfNanos))"
      let calls = before.calls == after.calls ? "" : " ×\(before.calls) → ×\(after.calls)"
      return "\(change.kind!.rawValue) \(path(change)) \(part(change)) self \(own)\(calls)"
    }
    #expect(got == changed, "changed", sourceLocation: location)
    let fails = comparison.failures.map { change in
      let side = change.failure == .recovered ? comparison.base : comparison.target
      let message = comparison.sums(change.path, side).failure.map { side.message($0) } ?? ""
      return "\(change.failure!.rawValue) \(path(change))" + (message.isEmpty ? "" : ": \(message)")
    }
    #expect(fails == failures, "failures", sourceLocation: location)
    func whole(_ change: PathChange) -> String { "\(path(change)) \(part(change)) with \(change.spansBelow) below" }
    #expect(comparison.added.map(whole) == added, "added", sourceLocation: location)
    #expect(comparison.removed.map(whole) == removed, "removed", sourceLocation: location)
  }
}
