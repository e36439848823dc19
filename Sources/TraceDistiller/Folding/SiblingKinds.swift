// Decides which siblings become one node: similar ones without their outliers, and rare ones with the same name if there are too many
// kinds.

/// Groups siblings, one set of them after another.
///
/// A trace of 120,000 spans has 15,000 sets of siblings, most of them with only a few members, so the arrays are reused from set to set.
/// Siblings are identified by their index in the set, from 0.
struct SiblingKinds {
  struct Group {
    /// Indices in `members`.
    var members: Range<Int>
    var isMixed = false
    var isOutlier = false
    var position: Int32 = 0
    var among: Int32 = 0
    /// For outliers: the positions of the longest ones, the longest first; 0 if there are fewer.
    var worst: (Int32, Int32, Int32) = (0, 0, 0)
    /// Outliers that its line shows together with the others.
    var slowCount = 0
    var slowNanos: Int64 = 0
  }

  /// The groups in the order of their first siblings, each with its siblings in order.
  private(set) var groups: [Group] = []
  private(set) var members: [Int32] = []

  /// Siblings with the same call and shape.
  private struct Bucket {
    var shape: UInt64
    var call: Int32
    var count: Int32 = 0
    var isFailed: Bool
    /// It already stands for many spans, and is shown by itself.
    var isGroup: Bool
    /// The set of siblings that are shown together; -1 if each is shown by itself.
    var set: Int32 = -1
  }

  /// A call as `CallKeys` defines it. But if one name has many rare calls (each iteration of a loop requests its own page), these count as
  /// one.
  private struct Call {
    var count: Int32 = 0
    var buckets: Int32 = 0
    var rareBuckets: Int32 = 0
    /// The number of siblings in rare buckets, without and with failures, and the sets that they form.
    var rare: (fine: Int32, failed: Int32) = (0, 0)
    var mixed: (fine: Int32, failed: Int32) = (-1, -1)
  }

  private struct Assembly {
    var call: Int32
    var isMixed: Bool
    var count: Int
  }

  private let tree: CallTree
  private let subtreeSpans: [Int32]
  private let subtreeFailures: [Int32]
  private let keys: CallKeys
  private let shapes: [UInt64]

  // By key and by text number of a name. Between two sets of siblings all entries are reset to these values.
  private var countOfKey: [Int32]
  private var callOfKey: [Int32]
  private var callOfName: [Int32]
  private var rareOfName: [Int32]

  // By index.
  private var callOf: [Int32] = []
  private var bucketOf: [Int32] = []
  /// Its position among the siblings with the same call, from 1.
  private var position: [Int32] = []
  /// The group that begins with it, or -1.
  private var groupAt: [Int32] = []

  private var calls: [Call] = []
  private var buckets: [Bucket] = []
  /// The numbers of buckets, by the hash of shape and call.
  private var bucketIndex = HashIndex()
  private var sets: [Assembly] = []
  private var unordered: [Group] = []
  private var gathered: [Int32] = []
  private var nextOfSet: [Int] = []
  private var durations: [Int64] = []

  private static let unmet: Int32 = -1
  private static let metAsRare: Int32 = -2

  init(_ trace: DistilledTrace, _ keys: CallKeys) {
    tree = trace.tree
    subtreeSpans = trace.subtreeSpans
    subtreeFailures = trace.subtreeFailures
    shapes = SubtreeShapes(trace).shapes
    self.keys = keys
    countOfKey = Array(repeating: 0, count: keys.count)
    callOfKey = Array(repeating: SiblingKinds.unmet, count: keys.count)
    callOfName = Array(repeating: SiblingKinds.unmet, count: trace.snapshot.storage.texts.count)
    rareOfName = Array(repeating: 0, count: callOfName.count)
  }

  /// Groups siblings. The result is in `groups` and `members`.
  /// - Parameter parents: The number of similar spans whose children they are. Children of a single span are shown one by one if there are
  ///   few of a kind.
  /// - Complexity: O(k) for k siblings, on average.
  mutating func group(_ siblings: [Int32], below parents: Int) {
    groups.removeAll(keepingCapacity: true)
    members.removeAll(keepingCapacity: true)
    if siblings.count == 1 {
      members.append(0)
      return groups.append(Group(members: 0..<1, among: 1))
    }
    if siblings.count <= SiblingKinds.few, parents == 1, tell(few: siblings) { return }
    numberCalls(siblings, below: parents)
    findBuckets(siblings)
    findSets(below: parents)
    if sets.isEmpty { return tellEach() }
    gather(siblings)
  }

  // MARK: Kinds of siblings

  private mutating func numberCalls(_ siblings: [Int32], below parents: Int) {
    calls.removeAll(keepingCapacity: true)
    callOf.removeAll(keepingCapacity: true)
    position.removeAll(keepingCapacity: true)
    var kinds = 0
    for row in siblings {
      let key = Int(keys[Int(row)])
      if countOfKey[key] == 0 { kinds += 1 }
      countOfKey[key] += 1
    }
    // With only one kind of call, nothing is rare.
    let mayJoin = kinds > 1
    if mayJoin {
      for row in siblings {
        let key = Int(keys[Int(row)])
        guard callOfKey[key] == SiblingKinds.unmet, isRare(key, parents) else { continue }
        callOfKey[key] = SiblingKinds.metAsRare
        rareOfName[Int(tree.name[Int(row)])] += 1
      }
    }
    let mostRare = parents > 1 ? 1 : FoldedTree.mostRareShapes
    for row in siblings {
      let (key, name) = (Int(keys[Int(row)]), Int(tree.name[Int(row)]))
      let isJoined = mayJoin && rareOfName[name] > mostRare && isRare(key, parents)
      var call = isJoined ? callOfName[name] : callOfKey[key]
      if call < 0 {
        call = Int32(calls.count)
        calls.append(Call())
        if isJoined { callOfName[name] = call } else { callOfKey[key] = call }
      }
      calls[Int(call)].count += 1
      callOf.append(call)
      position.append(calls[Int(call)].count)
    }
    for row in siblings {
      let (key, name) = (Int(keys[Int(row)]), Int(tree.name[Int(row)]))
      countOfKey[key] = 0
      callOfKey[key] = SiblingKinds.unmet
      callOfName[name] = SiblingKinds.unmet
      rareOfName[name] = 0
    }
  }

  private func isRare(_ key: Int, _ parents: Int) -> Bool {
    parents > 1 ? Int(countOfKey[key]) * 4 < parents : Int(countOfKey[key]) < FoldedTree.leastAlike
  }

  private mutating func findBuckets(_ siblings: [Int32]) {
    buckets.removeAll(keepingCapacity: true)
    bucketOf.removeAll(keepingCapacity: true)
    for (row, call) in zip(siblings, callOf) {
      let shape = shapes[Int(row)]
      let hash = SiblingKinds.hash(shape, call)
      let known = bucketIndex.find(hash) { buckets[$0].shape == shape && buckets[$0].call == call }
      let bucket = known ?? buckets.count
      if known == nil {
        bucketIndex.insert(hash, row: bucket)
        buckets.append(
          Bucket(shape: shape, call: call, isFailed: subtreeFailures[Int(row)] > 0, isGroup: tree.flags[Int(row)].contains(.collapsed)))
        calls[Int(call)].buckets += 1
      }
      buckets[bucket].count += 1
      bucketOf.append(Int32(bucket))
    }
    // The next set needs an empty index, and a large one would be slow to clear.
    if buckets.count > SiblingKinds.mostKept { bucketIndex = HashIndex() }
    for (number, bucket) in buckets.enumerated() where bucketIndex.count > 0 {
      bucketIndex.remove(SiblingKinds.hash(bucket.shape, bucket.call), row: number)
    }
  }

  private static let mostKept = 1_024

  private static func hash(_ shape: UInt64, _ call: Int32) -> UInt32 {
    UInt32(truncatingIfNeeded: StableHash.mix(shape, UInt64(call)))
  }

  /// Decides which buckets are shown together.
  private mutating func findSets(below parents: Int) {
    sets.removeAll(keepingCapacity: true)
    for index in buckets.indices {
      let bucket = buckets[index]
      guard !bucket.isGroup else { continue }
      let call = Int(bucket.call)
      if bucket.count >= FoldedTree.leastAlike || parents > 1 && calls[call].buckets <= FoldedTree.mostRareShapes {
        buckets[index].set = Int32(sets.count)
        sets.append(Assembly(call: bucket.call, isMixed: false, count: Int(bucket.count)))
        continue
      }
      calls[call].rareBuckets += 1
      if bucket.isFailed { calls[call].rare.failed += bucket.count } else { calls[call].rare.fine += bucket.count }
    }
    for index in buckets.indices where buckets[index].set < 0 && !buckets[index].isGroup {
      let bucket = buckets[index]
      let call = calls[Int(bucket.call)]
      // Failures stay separate from the others, and are one group only if there are many.
      let count = bucket.isFailed ? call.rare.failed : call.rare.fine
      guard call.rareBuckets > FoldedTree.mostRareShapes || parents > 1, count >= FoldedTree.leastAlike else { continue }
      var set = bucket.isFailed ? call.mixed.failed : call.mixed.fine
      if set < 0 {
        set = Int32(sets.count)
        sets.append(Assembly(call: bucket.call, isMixed: true, count: Int(count)))
        if bucket.isFailed { calls[Int(bucket.call)].mixed.failed = set } else { calls[Int(bucket.call)].mixed.fine = set }
      }
      buckets[index].set = set
    }
  }

  // MARK: Groups

  private func single(_ place: Int, at member: Int) -> Group {
    let among = calls[Int(callOf[place])].count
    return Group(members: member..<member + 1, position: among >= FoldedTree.leastAlike ? position[place] : 0, among: among)
  }

  /// With so few siblings, no name can have many rare calls.
  private static let few = FoldedTree.mostRareShapes

  /// A shortcut for few siblings, which is the most common case. Returns false if one call occurs often enough to be a loop.
  private mutating func tell(few siblings: [Int32]) -> Bool {
    for place in siblings.indices {
      let key = keys[Int(siblings[place])]
      var among: Int32 = 0
      for other in siblings where keys[Int(other)] == key { among += 1 }
      guard among < FoldedTree.leastAlike else {
        groups.removeAll(keepingCapacity: true)
        members.removeAll(keepingCapacity: true)
        return false
      }
      members.append(Int32(place))
      groups.append(Group(members: place..<place + 1, among: among))
    }
    return true
  }

  /// No siblings are similar.
  private mutating func tellEach() {
    for place in callOf.indices {
      members.append(Int32(place))
      groups.append(single(place, at: place))
    }
  }

  private mutating func gather(_ siblings: [Int32]) {
    unordered.removeAll(keepingCapacity: true)
    groupAt.removeAll(keepingCapacity: true)
    nextOfSet.removeAll(keepingCapacity: true)
    var start = 0
    for set in sets {
      nextOfSet.append(start)
      start += set.count
    }
    gathered.removeAll(keepingCapacity: true)
    gathered.append(contentsOf: repeatElement(0, count: start))
    for place in callOf.indices {
      groupAt.append(-1)
      let set = Int(buckets[Int(bucketOf[place])].set)
      guard set >= 0 else {
        add(single(place, at: members.count), [Int32(place)])
        continue
      }
      gathered[nextOfSet[set]] = Int32(place)
      nextOfSet[set] += 1
    }
    for (number, set) in sets.enumerated() { split(set, nextOfSet[number] - set.count..<nextOfSet[number], siblings) }
    for group in groupAt where group >= 0 { groups.append(unordered[Int(group)]) }
  }

  private mutating func add(_ group: Group, _ places: some Sequence<Int32>) {
    var group = group
    let start = members.count
    members.append(contentsOf: places)
    group.members = start..<members.count
    groupAt[Int(members[start])] = Int32(unordered.count)
    unordered.append(group)
  }

  // MARK: Outliers

  /// Adds a set as a group, with its outliers separate.
  private mutating func split(_ set: Assembly, _ range: Range<Int>, _ siblings: [Int32]) {
    let among = calls[Int(set.call)].count
    let limit = outlierLimit(range, siblings)
    var slow: [Int32] = []
    if limit < .max {
      for index in range where tree.duration(Int(siblings[Int(gathered[index])])) > limit { slow.append(gathered[index]) }
    }
    guard !slow.isEmpty else {
      let position = range.count == 1 && among > 1 ? position[Int(gathered[range.lowerBound])] : 0
      return add(Group(members: range, isMixed: set.isMixed, position: position, among: among), gathered[range])
    }
    // For calls without children, a second line would add no information.
    let isOneLine =
      slow.count > FoldedTree.mostOutliers && !set.isMixed
      && gathered[range].allSatisfy { subtreeSpans[Int(siblings[Int($0)])] == 1 }
    if isOneLine {
      var group = Group(members: range, among: among, worst: worst(of: slow, siblings), slowCount: slow.count)
      for place in slow { group.slowNanos = group.slowNanos.addingSaturated(tree.duration(Int(siblings[Int(place)]))) }
      return add(group, gathered[range])
    }
    let ordinary = gathered[range].filter { tree.duration(Int(siblings[Int($0)])) <= limit }
    if !ordinary.isEmpty {
      let position = ordinary.count == 1 && among > 1 ? position[Int(ordinary[0])] : 0
      add(Group(members: range, isMixed: set.isMixed, position: position, among: among), ordinary)
    }
    if slow.count > FoldedTree.mostOutliers {
      add(Group(members: range, isMixed: set.isMixed, isOutlier: true, among: among, worst: worst(of: slow, siblings)), slow)
    } else {
      for place in slow { add(Group(members: range, isOutlier: true, position: position[Int(place)], among: among), [place]) }
    }
  }

  private func worst(of slow: [Int32], _ siblings: [Int32]) -> (Int32, Int32, Int32) {
    var places: (Int32, Int32, Int32) = (0, 0, 0)
    var times: (Int64, Int64, Int64) = (-1, -1, -1)
    // Equal values keep their order.
    for place in slow {
      let (number, nanos) = (position[Int(place)], tree.duration(Int(siblings[Int(place)])))
      if nanos > times.0 {
        (places, times) = ((number, places.0, places.1), (nanos, times.0, times.1))
      } else if nanos > times.1 {
        (places, times) = ((places.0, number, places.1), (times.0, nanos, times.1))
      } else if nanos > times.2 {
        (places.2, times.2) = (number, nanos)
      }
    }
    return places
  }

  /// More than three times the median and at least a millisecond above it; with twenty or more siblings also above the 95th percentile.
  private mutating func outlierLimit(_ range: Range<Int>, _ siblings: [Int32]) -> Int64 {
    guard range.count >= FoldedTree.leastAlike else { return .max }
    durations.removeAll(keepingCapacity: true)
    var (least, most) = (Int64.max, Int64.min)
    for index in range {
      let duration = tree.duration(Int(siblings[Int(gathered[index])]))
      durations.append(duration)
      least = min(least, duration)
      most = max(most, duration)
    }
    // The median is at least the minimum, so without computing it we know that nothing exceeds the limit.
    if most <= least.addingSaturated(1_000_000 - 1) || most / 3 < least { return .max }
    let p50 = durations.select(FoldedTimes.median(of: range.count))
    let (triple, overflow) = p50.multipliedReportingOverflow(by: 3)
    guard !overflow else { return .max }
    let limit = max(triple, p50.addingSaturated(1_000_000 - 1))
    return range.count >= 20 ? max(limit, durations.select(FoldedTimes.place95(of: range.count))) : limit
  }
}
