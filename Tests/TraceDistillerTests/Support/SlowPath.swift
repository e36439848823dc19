// The critical path of a sketch by its definition, cell by cell: nothing of it is shared with the program.

import TraceRecords

@testable import TraceDistiller

/// Who has each tick of the root; a tick is so long that no two instants of such a sketch lie closer.
struct SlowPath {
  static let tick: Int64 = 100_000

  let spans: [SketchSpan]
  let index: [String: Int]
  private(set) var children: [[Int]]
  /// By tick of the root, the span that has it.
  private(set) var owner: [Int] = []

  init(_ sketch: TraceSketch) {
    spans = sketch.spans
    index = Dictionary(uniqueKeysWithValues: sketch.spans.enumerated().map { ($1.id, $0) })
    children = Array(repeating: [], count: sketch.spans.count)
    for (place, span) in sketch.spans.enumerated() { if let parent = span.parent { children[index[parent]!].append(place) } }
    owner = Array(repeating: 0, count: Int(end(0) / Self.tick))
    walk(0, from: 0, to: end(0))
  }

  func start(_ span: Int) -> Int64 { spans[span].start }
  func end(_ span: Int) -> Int64 { spans[span].end! }
  func length(_ span: Int) -> Int64 { end(span) - start(span) }
  func parent(_ span: Int) -> Int? { spans[span].parent.map { index[$0]! } }

  /// Whether nobody waits for it.
  func isDetached(_ span: Int) -> Bool {
    spans[span].isDetached || spans[span].kind == .consumer && parent(span).map { spans[$0].kind == .producer } ?? false
  }

  func isBelow(_ span: Int, _ above: Int) -> Bool {
    var current: Int? = span
    while let place = current {
      if place == above { return true }
      current = parent(place)
    }
    return false
  }

  /// How many nanoseconds of an interval of the root belong to such spans.
  func nanos(from: Int64 = 0, to: Int64 = .max, where counts: (Int) -> Bool) -> Int64 {
    let (first, last) = (max(0, from / Self.tick), min(Int64(owner.count), to / Self.tick))
    guard first < last else { return 0 }
    return Int64((first..<last).count { counts(owner[Int($0)]) }) * Self.tick
  }

  /// Last-finishing child first, clipped: critical-path.md, section 3.
  private mutating func walk(_ span: Int, from: Int64, to: Int64) {
    var time = to
    let waited = children[span].filter { !isDetached($0) && min(to, end($0)) > max(from, start($0)) }
      .sorted { (min(to, end($0)), start($1), spans[$1].id) > (min(to, end($1)), start($0), spans[$0].id) }
    for child in waited where min(to, end(child)) <= time {
      for tick in min(to, end(child)) / Self.tick..<time / Self.tick { owner[Int(tick)] = span }
      walk(child, from: max(from, start(child)), to: min(to, end(child)))
      time = max(from, start(child))
    }
    if time > from { for tick in from / Self.tick..<time / Self.tick { owner[Int(tick)] = span } }
  }
}
