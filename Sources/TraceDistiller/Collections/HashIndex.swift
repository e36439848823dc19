// Maps the hash of a text to the number of its row. This is the only hash table behind span ids, names, traces and producers.

import Platform

/// An open-addressing table of row numbers. It stores no keys: the owner compares them. Linear probing, removal by shifting back (Knuth,
/// The Art of Computer Programming 3, section 6.4, algorithm R), at most two thirds full.
struct HashIndex: Sendable {
  /// Hash in the upper half, row + 1 in the lower half; 0 means free.
  private var cells: [UInt64] = []
  private(set) var count = 0

  var allocatedBytes: Int { HeapBytes.ofArray(cells.capacity * 8) }

  @inline(__always)
  func find(_ hash: UInt32, where isMatch: (Int) -> Bool) -> Int? {
    guard !cells.isEmpty else { return nil }
    let mask = cells.count - 1
    var position = Int(hash) & mask
    while cells[position] != 0 {
      let cell = cells[position]
      if UInt32(truncatingIfNeeded: cell >> 32) == hash, isMatch(Int(UInt32(truncatingIfNeeded: cell)) - 1) {
        return Int(UInt32(truncatingIfNeeded: cell)) - 1
      }
      position = (position + 1) & mask
    }
    return nil
  }

  /// The row, or the cell where it belongs. The cell is valid until something is added.
  @inline(__always)
  mutating func findOrPlace(_ hash: UInt32, where isMatch: (Int) -> Bool) -> (row: Int?, place: Int) {
    if (count + 1) * 3 > cells.count * 2 { grow() }
    let mask = cells.count - 1
    return cells.withUnsafeBufferPointer { cells in
      var position = Int(hash) & mask
      while cells[position] != 0 {
        let cell = cells[position]
        if UInt32(truncatingIfNeeded: cell >> 32) == hash, isMatch(Int(UInt32(truncatingIfNeeded: cell)) - 1) {
          return (Int(UInt32(truncatingIfNeeded: cell)) - 1, position)
        }
        position = (position + 1) & mask
      }
      return (nil, position)
    }
  }

  /// Adds a row at the cell that was just found for it.
  @inline(__always)
  mutating func insert(_ hash: UInt32, row: Int, at place: Int) {
    precondition(cells[place] == 0)
    cells[place] = UInt64(hash) << 32 | UInt64(UInt32(row + 1))
    count += 1
  }

  /// Adds a row that the caller knows to be new.
  mutating func insert(_ hash: UInt32, row: Int) {
    if (count + 1) * 3 > cells.count * 2 { grow() }
    place(UInt64(hash) << 32 | UInt64(UInt32(row + 1)))
    count += 1
  }

  mutating func remove(_ hash: UInt32, row: Int) {
    guard !cells.isEmpty else { return }
    let mask = cells.count - 1
    let wanted = UInt64(hash) << 32 | UInt64(UInt32(row + 1))
    var hole = Int(hash) & mask
    while cells[hole] != wanted {
      if cells[hole] == 0 { return }
      hole = (hole + 1) & mask
    }
    count -= 1
    var next = hole
    while true {
      next = (next + 1) & mask
      guard cells[next] != 0 else { break }
      let home = Int(truncatingIfNeeded: cells[next] >> 32) & mask
      // A cell may move back only as far as its home.
      if (next - home) & mask >= (next - hole) & mask {
        cells[hole] = cells[next]
        hole = next
      }
    }
    cells[hole] = 0
  }

  init() {}

  /// With capacity for that many rows.
  init(capacity: Int) {
    guard capacity > 5 else { return }
    var cellCount = 8
    while capacity * 3 > cellCount * 2 { cellCount *= 2 }
    cells = Array(repeating: 0, count: cellCount)
  }

  @inline(never)
  private mutating func grow() {
    let old = cells
    cells = Array(repeating: 0, count: max(8, old.count * 2))
    for cell in old where cell != 0 { place(cell) }
  }

  private mutating func place(_ cell: UInt64) {
    let mask = cells.count - 1
    var position = Int(truncatingIfNeeded: cell >> 32) & mask
    while cells[position] != 0 { position = (position + 1) & mask }
    cells[position] = cell
  }
}

/// Numbers for byte strings, for the few long-lived tables of the store (trace ids, producers, runs).
struct ByteTable: Sendable {
  private var index = HashIndex()
  private var keys: [[UInt8]] = []
  private var free: [Int] = []
  private var keyBytes = 0
  /// A bit for each length that a key has or had, below 64.
  private var lengths: UInt64 = 0
  /// Index of some keys by their last bytes.
  private var endings = HashIndex()
  private var order = KeyOrder()

  /// The size of the table, including the header of each key.
  var allocatedBytes: Int {
    keyBytes + HeapBytes.ofArray(keys.capacity * 8) + HeapBytes.ofArray(free.capacity * 8) + index.allocatedBytes
      + endings.allocatedBytes + order.allocatedBytes
  }

  /// The size of one key, without its row in tables of the owner.
  static func bytes(ofKey count: Int) -> Int { HeapBytes.ofArray(count) + 24 }

  var count: Int { keys.count - free.count }

  /// Whether there may be a key of that length: there is or was one. For lengths of 64 and more the answer is yes.
  func hasKeys(ofLength length: Int) -> Bool { length >= 64 || lengths >> UInt64(length) & 1 != 0 }

  subscript(row: Int) -> [UInt8] { keys[row] }

  func find(_ key: UnsafeRawBufferPointer) -> Int? {
    index.find(TextHash.hash(key)) { holds(key, at: $0) }
  }

  func holds(_ key: UnsafeRawBufferPointer, at row: Int) -> Bool {
    keys[row].withUnsafeBytes { $0.count == key.count && (key.isEmpty || memcmp($0.baseAddress!, key.baseAddress!, key.count) == 0) }
  }

  /// Whether a key and a text are equal up to the length of the shorter one.
  func agrees(_ text: UnsafeRawBufferPointer, withKeyAt row: Int) -> Bool {
    keys[row].withUnsafeBytes { key in
      let count = min(key.count, text.count)
      return count == 0 || memcmp(key.baseAddress!, text.baseAddress!, count) == 0
    }
  }

  /// The key's row, and whether it is new. Rows of removed keys are reused.
  mutating func insert(_ key: UnsafeRawBufferPointer) -> (row: Int, isNew: Bool) {
    let hash = TextHash.hash(key)
    if let row = index.find(hash, where: { holds(key, at: $0) }) { return (row, false) }
    let row: Int
    if let reused = free.popLast() {
      row = reused
      keys[row] = Array(key)
    } else {
      row = keys.count
      keys.append(Array(key))
    }
    index.insert(hash, row: row)
    order.note(row)
    if key.count < 64 { lengths |= 1 << UInt64(key.count) }
    keyBytes += Self.bytes(ofKey: key.count)
    return (row, true)
  }

  /// Makes a key findable by its last 16 bytes.
  mutating func noteEnding(_ ending: UnsafeRawBufferPointer, row: Int) { endings.insert(TextHash.hash(ending), row: row) }

  /// A key with that ending.
  func row(endingWith ending: UnsafeRawBufferPointer) -> Int? {
    endings.find(TextHash.hash(ending)) { keys[$0].suffix(ending.count).elementsEqual(ending) }
  }

  /// Makes ready for questions about how keys begin.
  mutating func putInOrder() { order.bringUpToDate(keys) }

  /// Rows of keys that begin so, in the order of keys, at most so many; nil where that takes a look at all keys, because nobody made ready.
  func rows(beginning text: [UInt8], limit: Int) -> [Int]? { order.isCurrent ? order.rows(beginning: text, keys, limit: limit) : nil }

  mutating func remove(row: Int) {
    order.forget(row, keys)
    // Has no effect if the ending was not added.
    endings.remove(keys[row].suffix(16).withUnsafeBytes { TextHash.hash($0) }, row: row)
    index.remove(keys[row].withUnsafeBytes { TextHash.hash($0) }, row: row)
    keyBytes -= Self.bytes(ofKey: keys[row].count)
    keys[row] = []
    free.append(row)
  }
}
