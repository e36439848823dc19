// Compares sums over traces with results computed by hand, and with a direct count of every span.

import Testing

@testable import TraceDistiller

@Suite struct AggregateTests {
  static let first = """
    root   |--------------------|
      a     |----| {size=1, kind=x}
      a           |--------| ! {size=2, kind=x}
    """
  static let second = """
    root   |----------|
      a     |-| {kind=y}
      b       |----->
    """

  @Test func operations() {
    check(
      nil,
      [
        "a ×3 ❌1 critical 16 self 16 p50 5 p95 9 max 9 slowest a#2 failing a#2",
        "b ×1 ❌0 critical 8 self 8 p50 8 p95 8 max 8 slowest b failing -",
        "root ×2 ❌0 critical 8 self 8 p50 11 p95 21 max 21 slowest root failing -",
      ])
  }

  @Test func values() {
    check(
      "kind",
      [
        "x ×2 ❌1 critical 14 self 14 p50 5 p95 9 max 9 slowest a#2 failing a#2",
        "y ×1 ❌0 critical 2 self 2 p50 2 p95 2 max 2 slowest a failing -",
      ])
    // Numbers are values like any others; most spans do not have this one.
    let sizes = Self.aggregate(by: "size")
    #expect(sizes.groups(limit: 9).map(\.name) == ["2", "1"])
    #expect(sizes.without.calls == 4)
    #expect(Self.aggregate(by: "no such key").groupCount == 0)
    #expect(AggregateGrouping("attributes.name") == .attribute("name"))
    #expect(AggregateGrouping("attributes.") == .attribute("attributes."))
  }

  @Test func percentilesAreNearestRanks() {
    #expect(TraceAggregate.percentile([], 50) == 0)
    #expect(TraceAggregate.percentile([7], 95) == 7)
    #expect(TraceAggregate.percentile([1, 2], 50) == 1)
    let hundred = (1...100).map { Int64($0) }
    #expect([50, 95, 100].map { TraceAggregate.percentile(hundred, $0) } == [50, 95, 100])
    #expect(TraceAggregate.percentile(Array(1...20), 95) == 19)
    #expect(TraceAggregate.percentile(Array(1...21), 95) == 20)
  }

  /// Names that differ only in numbers are one operation; a constant name is shown unchanged.
  @Test func namesAreOneWithoutTheirNumbers() {
    var aggregate = TraceAggregate()
    aggregate.add(TraceSketch("run 1  |----|\n  utf8   |-|\n  utf8    |-|").distilled())
    aggregate.add(TraceSketch("run 2  |----|").distilled())
    #expect(aggregate.groups(limit: 9).map(\.name).sorted() == ["run #", "utf8"])
  }

  /// Every grouping counts every span once, and the total is the sum of its groups.
  @Test(arguments: 1...60) func groupsMakeTheWhole(_ seed: Int) {
    for grouping in [nil, "service", "name", "target", "run", "no such key"] {
      var aggregate = TraceAggregate(by: AggregateGrouping(grouping))
      var (spans, errors, roots): (Int, Int, Int64) = (0, 0, 0)
      for index in 0..<4 {
        let trace = TraceSketch(hostile: UInt64(seed * 10 + index)).distilled()
        aggregate.add(trace)
        spans += trace.tree.isIncluded.filter { $0 }.count
        errors += (0..<trace.tree.count).filter { trace.tree.isIncluded[$0] && trace.node($0).isFailed }.count
        roots += trace.primaryRoot?.durationNanos ?? 0
      }
      let groups = aggregate.groups(limit: .max)
      #expect(aggregate.spanCount == spans && aggregate.rootNanos == roots)
      #expect(groups.reduce(aggregate.without.calls) { $0 + $1.calls } == spans, "\(grouping ?? "")")
      #expect(groups.reduce(aggregate.without.errors) { $0 + $1.errors } == errors)
      #expect(groups.reduce(aggregate.without.criticalNanos) { $0 + $1.criticalNanos } == roots)
      for bound in [400, 800, 3_000, 200_000] {
        for language in SummaryLanguage.allCases {
          let made = AggregateText(aggregate, groups, language: language, maxChars: bound)
          #expect(!made.isForced && jsonLength(made.text) <= bound, "\(bound): \(made.text)")
          for scalar in made.text.unicodeScalars where scalar != "\n" { #expect(!scalar.isHarmful) }
        }
      }
    }
  }

  /// Reading one value gives the same as reading all of them.
  @Test(arguments: 1...40) func oneValueIsThatOfAll(_ seed: Int) {
    let trace = TraceSketch(hostile: UInt64(seed)).distilled()
    let storage = trace.snapshot.storage
    let reader = AttributeReader(arena: storage.arena, texts: storage.texts)
    for row in 0..<trace.tree.count {
      let all = reader.attributes(storage.spans[row].attributes)
      for number in 1..<UInt32(max(1, storage.texts.count)) {
        let expected = all.first { $0.key.utf8.elementsEqual(storage.text(number).utf8) }?.value
        let got = reader.value(of: number, in: storage.spans[row].attributes)
        #expect(got.map(\.text) == expected.map(\.text))
      }
    }
  }

  private static func aggregate(by grouping: String?) -> TraceAggregate {
    var aggregate = TraceAggregate(by: AggregateGrouping(grouping))
    aggregate.add(TraceSketch(first).distilled())
    aggregate.add(TraceSketch(second).distilled())
    return aggregate
  }

  private func check(_ grouping: String?, _ expected: [String], at location: SourceLocation = #_sourceLocation) {
    let got = Self.aggregate(by: grouping).groups(limit: 9).map { group in
      let times = [group.criticalNanos, group.selfNanos, group.p50Nanos, group.p95Nanos, group.maxNanos].map { $0 / 1_000_000 }
      return
        "\(group.name) ×\(group.calls) ❌\(group.errors) critical \(times[0]) self \(times[1]) p50 \(times[2]) p95 \(times[3]) max \(times[4]) "
        + "slowest \(group.slowest?.spanID ?? "-") failing \(group.failing?.spanID ?? "-")"
    }
    #expect(got == expected, sourceLocation: location)
  }
}
