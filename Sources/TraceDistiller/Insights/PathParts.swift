// A set of moments of the critical path, as disjoint intervals. The path has exactly one span at every moment, so findings with disjoint
// sets count no time twice.

/// Intervals in ascending order that neither overlap nor touch.
package struct PathParts: Sendable, Equatable {
  package struct Part: Sendable, Equatable {
    package var start: Int64
    package var end: Int64
    package var nanos: Int64 { end - start }
  }

  package private(set) var parts: [Part] = []

  package init() {}

  /// - Complexity: O(n log n).
  init(_ unsorted: [Part]) {
    for part in unsorted.sorted(by: { $0.start != $1.start ? $0.start < $1.start : $0.end < $1.end }) where part.end > part.start {
      if let last = parts.last, part.start <= last.end {
        parts[parts.count - 1].end = max(last.end, part.end)
      } else {
        parts.append(part)
      }
    }
  }

  package var isEmpty: Bool { parts.isEmpty }
  package var nanos: Int64 { parts.reduce(0) { $0.addingSaturated($1.nanos) } }

  mutating func formUnion(_ other: PathParts) {
    if let last = parts.last, let first = other.parts.first, last.start <= first.start {
      // Behind it, as calls come one after the other: nothing is to be sorted.
      if first.start <= last.end {
        parts[parts.count - 1].end = max(last.end, first.end)
        guard last.end <= first.end || other.parts.count == 1 else {
          self = PathParts(parts + other.parts)
          return
        }
        parts += other.parts.dropFirst()
      } else {
        parts += other.parts
      }
    } else if isEmpty {
      parts = other.parts
    } else if !other.isEmpty {
      self = PathParts(parts + other.parts)
    }
  }

  /// - Complexity: O(n + log of the other's parts + those of them between its ends).
  func subtracting(_ other: PathParts) -> PathParts {
    var rest = PathParts()
    guard let first = parts.first else { return rest }
    var place = other.firstPart(endingAfter: first.start)
    for part in parts {
      var start = part.start
      while place < other.parts.count, other.parts[place].end <= start { place += 1 }
      var next = place
      while next < other.parts.count, other.parts[next].start < part.end {
        if other.parts[next].start > start { rest.parts.append(Part(start: start, end: other.parts[next].start)) }
        start = other.parts[next].end
        next += 1
      }
      if start < part.end { rest.parts.append(Part(start: start, end: part.end)) }
    }
    return rest
  }

  func intersection(_ other: PathParts) -> PathParts { subtracting(subtracting(other)) }

  /// How much of the interval from…to lies in the set.
  /// - Complexity: O(log n + parts in the interval).
  func nanos(from: Int64, to: Int64) -> Int64 {
    var (sum, place) = (Int64(0), firstPart(endingAfter: from))
    while place < parts.count, parts[place].start < to {
      sum += min(to, parts[place].end) - max(from, parts[place].start)
      place += 1
    }
    return sum
  }

  /// The last `nanos` nanoseconds of the set.
  func suffix(_ nanos: Int64) -> PathParts {
    var (kept, left) = ([Part](), nanos)
    for part in parts.reversed() where left > 0 {
      kept.append(Part(start: max(part.start, part.end - left), end: part.end))
      left -= part.nanos
    }
    return PathParts(kept)
  }

  func firstPart(endingAfter time: Int64) -> Int {
    var (low, high) = (0, parts.count)
    while low < high {
      let middle = (low + high) / 2
      if parts[middle].end <= time { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
