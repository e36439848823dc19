// Decides which call of a track is inside which: ends are matched with their beginnings, then intervals are nested. A pure function on
// rows.

/// One event that waits for its neighbours, because a profile is not necessarily ordered by time.
struct ChromeEvent: Sendable, BitwiseCopyable {
  enum Kind: UInt8, Sendable, BitwiseCopyable { case call, end, instant }

  var kind: Kind
  /// Its record was handed on with its parent; the event is kept only as a possible parent of others.
  var isPlaced = false
  var track: Int32
  /// The row of its record among the held ones, -1 if there is none.
  var row: Int32 = -1
  /// The call; for an end 0 until its call is known.
  var span: UInt64 = 0
  /// The enclosing span; 0 if there is none.
  var parent: UInt64 = 0
  var start: Int64
  /// `Int64.max` while the call has not ended.
  var end: Int64
  /// Distinguishes beginnings with different names; 0 if an end has no name.
  var name: UInt64 = 0
}

enum ChromeNesting {
  /// Assigns calls to ends, and parents to calls and instants. The events belong to one track, sorted by start; for equal starts in order
  /// of arrival.
  /// - Returns: the number of ends without a beginning; their `span` stays 0.
  /// - Complexity: O(n log n).
  static func resolve(_ events: inout ArraySlice<ChromeEvent>) -> Int {
    let orphans = matchEnds(&events)
    // A call that begins earlier, or at the same time and ends later, is the outer one.
    let order = events.indices.filter { events[$0].kind != .end }.sorted { left, right in
      let (a, b) = (events[left], events[right])
      if a.start != b.start { return a.start < b.start }
      if a.kind != b.kind { return a.kind == .call }
      return a.end == b.end ? left < right : a.end > b.end
    }
    var stack: [Int] = []
    for index in order {
      let isInstant = events[index].kind == .instant
      // An instant at the end of a call still belongs to it, unless another call begins there.
      while let top = stack.last, isInstant ? events[top].end < events[index].start : events[top].end <= events[index].start {
        stack.removeLast()
      }
      if let top = stack.last { events[index].parent = events[top].span }
      if !isInstant { stack.append(index) }
    }
    return orphans
  }

  /// The maximum number of open calls that are searched for an end's name: otherwise a stack of a million calls would be quadratic.
  private static let reach = 256

  /// An end closes the latest open call with its name, or else the latest open call.
  private static func matchEnds(_ events: inout ArraySlice<ChromeEvent>) -> Int {
    var open: [Int] = []
    var orphans = 0
    for index in events.indices {
      switch events[index].kind {
      case .call where events[index].end == .max: open.append(index)
      case .end:
        let name = events[index].name
        guard let place = open.suffix(reach).lastIndex(where: { name == 0 || events[$0].name == name }) ?? open.indices.last
        else {
          orphans += 1
          continue
        }
        let call = open.remove(at: place)
        events[call].end = events[index].start
        events[index].span = events[call].span
      default: break
      }
    }
    return orphans
  }
}
