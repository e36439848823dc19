// Decides where to cut a long document: each piece consists of complete values in the containers that were open around them, and of the
// members that these repeat.

extension DocumentSplitter {
  /// Ends a piece after its latest element if it is long enough and much longer than what it repeats, or if it could otherwise exceed the
  /// limit of a value before its array ends. A piece that cannot end in time is given up.
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
    // Every open container except the innermost contains the next one; an object may also contain repeated members.
    for index in levels.indices {
      levels[index].isFilled = index < levels.count - 1 || (!levels[index].isArray && frame.count > levels[index].frameEnd)
    }
  }

  /// Hands on the current piece. After the last element of a document with earlier pieces, the rest alone has no content.
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
