// Names, attribute keys, targets and services of one trace: each text once, called by number.

/// Interned texts of one trace. Per trace, not per process, so that they are freed with it and a snapshot needs nothing else.
/// Number 0 is the empty text.
package struct TextTable: Sendable {
  private var references: [TextReference] = []
  /// Empty while the texts are few: comparing a handful is faster than hashing one, and small traces stay small.
  private static let linearLimit = 12
  private var index = HashIndex()
  /// The latest answers: a stream says the same few names again and again.
  private var latest: UInt32 = 0

  package init() {}

  package var count: Int { references.count + 1 }
  package var allocatedBytes: Int { references.capacity * 4 + index.allocatedBytes }

  package mutating func intern(_ text: UnsafeRawBufferPointer, in arena: inout TextArena) -> UInt32 {
    find(text, in: arena) ?? append(text, in: &arena)
  }

  /// The number of a text that is there.
  mutating func find(_ text: UnsafeRawBufferPointer, in arena: TextArena) -> UInt32? {
    if text.isEmpty { return 0 }
    if latest > 0, arena.equals(references[Int(latest) - 1], text) { return latest }
    // Alike records say the same texts in the same order.
    if latest < references.count, arena.equals(references[Int(latest)], text) {
      latest += 1
      return latest
    }
    guard let row = row(of: text, in: arena) else { return nil }
    latest = UInt32(row + 1)
    return latest
  }

  private func row(of text: UnsafeRawBufferPointer, in arena: TextArena) -> Int? {
    if references.count <= Self.linearLimit { return references.firstIndex { arena.equals($0, text) } }
    return index.find(HashIndex.hash(text)) { arena.equals(references[$0], text) }
  }

  /// Adds a text that is known not to be there, under the next number.
  mutating func append(_ text: UnsafeRawBufferPointer, in arena: inout TextArena) -> UInt32 {
    guard let reference = arena.append(text) else { return 0 }
    references.append(reference)
    if references.count > Self.linearLimit {
      let isFirst = index.count == 0
      for row in isFirst ? 0..<references.count : references.count - 1..<references.count {
        index.insert(arena.withBytes(references[row]) { HashIndex.hash($0) }, row: row)
      }
    }
    latest = UInt32(references.count)
    return latest
  }

  package func reference(_ number: UInt32) -> TextReference? { number == 0 ? nil : references[Int(number) - 1] }
}
