// Proves that grouping siblings with reused arrays gives the same as the simple rules, for one set after another, and that selecting a
// percentile gives the same as sorting.

import Testing

@testable import TraceDistiller

@Suite struct SiblingKindsTests {
  /// Loops with few and with many calls: rare and frequent kinds, outliers, failures, and different shapes.
  private static func sketch(_ seed: UInt64) -> TraceSketch {
    var random = SplitMix64(seed: seed)
    var sketch = TraceSketch()
    sketch.spans.append(SketchSpan(id: "root", parent: nil, name: "main", start: 0, end: 4_000_000_000))
    let (names, usual) = (1 + random.below(14), 1 + random.below(2_000_000))
    let (failPercent, slowPercent, belowPercent) = (random.below(30), random.below(12), random.below(80))
    func add(_ parent: String, _ index: Int, _ name: String) -> String {
      let id = "\(parent).\(index)"
      let nanos = random.chance(slowPercent) ? usual * (2 + random.below(9)) : usual / 2 + random.below(usual)
      var span = SketchSpan(id: id, parent: parent, name: name, start: Int64(index) * 1_000, end: Int64(index * 1_000 + nanos))
      span.isFailed = random.chance(failPercent)
      sketch.spans.append(span)
      return id
    }
    for outer in 0..<1 + random.below(60) {
      // Numbers in names are removed from a call's key: `page 3` and `page 4` are one call.
      let id = add("root", outer, random.chance(20) ? "page \(outer)" : "op\(Character(Unicode.Scalar(UInt8(97 + random.below(names)))))")
      guard random.chance(belowPercent) else { continue }
      for inner in 0..<random.below(12) { _ = add(id, inner, "sub\(Character(Unicode.Scalar(UInt8(97 + random.below(4)))))") }
    }
    return sketch
  }

  @Test(arguments: 0..<150)
  func groupsAreThoseOfThePlainRules(seed: UInt64) {
    let trace = DistilledTrace(SiblingKindsTests.sketch(seed).snapshot())
    let keys = CallKeys(trace)
    var plain = PlainSiblingKinds(trace, keys)
    var kinds = SiblingKinds(trace, keys)
    var random = SplitMix64(seed: seed &+ 1_000)
    for _ in 0..<12 {
      // The children of one span, or of several that share a line.
      let parents = (0..<1 + random.below(3)).map { _ in random.below(trace.tree.count) }
      let siblings = parents.flatMap { Array(trace.tree.children(of: $0)) }
      guard Set(siblings).count == siblings.count, !siblings.isEmpty else { continue }
      let expected = plain.groups(of: siblings, below: parents.count)
      kinds.group(siblings, below: parents.count)
      #expect(kinds.groups.map { $0.plain(kinds, siblings) } == expected)
    }
  }

  /// Sizes and durations from a coarse grid, so that what lies exactly at a bound is drawn again and again: 4 alike, 8 and 9 rare shapes, sets of 19, 20 and
  /// 21, three times the median, a millisecond above it, a quarter of the parents, equals among outliers.
  private static func coarse(_ seed: UInt64) -> (sketch: TraceSketch, parents: Int) {
    var random = SplitMix64(seed: seed &+ 31)
    var sketch = TraceSketch()
    sketch.spans.append(SketchSpan(id: "root", parent: nil, name: "main", start: 0, end: 4_000_000_000))
    let parents = [1, 1, 1, 2, 3, 4, 5, 8, 9, 12][random.below(10)]
    let count = [3, 4, 5, 7, 8, 9, 10, 11, 18, 19, 20, 21, 22, 40][random.below(14)]
    let (shapes, statements) = (random.below(2) == 0 ? 1 : 1 + random.below(11), random.below(3) == 0 ? 7 + random.below(5) : 1)
    let (failPercent, slowPercent) = (random.below(3) * 10, [0, 5, 10, 20][random.below(4)])
    let usual = Int64([250_000, 500_000, 1_000_000][random.below(3)])
    for outer in 0..<parents {
      sketch.spans.append(SketchSpan(id: "p\(outer)", parent: "root", name: "outer", start: Int64(outer) * 10, end: 3_000_000_000))
    }
    for index in 0..<count {
      let id = "c\(index)"
      let slow = [usual + 1_000_000, 3 * usual, 3 * usual + 1, 1_000_000 + 3 * usual, usual + 999_999, 8 * usual][random.below(6)]
      let nanos = random.chance(slowPercent) ? slow : random.chance(10) ? usual / 2 : usual
      let start = Int64(1_000 + index * 10)
      var span = SketchSpan(id: id, parent: "p\(random.below(parents))", name: "step", start: start, end: start + nanos)
      span.isFailed = random.chance(failPercent)
      if statements > 1 {
        let table = Character(Unicode.Scalar(UInt8(97 + random.below(statements))))
        span.attributes = [("db.system", .text("sqlite")), ("db.statement", .text("SELECT x FROM \(table)"))]
      }
      sketch.spans.append(span)
      let shape = random.below(shapes)
      guard shape > 0 else { continue }
      let name = "sub\(Character(Unicode.Scalar(UInt8(96 + shape))))"
      sketch.spans.append(SketchSpan(id: id + ".sub", parent: id, name: name, start: start, end: start + 1))
    }
    return (sketch, parents)
  }

  @Test(arguments: 0..<600)
  func groupsAtTheirBoundsAreThoseOfThePlainRules(seed: UInt64) {
    let (sketch, count) = Self.coarse(seed)
    let trace = DistilledTrace(sketch.snapshot())
    let keys = CallKeys(trace)
    var plain = PlainSiblingKinds(trace, keys)
    var kinds = SiblingKinds(trace, keys)
    let siblings = (0..<count).flatMap { Array(trace.tree.children(of: trace.row(ofSpan: "p\($0)")!)) }
    guard !siblings.isEmpty else { return }
    let expected = plain.groups(of: siblings, below: count)
    kinds.group(siblings, below: count)
    let got = kinds.groups.map { $0.plain(kinds, siblings) }
    #expect(got == expected, "\(siblings.count) siblings below \(count)")
  }

  /// Every span of the scope is in one node, and a node's spans are children of the spans in the node above.
  @Test(arguments: 0..<40)
  func everySpanIsInOneNode(seed: UInt64) {
    let trace = DistilledTrace(SiblingKindsTests.sketch(seed).snapshot())
    let tree = FoldedTree(trace, CallKeys(trace))
    var seen = [Int](repeating: 0, count: trace.tree.count)
    for node in tree.nodes.indices {
      for row in tree.rows(of: node) { seen[Int(row)] += 1 }
      let below = tree.nodes[node].children.flatMap { Array(tree.rows(of: $0)) }
      #expect(below.sorted() == tree.rows(of: node).flatMap { Array(trace.tree.children(of: Int($0))) }.sorted())
    }
    #expect(seen.allSatisfy { $0 == 1 })
  }

  @Test(arguments: 0..<60)
  func selectingIsSorting(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    // Few and many different values, and orders that are known to be hard.
    let (count, values) = (1 + random.below(600), [1, 2, 7, 1_000_000][random.below(4)])
    var numbers = (0..<count).map { _ in Int64(random.below(values)) - 3 }
    switch random.below(4) {
    case 0: numbers.sort()
    case 1: numbers.sort(by: >)
    case 2: numbers = (0..<count).map { Int64(min($0, count - $0)) }
    default: break
    }
    if random.chance(10) { numbers[0] = .max }
    let sorted = numbers.sorted()
    for place in [0, (count - 1) / 2, (count * 95 + 99) / 100 - 1, count - 1, random.below(count)] {
      #expect(numbers.select(place) == sorted[place])
      #expect(numbers[..<place].allSatisfy { $0 <= sorted[place] } && numbers[place...].allSatisfy { $0 >= sorted[place] })
    }
    #expect(numbers.sorted() == sorted, "no value is lost")
    let times = FoldedTimes(numbers)
    #expect([times.min, times.max] == [sorted[0], sorted[count - 1]])
    #expect([times.p50, times.p95] == [sorted[(count - 1) / 2], sorted[(count * 95 + 99) / 100 - 1]])
  }
}

extension SiblingKinds.Group {
  /// The same group in the form of the simple rules.
  fileprivate func plain(_ kinds: SiblingKinds, _ siblings: [Int32]) -> PlainSiblingKinds.Group {
    PlainSiblingKinds.Group(
      rows: kinds.members[members].map { siblings[Int($0)] }, isMixed: isMixed, isOutlier: isOutlier, position: Int(position),
      among: Int(among), worstPositions: [worst.0, worst.1, worst.2].filter { $0 > 0 }.map(Int.init), slowCount: slowCount,
      slowNanos: slowNanos)
  }
}
