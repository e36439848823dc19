// Names, attribute keys, targets and services of one trace. Each text is stored once and referenced by number.

/// Interned texts of one trace. The table belongs to the trace, not to the process, so that it is freed with the trace and a snapshot needs
/// nothing else. Number 0 is the empty text.
package struct TextTable: Sendable {
  private var references: [TextReference] = []
  /// Used only for writing: freed when the trace is sealed, rebuilt when a late record needs it; snapshots have none.
  private var index = HashIndex()
  /// By number, starting with the empty text. Similar records contain the same texts in the same order, so the text that followed the
  /// latest text last time is usually the next one. Names predict the next name; other texts predict the next text.
  private var known: [Known] = []
  private var latest: UInt32 = 0
  private var latestName: UInt32 = 0

  private struct Known: Sendable, BitwiseCopyable {
    var key: TextKey
    /// The text that came after this one, and the name that came after this name.
    var successor: UInt32 = 0
    var nextName: UInt32 = 0
  }

  package init() {}

  package var count: Int { references.count + 1 }
  package var allocatedBytes: Int {
    HeapBytes.ofArray(references.capacity * 4) + HeapBytes.ofArray(known.capacity * MemoryLayout<Known>.stride) + index.allocatedBytes
  }

  package mutating func intern(_ text: UnsafeRawBufferPointer, in arena: inout TextArena) -> UInt32 {
    find(text, in: arena) ?? append(text, in: &arena)
  }

  /// The number of an existing text.
  @inline(__always)
  mutating func find(_ text: UnsafeRawBufferPointer, in arena: TextArena) -> UInt32? {
    if text.isEmpty { return 0 }
    let key = TextKey(text)
    if latest < known.count {
      let guess = known[Int(latest)].successor
      if guess > 0, isText(guess, text, key, arena) {
        latest = guess
        return guess
      }
    }
    return search(text, key, in: arena)
  }

  /// The same for the name of a span. The texts that followed that name last time are expected to follow again.
  @inline(__always)
  mutating func find(name text: UnsafeRawBufferPointer, in arena: TextArena) -> UInt32? {
    if text.isEmpty { return 0 }
    let key = TextKey(text)
    if latestName < known.count {
      let guess = known[Int(latestName)].nextName
      if guess > 0, isText(guess, text, key, arena) {
        (latest, latestName) = (guess, guess)
        return guess
      }
    }
    return search(name: text, key, in: arena)
  }

  @inline(__always)
  private func isText(_ number: UInt32, _ text: UnsafeRawBufferPointer, _ key: TextKey, _ arena: TextArena) -> Bool {
    known[Int(number)].key == key && (key.isWhole || arena.equals(references[Int(number) - 1], text))
  }

  @inline(never)
  private mutating func search(_ text: UnsafeRawBufferPointer, _ key: TextKey, in arena: TextArena) -> UInt32? {
    guard let number = number(of: text, key, in: arena) else { return nil }
    follow(number)
    return number
  }

  @inline(never)
  private mutating func search(name text: UnsafeRawBufferPointer, _ key: TextKey, in arena: TextArena) -> UInt32? {
    guard let number = number(of: text, key, in: arena) else { return nil }
    known[Int(latestName)].nextName = number
    (latest, latestName) = (number, number)
    return number
  }

  private mutating func number(of text: UnsafeRawBufferPointer, _ key: TextKey, in arena: TextArena) -> UInt32? {
    if known.isEmpty { wake(arena) }
    return index.find(TextHash.hash(text, key)) { isText(UInt32($0 + 1), text, key, arena) }.map { UInt32($0 + 1) }
  }

  private mutating func follow(_ number: UInt32) {
    known[Int(latest)].successor = number
    latest = number
  }

  /// Adds a text that the caller knows to be new, with the next number.
  mutating func append(_ text: UnsafeRawBufferPointer, in arena: inout TextArena) -> UInt32 {
    if known.isEmpty { wake(arena) }
    guard let reference = arena.append(text) else { return 0 }
    index.insert(TextHash.hash(text), row: references.count)
    references.append(reference)
    known.append(Known(key: TextKey(text)))
    follow(UInt32(references.count))
    return latest
  }

  package func reference(_ number: UInt32) -> TextReference? { number == 0 ? nil : references[Int(number) - 1] }

  private mutating func wake(_ arena: TextArena) {
    known = [Known(key: TextKey(UnsafeRawBufferPointer(start: nil, count: 0)))]
    known.reserveCapacity(references.count + 1)
    for row in references.indices {
      arena.withBytes(references[row]) { text in
        known.append(Known(key: TextKey(text)))
        index.insert(TextHash.hash(text), row: row)
      }
    }
  }

  var isUnindexed: Bool { known.isEmpty }

  /// A copy without the index, which only the writer needs.
  var unindexed: TextTable {
    var copy = self
    copy.index = HashIndex()
    copy.known = []
    (copy.latest, copy.latestName) = (0, 0)
    return copy
  }

  mutating func seal() {
    self = unindexed
    references = references.trimmed
  }
}

extension Array {
  /// A copy without unused capacity, if there is much of it.
  var trimmed: [Element] {
    guard capacity > count + count / 8 else { return self }
    return Array(unsafeUninitializedCapacity: count) { memory, initialized in initialized = memory.initialize(fromContentsOf: self) }
  }
}
