// Self time: a span's duration without the union of its blocking children. Subtracting their sum instead would give negative times when
// children overlap. See critical-path.md, section 5.

extension CallTree {
  /// The self time of every span, in nanoseconds, between 0 and its duration; and by how much the sum of the children's times exceeds their
  /// union, a hint of concurrency.
  /// - Complexity: O(n), because children are ordered by start.
  package func selfTimes() -> (nanos: [Int64], childOverlap: [Int64]) {
    var (nanos, overlap): ([Int64], [Int64]) = ([], [])
    selfTimes(into: &nanos, childOverlap: &overlap)
    return (nanos, overlap)
  }

  /// The same in memory that is there.
  func selfTimes(into nanos: inout [Int64], childOverlap overlap: inout [Int64]) {
    nanos.refill(0, count)
    overlap.refill(0, count)
    for row in 0..<count where isIncluded[row] {
      //  span    ├────────────────────────┤
      //  children   ├─────┤  ├───┤     ├────────┤     cut at the span's ends
      //  union      ├─────────┤       ├──┤
      let (low, high) = (start[row], end[row])
      var covered: Int64 = 0
      var sum: Int64 = 0
      var reach = low
      for child in children(of: row) where !isDetached[Int(child)] {
        let from = max(low, start[Int(child)])
        let to = min(high, end[Int(child)])
        guard to > from else { continue }
        sum = sum.addingSaturated(to - from)
        if to > reach {
          covered += to - max(from, reach)
          reach = to
        }
      }
      nanos[row] = flags[row].contains(.pruned) ? max(0, duration(row) - sum) : duration(row) - covered
      overlap[row] = sum - covered
    }
  }
}
