// Clocks of two hosts differ: a call may seem to begin before its caller. If the request allows it, the spans of the called side are moved
// into their caller. The records are not changed.
//
//   caller, host a   ├──────────────┤            ├──────────────┤
//   call, host b   ├──────┤               →          ├──────┤        centred: both ways are assumed to take the same time

import TraceRecords

/// How much the clock of a host, or of a service with an unknown host, was corrected in a trace.
package struct ClockShift: Sendable, Equatable {
  /// The first span that was moved, or would have been moved.
  package var row: Int
  /// The largest move, forwards or backwards.
  package var nanos: Int64
  package var spans: Int
  /// False if the move was larger than allowed: then the spans were not moved.
  package var isApplied: Bool
}

extension CallTree {
  /// Moves spans that were reported by another host than their parent's and do not fit inside the parent, together with the same host's
  /// spans below them.
  ///
  /// - Parameter most: the largest allowed move; a larger one is only reported. 0 means never.
  /// - Complexity: O(n).
  mutating func adjustClocks(_ storage: TraceStorage, within most: Int64) {
    guard most > 0 else { return }
    var shifts = [Int64](repeating: 0, count: count)
    var places: [UInt64: Int] = [:]
    orderParentsFirst()
    let order = parentsFirst
    for row in order.lazy.map(Int.init) {
      let above = Int(parent[row])
      guard above >= 0 else { continue }
      let (clock, callers) = (storage.clock(of: row), storage.clock(of: above))
      guard clock != callers, clock != 0, callers != 0 else {
        move(row, by: shifts[above], &shifts)
        continue
      }
      let skew = skew(of: row, inside: above)
      guard skew != 0 else { continue }
      let isApplied = skew.magnitude <= UInt64(most)
      if isApplied { move(row, by: skew, &shifts) }
      note(row, skew, isApplied, clock, &places)
    }
    // Spans that moved together are reported together.
    for row in 0..<count where shifts[row] != 0 {
      if let place = places[key(storage.clock(of: row), true)] { clockShifts[place].spans += 1 }
    }
  }

  private mutating func move(_ row: Int, by nanos: Int64, _ shifts: inout [Int64]) {
    guard nanos != 0 else { return }
    shifts[row] = nanos
    start[row] = Timestamp.clamped(start[row].addingSaturated(nanos))
    end[row] = Timestamp.clamped(end[row].addingSaturated(nanos))
  }

  private mutating func note(_ row: Int, _ skew: Int64, _ isApplied: Bool, _ clock: UInt64, _ places: inout [UInt64: Int]) {
    let key = key(clock, isApplied)
    guard let place = places[key] else {
      places[key] = clockShifts.count
      return clockShifts.append(ClockShift(row: row, nanos: skew, spans: isApplied ? 0 : 1, isApplied: isApplied))
    }
    if !isApplied { clockShifts[place].spans += 1 }
    if skew.magnitude > clockShifts[place].nanos.magnitude { clockShifts[place].nanos = skew }
  }

  private func key(_ clock: UInt64, _ isApplied: Bool) -> UInt64 { clock << 1 | (isApplied ? 1 : 0) }

  /// How far a span must move to fit inside its parent, whose own position is final.
  private func skew(of row: Int, inside above: Int) -> Int64 {
    let early = start[above].subtractingSaturated(start[row])
    // A span that outlasts its parent, or is not waited for, must only not begin before its parent. The end of an open span is a guess.
    if isDetached[row] || isOpen[row] || isOpen[above] || duration(row) > duration(above) { return max(0, early) }
    if early <= 0, end[row] <= end[above] { return 0 }
    return early.addingSaturated((duration(above) - duration(row)) / 2)
  }
}
