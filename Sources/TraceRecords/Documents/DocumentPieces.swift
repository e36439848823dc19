// Where a long document is cut: each piece is whole values in the containers that were open around them, and what they repeat.

extension DocumentSplitter {
  /// A piece that is long enough, and many times as long as what it repeats, ends behind its latest element; so does one that could otherwise outgrow
  /// the bound of a value before its array ends. One that cannot end in time is given up.
  mutating func cutWhereLong() {
    let isLong = piece.count >= max(pieceBytes, 4 * frame.count) || piece.count - frame.count > maxValueBytes / 2
    guard pieceBytes == 0 || isLong else { return }
    guard levels[levels.count - 1].isArray else {
      guard piece.count - frame.count > maxValueBytes else { return }
      if !isGivenUp { oversize.places.append(start) }
      oversize.bytes += piece.count
      isGivenUp = true
      return beginPiece()
    }
    hand()
    beginPiece()
    isContinued = true
  }

  mutating func beginPiece() {
    piece.removeAll(keepingCapacity: piece.capacity <= 4 << 20)
    piece += frame
    elements = []
    lineObjects = []
    complete = piece.count
    newValues = 0
    // Every open container but the innermost holds the next one; an object may hold repeated members besides.
    for index in levels.indices {
      levels[index].isFilled = index < levels.count - 1 || (!levels[index].isArray && frame.count > levels[index].frameEnd)
    }
  }

  /// What follows the last element of a document that had pieces before says nothing by itself.
  mutating func hand() {
    guard !isContinued || newValues > 0 else { return }
    guard !isGivenUp || elementCount > 0 else {
      oversize.bytes += piece.count
      return
    }
    piece.removeLast(piece.count - complete)
    for level in levels.reversed() { piece.append(level.isArray ? UInt8(ascii: "]") : UInt8(ascii: "}")) }
    ready = Piece(bytes: piece, elements: elements)
    piece = []
  }

  mutating func endDocument() {
    if complete > 0 { hand() }
    levels.removeAll()
    frame.removeAll()
    piece.removeAll(keepingCapacity: piece.capacity <= 4 << 20)
    elements = []
    lineObjects = []
    complete = 0
    value = ValueScan()
    brokenValue = nil
    isSkipping = false
    isContinued = false
    isGivenUp = false
    newValues = 0
    elementCount = 0
    expectation = .value
  }
}
