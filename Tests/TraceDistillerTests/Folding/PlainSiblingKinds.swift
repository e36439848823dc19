// The rules of folding in their simplest form, with dictionaries and sorting: `SiblingKinds` is compared with it.

import TraceRecords

@testable import TraceDistiller

struct PlainSiblingKinds {
  struct Group: Equatable {
    var rows: [Int32] = []
    var isMixed = false
    var isOutlier = false
    var position = 0
    var among = 0
    var worstPositions: [Int] = []
    /// The number of outliers that its line mentions together with the others.
    var slowCount = 0
    var slowNanos: Int64 = 0
  }

  // Of their own: the rules, not what the code has made of them.
  private static let leastAlike = 4
  private static let mostRareShapes = 8
  private static let mostOutliers = 2
  private static let mostNamedOutliers = 3

  private let trace: DistilledTrace
  private let shapes: [UInt64]
  private let keys: CallKeys
  /// Reused for each call: most nodes have few children.
  private var bucketOfShape: [UInt64: Int] = [:]
  /// By row: its index among the current siblings, and its position among those with the same call, from 1.
  private var order: [Int32]
  private var place: [Int32]

  init(_ trace: DistilledTrace, _ keys: CallKeys) {
    self.trace = trace
    shapes = SubtreeShapes(trace).shapes
    self.keys = keys
    order = Array(repeating: 0, count: trace.tree.count)
    place = order
  }

  /// Groups siblings.
  /// - Parameter parents: The number of similar spans whose children they are. Children of a single span are shown one by one if there are
  ///   few of a kind.
  mutating func groups(of siblings: [Int32], below parents: Int) -> [Group] {
    if siblings.count == 1 { return [Group(rows: siblings, among: 1)] }
    let calls = number(siblings, below: parents)
    let buckets = buckets(of: siblings, calls.ofSibling)
    var made: [Group] = []
    var bucketsOfCall = [[Int]](repeating: [], count: calls.counts.count)
    for (index, bucket) in buckets.enumerated() { bucketsOfCall[bucket.call].append(index) }
    for (call, own) in bucketsOfCall.enumerated() {
      let among = calls.counts[call]
      var rare: [Int] = []
      for index in own {
        let rows = buckets[index].rows
        if rows.count >= Self.leastAlike || (parents > 1 && own.count <= Self.mostRareShapes) {
          append(rows, isMixed: false, among, to: &made)
        } else {
          rare.append(index)
        }
      }
      let isCrowded = rare.count > Self.mostRareShapes || parents > 1
      for failed in [false, true] {
        let rows = rare.filter { isFailed(buckets[$0].rows) == failed }.flatMap { buckets[$0].rows }
        // Failures stay separate from the others, and are one group only if there are many.
        if isCrowded, rows.count >= Self.leastAlike {
          append(rows.sorted { order[Int($0)] < order[Int($1)] }, isMixed: true, among, to: &made)
        } else {
          let hasAlike = among >= Self.leastAlike
          made += rows.map { Group(rows: [$0], position: hasAlike ? Int(place[Int($0)]) : 0, among: among) }
        }
      }
    }
    return made.sorted { order[Int($0.rows[0])] < order[Int($1.rows[0])] }
  }

  // MARK: Kinds of siblings

  private struct Bucket {
    var call: Int
    var rows: [Int32] = []
  }

  /// Siblings with the same call and shape.
  private mutating func buckets(of siblings: [Int32], _ calls: [Int32]) -> [Bucket] {
    bucketOfShape.removeAll(keepingCapacity: true)
    var buckets: [Bucket] = []
    for (row, call) in zip(siblings, calls) {
      let shape = StableHash.mix(shapes[Int(row)], UInt64(call))
      if let bucket = bucketOfShape[shape] {
        buckets[bucket].rows.append(row)
      } else {
        bucketOfShape[shape] = buckets.count
        buckets.append(Bucket(call: Int(call), rows: [row]))
      }
    }
    return buckets
  }

  private struct Calls {
    var ofSibling: [Int32] = []
    var counts: [Int] = []
  }

  /// Numbers the calls among siblings, and the siblings of each. A call is what `CallKeys` says; but if one name has many rare calls (each
  /// iteration of a loop requests its own page), these are one.
  private mutating func number(_ siblings: [Int32], below parents: Int) -> Calls {
    var counts: [Int32: Int] = [:]
    for row in siblings { counts[keys[Int(row)], default: 0] += 1 }
    func isRare(_ key: Int32) -> Bool { parents > 1 ? counts[key]! * 4 < parents : counts[key]! < Self.leastAlike }
    var rareCalls: [UInt32: Int] = [:]
    if counts.count > 1 {
      var seen: Set<Int32> = []
      for row in siblings where isRare(keys[Int(row)]) && seen.insert(keys[Int(row)]).inserted { rareCalls[name(row), default: 0] += 1 }
    }
    let mostRare = parents > 1 ? 1 : Self.mostRareShapes
    var calls = Calls()
    var callOfKey: [Int32: Int] = [:]
    var callOfName: [UInt32: Int] = [:]
    for (index, row) in siblings.enumerated() {
      let key = keys[Int(row)]
      let isJoined = counts.count > 1 && isRare(key) && rareCalls[name(row), default: 0] > mostRare
      let call = (isJoined ? callOfName[name(row)] : callOfKey[key]) ?? calls.counts.count
      if call == calls.counts.count {
        calls.counts.append(0)
        if isJoined { callOfName[name(row)] = call } else { callOfKey[key] = call }
      }
      calls.counts[call] += 1
      calls.ofSibling.append(Int32(call))
      place[Int(row)] = Int32(calls.counts[call])
      order[Int(row)] = Int32(index)
    }
    return calls
  }

  private func name(_ row: Int32) -> UInt32 { trace.snapshot.storage.spans[Int(row)].name }

  private func isFailed(_ rows: [Int32]) -> Bool { trace.subtreeFailures[Int(rows[0])] > 0 }

  // MARK: Outliers

  /// Adds a group, with its outliers separate.
  private func append(_ rows: [Int32], isMixed: Bool, _ among: Int, to made: inout [Group]) {
    let limit = outlierLimit(rows)
    let ordinary = rows.filter { trace.tree.duration(Int($0)) <= limit }
    let outliers = rows.filter { trace.tree.duration(Int($0)) > limit }
    // For calls without children, a second line would add no information.
    let isOneLine = outliers.count > Self.mostOutliers && !isMixed && rows.allSatisfy { trace.subtreeSpans[Int($0)] == 1 }
    if isOneLine {
      var group = Group(rows: rows, among: among, worstPositions: worst(of: outliers), slowCount: outliers.count)
      for row in outliers { group.slowNanos = group.slowNanos.addingSaturated(trace.tree.duration(Int(row))) }
      made.append(group)
      return
    }
    if !ordinary.isEmpty {
      let position = ordinary.count == 1 && among > 1 ? Int(place[Int(ordinary[0])]) : 0
      made.append(Group(rows: ordinary, isMixed: isMixed, position: position, among: among))
    }
    if outliers.count > Self.mostOutliers {
      made.append(Group(rows: outliers, isMixed: isMixed, isOutlier: true, among: among, worstPositions: worst(of: outliers)))
    } else {
      made += outliers.map { Group(rows: [$0], isOutlier: true, position: Int(place[Int($0)]), among: among) }
    }
  }

  private func worst(of outliers: [Int32]) -> [Int] {
    let worst = outliers.sorted { (trace.tree.duration(Int($1)), order[Int($0)]) < (trace.tree.duration(Int($0)), order[Int($1)]) }
    return worst.prefix(Self.mostNamedOutliers).map { Int(place[Int($0)]) }
  }

  /// More than three times the median and a millisecond above it; with twenty or more also above the 95th percentile.
  private func outlierLimit(_ rows: [Int32]) -> Int64 {
    guard rows.count >= Self.leastAlike else { return .max }
    let sorted = rows.map { trace.tree.duration(Int($0)) }.sorted()
    let median = sorted[(sorted.count - 1) / 2]
    let (triple, overflow) = median.multipliedReportingOverflow(by: 3)
    guard !overflow else { return .max }
    let limit = max(triple, median.addingSaturated(1_000_000 - 1))
    return rows.count >= 20 ? max(limit, sorted[(sorted.count * 95 + 99) / 100 - 1]) : limit
  }
}
