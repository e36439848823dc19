// From the id of a span to its row, made where there is none: whoever is spoken of has one.

extension TraceStorage {
  /// The row of an id, made where there is none. Nil only where the arena is full.
  mutating func row(of id: UnsafeRawBufferPointer) -> Int? {
    if let row = lastSpanRow, arena.equals(spans[row].id, id) { return row }
    lastSpanRow = searchedRow(of: id)
    return lastSpanRow
  }

  /// The same for a parent, which is remembered by itself: children come one after the other, and the end of each mostly behind its start.
  mutating func row(ofParent id: UnsafeRawBufferPointer) -> Int? {
    if let row = lastParentRow, arena.equals(spans[row].id, id) { return row }
    lastParentRow = searchedRow(of: id)
    return lastParentRow
  }

  private mutating func searchedRow(of id: UnsafeRawBufferPointer) -> Int? {
    if !isIndexed { buildIndex() }
    let hash = HashIndex.hash(id)
    if let row = index.find(hash, where: { arena.equals(spans[$0].id, id) }) { return row }
    guard let reference = arena.append(id) else { return nil }
    let row = spans.count
    spans.append(SpanRow(id: reference))
    index.insert(hash, row: row)
    return row
  }

  mutating func buildIndex() {
    index = HashIndex()
    for row in spans.indices { index.insert(arena.withBytes(spans[row].id) { HashIndex.hash($0) }, row: row) }
    isIndexed = true
  }

  /// Whether an id is known, for the store's question about recycled ids.
  package mutating func contains(spanID: UnsafeRawBufferPointer) -> Bool {
    if !isIndexed { buildIndex() }
    return index.find(HashIndex.hash(spanID)) { arena.equals(spans[$0].id, spanID) } != nil
  }
}
