// A document breaks off because its writer died or another writer wrote into it: complete values are kept, and what follows is recovered.

extension DocumentSplitter {
  var isRootName: Bool {
    piece.withUnsafeBytes { DocumentPlace.isRootName(UnsafeRawBufferPointer(rebasing: $0[name.lowerBound + 1..<name.upperBound - 1])) }
  }

  func isRootObject(from start: Int) -> Bool {
    piece.withUnsafeBytes { DocumentPlace.beginsRecord(UnsafeRawBufferPointer(rebasing: $0[start...])) }
  }

  /// Ends the document before a value that is a separate record; the record follows as a document.
  mutating func beginAnew(from start: Int) {
    let record = Array(piece[start...])
    let element = Element(range: 0..<record.count, place: valuePlace, index: 0)
    isTorn = true
    following = (record, element)
  }

  /// The same if only the record's first name was seen, and its bracket was taken for that of an element.
  mutating func beginAnew(with name: [UInt8]) {
    start = valuePlace
    open(.root, isArray: false)
    piece += name
    self.name = 1..<piece.count
    expectation = .colon
  }

  mutating func takeTornParts() -> (parts: [[UInt8]], textLines: Int) {
    defer { (tornParts, tornTextLines) = ([], 0) }
    return (tornParts, tornTextLines)
  }

  mutating func takeFollowing() -> (bytes: [UInt8], element: Element)? {
    defer { following = nil }
    return following
  }

  /// Hands on the complete elements of a document that broke off. An object without elements is dropped: completed, it could have another
  /// meaning.
  mutating func endTorn() {
    if isInValue, !value.isName, !isSkipping, value.start < piece.count {
      // A complete line in it may be a standalone record.
      if piece[value.start...].contains(0x0A) { tornParts.append(Array(piece[value.start...])) }
      tornTextLines += max(0, value.rawBreaks - (value.isInText ? 1 : 0))
    }
    for range in lineObjects where range.upperBound <= piece.count { tornParts.append([0x0A] + piece[range]) }
    wasBare = levels.count == 1 && levels[0].count == 0 && !isInValue && expectation != .colon
    if elementCount == 0 { complete = 0 }
    endDocument()
  }
}
