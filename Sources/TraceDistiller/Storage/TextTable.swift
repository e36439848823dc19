// Names, attribute keys, targets and services of one trace: each text once, called by number.

/// Interned texts of one trace. Per trace, not per process, so that they are freed with it and a snapshot needs nothing else.
/// Number 0 is the empty text.
package struct TextTable: Sendable {
  private var references: [TextReference] = []
  private var index = HashIndex()
  /// The latest answers: a stream says the same few names again and again.
  private var latest: UInt32 = 0

  package init() {}

  package var count: Int { references.count + 1 }
  package var allocatedBytes: Int { references.capacity * 4 + index.allocatedBytes }

  package mutating func intern(_ text: UnsafeRawBufferPointer, in arena: inout TextArena) -> UInt32 {
    if text.isEmpty { return 0 }
    if latest > 0, arena.equals(references[Int(latest) - 1], text) { return latest }
    let hash = HashIndex.hash(text)
    if let row = index.find(hash, where: { arena.equals(references[$0], text) }) {
      latest = UInt32(row + 1)
      return latest
    }
    return append(text, hash: hash, in: &arena)
  }

  /// Adds a text that is known not to be there, under the next number.
  mutating func append(_ text: UnsafeRawBufferPointer, in arena: inout TextArena) -> UInt32 {
    append(text, hash: HashIndex.hash(text), in: &arena)
  }

  private mutating func append(_ text: UnsafeRawBufferPointer, hash: UInt32, in arena: inout TextArena) -> UInt32 {
    guard let reference = arena.append(text) else { return 0 }
    references.append(reference)
    index.insert(hash, row: references.count - 1)
    latest = UInt32(references.count)
    return latest
  }

  package func reference(_ number: UInt32) -> TextReference? { number == 0 ? nil : references[Int(number) - 1] }

  /// The number of a text that is there already.
  package func find(_ text: String, in arena: TextArena) -> UInt32? {
    var text = text
    return text.withUTF8 { bytes in
      let raw = UnsafeRawBufferPointer(bytes)
      return index.find(HashIndex.hash(raw)) { arena.equals(references[$0], raw) }.map { UInt32($0 + 1) }
    }
  }
}
