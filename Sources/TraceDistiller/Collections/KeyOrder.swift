// The keys of a table in their order, for who knows only how one begins: made by the first such question, kept from then on.

import Platform

/// Rows of a `ByteTable` by their keys, four bytes each. Keys that came since wait beside it until the next question.
struct KeyOrder: Sendable {
  /// Ascending by key. A row that went stands for its neighbour's, so that the order holds without a key that is no longer there.
  private var rows: [UInt32] = []
  private var gone = 0
  private var waiting: [UInt32] = []
  /// Nobody asked yet: nothing is noted.
  private(set) var isMade = false

  var allocatedBytes: Int { HeapBytes.ofArray(rows.capacity * 4) + HeapBytes.ofArray(waiting.capacity * 4) }
  var isCurrent: Bool { isMade && waiting.isEmpty }

  mutating func note(_ row: Int) {
    guard isMade else { return }
    waiting.append(UInt32(row))
    // So many that it is quicker to sort all again, if anybody asks again.
    if waiting.count > rows.count / 4 + 4_096 { self = KeyOrder() }
  }

  /// A row is about to go; its key is still there.
  mutating func forget(_ row: Int, _ keys: [[UInt8]]) {
    guard isMade else { return }
    let key = keys[row]
    let begin = place(of: key, keys)
    var end = begin
    while end < rows.count, rows[end] == row { end += 1 }
    // It waits still, and its key will be gone when it has its turn.
    guard end > begin else { return }
    guard begin > 0 || end < rows.count else {
      rows = []
      return
    }
    let neighbour = begin > 0 ? rows[begin - 1] : rows[end]
    for place in begin..<end { rows[place] = neighbour }
    gone += 1
    if gone > rows.count / 8 + 64 { compact() }
  }

  /// Takes in what came since.
  /// - Complexity: O(n) where something did, O(n log n) the first time.
  mutating func bringUpToDate(_ keys: [[UInt8]]) {
    guard !isCurrent else { return }
    if !isMade {
      (isMade, gone) = (true, 0)
      rows = Self.sorted(keys.indices.lazy.filter { !keys[$0].isEmpty }.map { UInt32($0) }, keys)
      return
    }
    var latest: UInt32?
    // A row that went and came again waits twice.
    let new = Self.sorted(waiting.filter { !keys[Int($0)].isEmpty }, keys).filter { row in
      defer { latest = row }
      return row != latest
    }
    waiting = []
    var all: [UInt32] = []
    all.reserveCapacity(rows.count + new.count)
    var next = 0
    for row in new {
      let place = max(next, place(of: keys[Int(row)], keys))
      all += rows[next..<place]
      all.append(row)
      next = place
    }
    all += rows[next...]
    rows = all
  }

  /// Rows of keys that begin so, in the order of keys, at most so many.
  /// - Complexity: O(log n + limit); up to date only.
  func rows(beginning text: [UInt8], _ keys: [[UInt8]], limit: Int) -> [Int] {
    var found: [Int] = []
    var place = place(of: text, keys)
    while place < rows.count, found.count < limit, keys[Int(rows[place])].starts(with: text) {
      if found.last != Int(rows[place]) { found.append(Int(rows[place])) }
      place += 1
    }
    return found
  }

  private mutating func compact() {
    var kept: [UInt32] = []
    for row in rows where kept.last != row { kept.append(row) }
    (rows, gone) = (kept, 0)
  }

  /// The first place whose key is not before this one.
  private func place(of key: [UInt8], _ keys: [[UInt8]]) -> Int {
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if Self.precedes(keys[Int(rows[middle])], key) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// By their first eight bytes as numbers; only those that share them are compared.
  private static func sorted(_ rows: some Sequence<UInt32>, _ keys: [[UInt8]]) -> [UInt32] {
    rows.map { row in (head: head(keys[Int(row)]), row: row) }.sorted { left, right in
      left.head != right.head ? left.head < right.head : precedes(keys[Int(left.row)], keys[Int(right.row)])
    }.map(\.row)
  }

  private static func head(_ key: [UInt8]) -> UInt64 {
    var head: UInt64 = 0
    for place in 0..<8 { head = head << 8 | (place < key.count ? UInt64(key[place]) : 0) }
    return head
  }

  private static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.withUnsafeBytes { left in
      right.withUnsafeBytes { right in
        let common = min(left.count, right.count)
        let order = common == 0 ? 0 : memcmp(left.baseAddress!, right.baseAddress!, common)
        return order == 0 ? left.count < right.count : order < 0
      }
    }
  }
}
