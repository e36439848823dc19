// The sequence numbers of a producer that have arrived: re-delivered records are rejected, gaps are counted.

/// A set of numbers that usually arrive in order, stored as disjoint ascending ranges.
package struct SequenceSet: Sendable, Equatable {
  private var ranges: [ClosedRange<UInt64>] = []
  /// Above this the two lowest ranges are joined and the gap between them is no longer tracked.
  private static let maxRanges = 1_024
  private var forgotten: UInt64 = 0
  /// The highest number known to have been sent, whether it arrived or not.
  private var announced: UInt64 = 0

  package init() {}

  var allocatedBytes: Int {
    HeapBytes.ofArray(ranges.capacity * MemoryLayout<ClosedRange<UInt64>>.stride) + MemoryLayout<SequenceSet>.stride
  }

  /// Adds a number. Returns false if it was already there.
  /// - Complexity: O(1) if in order; otherwise O(log ranges + ranges), with at most 1,024 ranges.
  package mutating func insert(_ number: UInt64) -> Bool {
    if let last = ranges.last {
      if number == last.upperBound &+ 1 {
        ranges[ranges.count - 1] = last.lowerBound...number
        return true
      }
      if number > last.upperBound {
        ranges.append(number...number)
        trim()
        return true
      }
    } else {
      ranges.append(number...number)
      return true
    }
    return insertAmong(number...number)
  }

  /// Adds every number of a range, known or not: the range that a gap record reports. Returns how many were not known.
  /// - Complexity: O(ranges).
  @discardableResult
  package mutating func account(for range: ClosedRange<UInt64>) -> UInt64 {
    let width = (range.upperBound - range.lowerBound).addingSaturated(1)
    var known: UInt64 = 0
    for held in ranges where held.overlaps(range) {
      let both = held.clamped(to: range)
      known += (both.upperBound - both.lowerBound).addingSaturated(1)
    }
    _ = insertAmong(range)
    return width - min(width, known)
  }

  /// Numbers that were sent but possibly never read: those not in the set count as missing from now on. If nothing is known of the
  /// producer, the numbers before the range went to an earlier reader.
  package mutating func announce(unread range: ClosedRange<UInt64>) {
    // The range starts at 0, which is never a record's number, so that the gap after it has a start even if nothing was read.
    if ranges.isEmpty { ranges = [0...range.lowerBound - 1] }
    announced = max(announced, range.upperBound)
  }

  /// Whether every number of a range is in the set.
  /// - Complexity: O(log ranges).
  package func contains(_ range: ClosedRange<UInt64>) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < range.lowerBound { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].lowerBound <= range.lowerBound && ranges[low].upperBound >= range.upperBound
  }

  /// The numbers between the first and the last that never arrived and that no gap record reports.
  package var missing: UInt64 {
    var total = forgotten.addingSaturated(announced - min(announced, highest))
    for (left, right) in zip(ranges, ranges.dropFirst()) { total += right.lowerBound - left.upperBound - 1 }
    return total
  }

  package var highest: UInt64 { ranges.last?.upperBound ?? 0 }

  private mutating func insertAmong(_ range: ClosedRange<UInt64>) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      // Find the first range that touches or follows the new one.
      if ranges[middle].upperBound < UInt64.max, ranges[middle].upperBound + 1 < range.lowerBound {
        low = middle + 1
      } else {
        high = middle
      }
    }
    var merged = range
    var end = low
    while end < ranges.count, range.upperBound == UInt64.max || ranges[end].lowerBound <= range.upperBound + 1 {
      if ranges[end].contains(range.lowerBound), ranges[end].contains(range.upperBound) { return false }
      merged = min(merged.lowerBound, ranges[end].lowerBound)...max(merged.upperBound, ranges[end].upperBound)
      end += 1
    }
    ranges.replaceSubrange(low..<end, with: [merged])
    trim()
    return true
  }

  private mutating func trim() {
    guard ranges.count > SequenceSet.maxRanges else { return }
    forgotten += ranges[1].lowerBound - ranges[0].upperBound - 1
    ranges.replaceSubrange(0...1, with: [ranges[0].lowerBound...ranges[1].upperBound])
  }
}
