// Which call of a track is inside which: ends find their beginnings, then intervals nest. Pure: rows in, rows out.

/// One event that waits for its neighbours, because a profile's order need not be that of time.
struct ChromeEvent: Sendable, BitwiseCopyable {
  enum Kind: UInt8, Sendable, BitwiseCopyable { case call, end, instant }

  var kind: Kind
  /// Its record was handed on, with its parent: it only stays to be the parent of others.
  var isPlaced = false
  var track: Int32
  /// The row of its record among the held ones, -1 for none.
  var row: Int32 = -1
  /// Of a call; 0 until it is known whose end an end is.
  var span: UInt64 = 0
  /// The span in which it lies; 0 for none.
  var parent: UInt64 = 0
  var start: Int64
  /// `Int64.max` while the call has not ended.
  var end: Int64
  /// Tells beginnings of different names apart; 0 where an end has no name.
  var name: UInt64 = 0
}

enum ChromeNesting {
  /// Gives ends their calls and calls and instants their parents. The events of one track, sorted by start and, where that is the same, as they came.
  /// - Returns: how many ends had no beginning; their `span` stays 0.
  /// - Complexity: O(n log n).
  static func resolve(_ events: inout ArraySlice<ChromeEvent>) -> Int {
    let orphans = matchEnds(&events)
    // What begins first and, of those, what ends last is outside.
    let order = events.indices.filter { events[$0].kind != .end }.sorted { left, right in
      let (a, b) = (events[left], events[right])
      if a.start != b.start { return a.start < b.start }
      if a.kind != b.kind { return a.kind == .call }
      return a.end == b.end ? left < right : a.end > b.end
    }
    var stack: [Int] = []
    for index in order {
      let isInstant = events[index].kind == .instant
      // An instant at the end of a call still belongs to it, where nothing else begins there.
      while let top = stack.last, isInstant ? events[top].end < events[index].start : events[top].end <= events[index].start {
        stack.removeLast()
      }
      if let top = stack.last { events[index].parent = events[top].span }
      if !isInstant { stack.append(index) }
    }
    return orphans
  }

  /// How many open calls an end looks through for its name: more would make a stack of a million calls quadratic.
  private static let reach = 256

  /// An end closes the latest open call of its name, else the latest open call.
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
