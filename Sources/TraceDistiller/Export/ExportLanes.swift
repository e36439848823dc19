// Trace viewers draw one track per thread and derive nesting from the intervals. Traces have no threads, and their spans may overlap. Here
// each span gets a track on which every interval either lies inside an earlier one or begins after it.
//
//     root   ├──────────────────────────┤   track 1
//     a         ├──────────┤                track 1
//     b               ├───────────┤         track 2: overlaps a
//     c                            ├─┤      track 1

struct ExportLanes: Sendable {
  /// By row.
  private(set) var lane: [Int32]
  /// The span inside which this one is drawn: its parent, or -1 at the bottom of a track.
  private(set) var enclosing: [Int32]
  /// The index of a row in the order of starts, parents first: the order in which the intervals of a track open.
  private(set) var position: [Int32]
  /// By track: its process, and its number in that process, from 0.
  private(set) var tracks: [(process: Int32, number: Int32)] = []
  /// By process: the text number of its service's name.
  private(set) var services: [UInt32] = []

  /// - Parameter byService: Gives different services different tracks, like processes.
  /// - Complexity: O(n log n) time, O(n) memory.
  init(_ trace: DistilledTrace, order: ExportOrder, byService: Bool) {
    let tree = trace.tree
    lane = Array(repeating: -1, count: tree.count)
    enclosing = lane
    position = lane
    let sweep = ExportLanes.sweep(tree)
    var processes: [UInt32: Int32] = [:]
    var pools: [LanePool] = []
    var stacks: [[Int32]] = []
    for (place, row32) in sweep.enumerated() {
      let row = Int(row32)
      position[row] = Int32(place)
      let service = byService ? trace.snapshot.storage.spans[row].service : 0
      let process = processes[service] ?? Int32(pools.count)
      if Int(process) == pools.count {
        processes[service] = process
        services.append(service)
        pools.append(LanePool())
      }
      let parent = Int(tree.parent[row])
      if parent >= 0, lane[parent] >= 0, tracks[Int(lane[parent])].process == process {
        let track = Int(lane[parent])
        while let top = stacks[track].last, top != Int32(parent), tree.end[Int(top)] <= tree.start[row] { stacks[track].removeLast() }
        if stacks[track].last == Int32(parent), tree.end[row] <= tree.end[parent] {
          stacks[track].append(row32)
          lane[row] = lane[parent]
          enclosing[row] = Int32(parent)
          continue
        }
      }
      let track = pools[Int(process)].take(from: tree.start[row], to: tree.end[row]) { number in
        tracks.append((process, number))
        stacks.append([])
        return Int32(tracks.count - 1)
      }
      lane[row] = track
      stacks[Int(track)] = [row32]
    }
  }

  /// Rows by start; for equal starts parents first, then whole subtrees, the shorter ones first.
  private static func sweep(_ tree: CallTree) -> [Int32] {
    var rank = [Int32](repeating: 0, count: tree.count)
    var rows: [Int32] = []
    rows.reserveCapacity(tree.count)
    var stack = tree.roots.map { Int32($0.row) }.sorted { precedes(tree, $1, $0) }
    while let row = stack.popLast() {
      rank[Int(row)] = Int32(rows.count)
      rows.append(row)
      // They are already ordered by start.
      let children = tree.children(of: Int(row))
      var from = stack.count
      stack.append(contentsOf: children.reversed())
      if children.count > 1 {
        while from < stack.count {
          var to = from + 1
          while to < stack.count, tree.start[Int(stack[to])] == tree.start[Int(stack[from])] { to += 1 }
          if to - from > 1 { stack[from..<to].sort { precedes(tree, $1, $0) } }
          from = to
        }
      }
    }
    return rows.sorted { left, right in
      let (first, second) = (tree.start[Int(left)], tree.start[Int(right)])
      return first != second ? first < second : rank[Int(left)] < rank[Int(right)]
    }
  }

  private static func precedes(_ tree: CallTree, _ left: Int32, _ right: Int32) -> Bool {
    let (left, right) = (Int(left), Int(right))
    if tree.start[left] != tree.start[right] { return tree.start[left] < tree.start[right] }
    return tree.end[left] != tree.end[right] ? tree.end[left] < tree.end[right] : tree.idPrecedes(left, right)
  }
}

/// The tracks of one process: which are free at an instant, the lowest number first.
private struct LanePool {
  private var busy = Heap()
  private var free = Heap()
  private var count: Int32 = 0

  mutating func take(from start: Int64, to end: Int64, make: (Int32) -> Int32) -> Int32 {
    while let least = busy.least, least.key <= start {
      busy.removeLeast()
      free.insert((Int64(least.track), least.track))
    }
    let track: Int32
    if let least = free.least {
      free.removeLeast()
      track = least.track
    } else {
      track = make(count)
      count += 1
    }
    busy.insert((end, track))
    return track
  }
}

/// A binary heap. Ties are broken by track, so that the same trace always gets the same tracks.
private struct Heap {
  typealias Entry = (key: Int64, track: Int32)
  private var entries: [Entry] = []

  var least: Entry? { entries.first }

  mutating func insert(_ entry: Entry) {
    entries.append(entry)
    var place = entries.count - 1
    while place > 0, entries[place] < entries[(place - 1) / 2] {
      entries.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func removeLeast() {
    entries.swapAt(0, entries.count - 1)
    entries.removeLast()
    var place = 0
    while true {
      var least = place
      for child in [place * 2 + 1, place * 2 + 2] where child < entries.count && entries[child] < entries[least] { least = child }
      guard least != place else { return }
      entries.swapAt(place, least)
      place = least
    }
  }
}
