// Orders of traces (least recently updated, oldest completion) that are updated with every record in O(1).

/// One order of the store's traces, as a doubly linked list of slot numbers in plain arrays, without nodes to free.
struct SlotList: Sendable {
  private(set) var first = -1
  private(set) var last = -1
  private(set) var count = 0

  struct Links: Sendable {
    var previous = -1
    var next = -1
  }

  mutating func append(_ slot: Int, _ links: inout [Links]) {
    links[slot] = Links(previous: last, next: -1)
    if last >= 0 { links[last].next = slot } else { first = slot }
    last = slot
    count += 1
  }

  mutating func remove(_ slot: Int, _ links: inout [Links]) {
    let link = links[slot]
    if link.previous >= 0 { links[link.previous].next = link.next } else { first = link.next }
    if link.next >= 0 { links[link.next].previous = link.previous } else { last = link.previous }
    links[slot] = Links()
    count -= 1
  }
}
