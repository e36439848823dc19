// The order in which traces began: the newest page of a list is read off its end, however many traces are kept.

/// The kept traces by age, as a doubly linked list of slot numbers. Half as wide as `SlotList`'s links: every kept trace has an entry.
struct AgeOrder: Sendable {
  private struct Links: Sendable {
    var older: Int32 = -1
    var newer: Int32 = -1
  }

  private var links: [Links] = []
  /// The slot of the trace that began last; -1 if there is none.
  private(set) var newest = -1

  var allocatedBytes: Int { links.capacity * MemoryLayout<Links>.stride }

  /// The slot of the trace that began before the one in this slot; -1 if it is the first.
  func older(than slot: Int) -> Int { Int(links[slot].older) }

  /// A trace began: it is newer than all others.
  mutating func append(_ slot: Int) {
    while links.count <= slot { links.append(Links()) }
    links[slot] = Links(older: Int32(newest), newer: -1)
    if newest >= 0 { links[newest].newer = Int32(slot) }
    newest = slot
  }

  mutating func remove(_ slot: Int) {
    let link = links[slot]
    if link.older >= 0 { links[Int(link.older)].newer = link.newer }
    if link.newer >= 0 { links[Int(link.newer)].older = link.older } else { newest = Int(link.older) }
    links[slot] = Links()
  }
}
