// Long documents as short ones: cut between elements, each piece a document of the same shape, so that decoders see no difference and memory does
// not grow with the document.

import Platform

/// A sequence of JSON documents, in chunks of any size. It knows as much of JSON as it takes to find elements; what is in them is for the parser.
///
/// A piece repeats what stood around its elements (a resource, a scope, a trace's id) and leaves out the elements of other pieces. Commas that
/// JSON does not allow at the end of a list are left out, brackets that are missing at the end of the input are put there.
struct DocumentSplitter: Sendable {
  /// Takes a piece, the place in the input where it begins, and what was found faulty before it was handed on.
  typealias Emit = (_ piece: UnsafeRawBufferPointer, _ offset: Int, _ faults: [Fault]) -> Void

  /// What could not be handed on, and where.
  struct Fault: Sendable, Equatable {
    enum Kind: Sendable {
      /// A document or an element broke off: what was whole before is handed on.
      case torn
      /// A line between documents that begins none.
      case stray
      /// A value over the limit.
      case oversize
    }

    var kind: Kind
    /// From the start of the input.
    var offset: Int
  }

  /// Since somebody took them out.
  private var faults: [Fault] = []
  /// Of values over the limit.
  private(set) var oversizeBytes = 0

  private enum Expectation: UInt8 { case document, lineEnd, value, key, colon, comma }

  /// An open container on the way to elements.
  private struct Level {
    var place: DocumentPlace
    var isArray: Bool
    /// Something stands in it in the piece at hand.
    var isFilled = false
    /// The frame's length without what this container added to it, and just behind its bracket.
    var frameStart: Int
    var frameEnd: Int
  }

  private let pieceBytes: Int
  private let maxValueBytes: Int
  private var levels: [Level] = []
  /// The piece at hand. Up to `complete` it is whole values; closing brackets make it a document.
  private var piece: [UInt8] = []
  private var complete = 0
  /// What the next piece begins with: the open containers and their repeated members.
  private var frame: [UInt8] = []
  private var expectation = Expectation.document
  /// The name of the member at hand, quotes included, in the piece.
  private var name = 0..<0
  /// The value at hand, which is read over as one.
  private var value = ValueScan()
  private var isSkipping = false
  /// Elements and repeated members since the piece began, and whether the document had pieces before.
  private var newValues = 0
  private var isContinued = false
  /// Where in the input the piece at hand begins, and the chunk at hand.
  private(set) var pieceOffset = 0
  private var chunkOffset = 0
  private var valueOffset = 0
  private var isCut = false

  /// - Parameters:
  ///   - pieceBytes: a piece ends with the element that makes it so long; 0 gives every element a piece of its own.
  ///   - maxValueBytes: longer values are skipped and counted.
  init(pieceBytes: Int, maxValueBytes: Int) {
    self.pieceBytes = pieceBytes
    self.maxValueBytes = maxValueBytes
  }

  /// - Complexity: O(bytes).
  mutating func feed(_ bytes: UnsafeRawBufferPointer, emit: Emit) {
    var at = 0
    while at < bytes.count {
      if piece.isEmpty { pieceOffset = chunkOffset + at }
      at = value.isOpen ? continueValue(bytes, at, emit) : step(bytes, at, emit)
      if isCut {
        pieceOffset = chunkOffset + at
        isCut = false
      }
    }
    chunkOffset += bytes.count
  }

  /// The input has ended: what is whole is handed on.
  mutating func finish(emit: Emit) {
    if value.isOpen, value.endsWithInput, !isSkipping {
      value = ValueScan()
      endValue(emit)
    }
    if value.isOpen || expectation == .colon || (expectation == .value && levels.last?.isArray == false) { fault(.torn, 0) }
    endDocument(emit)
  }

  /// Hands over the faults that were found up to now, in their order.
  mutating func takeFaults() -> [Fault] {
    defer { faults.removeAll() }
    return faults
  }

  private mutating func fault(_ kind: Fault.Kind, _ at: Int) { faults.append(Fault(kind: kind, offset: chunkOffset + at)) }

  // MARK: Between values

  private mutating func step(_ bytes: UnsafeRawBufferPointer, _ at: Int, _ emit: Emit) -> Int {
    let byte = bytes[at]
    if expectation == .lineEnd {
      guard let newline = memchr(bytes.baseAddress! + at, 0x0A, bytes.count - at) else { return bytes.count }
      expectation = .document
      return UnsafeRawPointer(newline) - bytes.baseAddress! + 1
    }
    if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { return at + 1 }
    switch (expectation, byte) {
    case (.document, UInt8(ascii: "{")): open(.root, isArray: false)
    case (.document, UInt8(ascii: "[")): open(.list, isArray: true)
    // Behind a document that broke off, its rest; between documents, what some programs put there; a mark of the byte order.
    case (.document, UInt8(ascii: ",")), (.document, UInt8(ascii: "]")), (.document, UInt8(ascii: "}")), (.document, 0x1E),
      (.document, 0xEF), (.document, 0xBB), (.document, 0xBF):
      break
    case (.document, _):
      fault(.stray, at)
      expectation = .lineEnd
    case (.key, UInt8(ascii: "\"")): beginValue(byte, isName: true, at)
    case (.key, UInt8(ascii: "}")), (.comma, UInt8(ascii: "}")): return close(isArray: false, bytes, at, emit)
    case (.value, UInt8(ascii: "]")), (.comma, UInt8(ascii: "]")): return close(isArray: true, bytes, at, emit)
    case (.key, UInt8(ascii: ",")): break
    case (.value, UInt8(ascii: ",")) where levels[levels.count - 1].isArray: break
    case (.colon, UInt8(ascii: ":")):
      piece.append(byte)
      expectation = .value
    case (.comma, UInt8(ascii: ",")): expectation = levels[levels.count - 1].isArray ? .value : .key
    case (.value, UInt8(ascii: "{")), (.value, UInt8(ascii: "[")): openOrRead(byte, at)
    case (.value, UInt8(ascii: ":")), (.value, UInt8(ascii: "}")), (.key, _), (.colon, _), (.comma, _), (.value, 0..<0x20):
      return tear(bytes, at, emit)
    case (.value, _): beginValue(byte, isName: false, at)
    case (.lineEnd, _): break
    }
    return at + 1
  }

  /// A container on the way to elements is entered, any other is a value.
  private mutating func openOrRead(_ byte: UInt8, _ at: Int) {
    let isArray = byte == UInt8(ascii: "[")
    let level = levels[levels.count - 1]
    if level.isArray {
      if !isArray, let place = level.place.object { return open(place, isArray: false) }
      if isArray, level.place == .list { return open(.innerList, isArray: true) }
    } else if let place = memberPlace(of: level) {
      if isArray { return open(place, isArray: true) }
      if place == .traces { return open(.trace, isArray: false) }
    }
    beginValue(byte, isName: false, at)
  }

  private func memberPlace(of level: Level) -> DocumentPlace? {
    piece.withUnsafeBytes { level.place.member(UnsafeRawBufferPointer(rebasing: $0[name.lowerBound + 1..<name.upperBound - 1])) }
  }

  private mutating func open(_ place: DocumentPlace, isArray: Bool) {
    let start = frame.count
    separate()
    if let parent = levels.last, !parent.isArray {
      if frame.last != UInt8(ascii: "{") { frame.append(UInt8(ascii: ",")) }
      frame += piece[name]
      frame.append(UInt8(ascii: ":"))
    }
    let bracket = isArray ? UInt8(ascii: "[") : UInt8(ascii: "{")
    frame.append(bracket)
    piece.append(bracket)
    if !levels.isEmpty { levels[levels.count - 1].isFilled = true }
    levels.append(Level(place: place, isArray: isArray, frameStart: start, frameEnd: frame.count))
    complete = piece.count
    expectation = isArray ? .value : .key
  }

  /// Elements and names begin behind a comma, except the first of a piece.
  private mutating func separate() {
    guard let level = levels.last, level.isArray, level.isFilled else { return }
    piece.append(UInt8(ascii: ","))
  }

  private mutating func close(isArray: Bool, _ bytes: UnsafeRawBufferPointer, _ at: Int, _ emit: Emit) -> Int {
    guard let level = levels.last, level.isArray == isArray else { return tear(bytes, at, emit) }
    piece.append(isArray ? UInt8(ascii: "]") : UInt8(ascii: "}"))
    frame.removeLast(frame.count - level.frameStart)
    levels.removeLast()
    complete = piece.count
    guard !levels.isEmpty else {
      endDocument(emit)
      return at + 1
    }
    expectation = .comma
    cutWhereLong(emit)
    return at + 1
  }

  // MARK: Values

  private mutating func beginValue(_ byte: UInt8, isName: Bool, _ at: Int) {
    valueOffset = chunkOffset + at
    if isName {
      if levels[levels.count - 1].isFilled { piece.append(UInt8(ascii: ",")) }
      name = piece.count..<piece.count
    } else {
      separate()
    }
    value = ValueScan(first: byte, isName: isName, start: piece.count)
    piece.append(byte)
  }

  private mutating func continueValue(
    _ bytes: UnsafeRawBufferPointer, _ at: Int, _ emit: Emit
  ) -> Int {
    let (end, outcome) = value.scan(bytes, from: at)
    if isSkipping { oversizeBytes += end - at } else { piece.append(contentsOf: bytes[at..<end]) }
    if !isSkipping, piece.count - value.start > maxValueBytes {
      faults.append(Fault(kind: .oversize, offset: valueOffset))
      oversizeBytes += piece.count - value.start
      piece.removeLast(piece.count - complete)
      isSkipping = true
    }
    switch outcome {
    case .open: return end
    case .torn: return tear(bytes, end, emit)
    case .whole:
      endValue(emit)
      return end
    }
  }

  private mutating func endValue(_ emit: Emit) {
    let isName = value.isName
    value = ValueScan()
    let isArray = levels[levels.count - 1].isArray
    if isSkipping {
      isSkipping = false
      expectation = .comma
      return
    }
    if isName {
      name = name.lowerBound..<piece.count
      expectation = .colon
      return
    }
    levels[levels.count - 1].isFilled = true
    expectation = .comma
    complete = piece.count
    if isArray { newValues += 1 } else { repeatMember() }
    cutWhereLong(emit)
  }

  private mutating func repeatMember() {
    let isRepeated = piece.withUnsafeBytes {
      DocumentPlace.isRepeated(UnsafeRawBufferPointer(rebasing: $0[name.lowerBound + 1..<name.upperBound - 1]))
    }
    guard isRepeated else { return }
    newValues += 1
    guard frame.count + piece.count - name.lowerBound <= maxValueBytes else { return }
    if frame.last != UInt8(ascii: "{") { frame.append(UInt8(ascii: ",")) }
    frame += piece[name.lowerBound...]
  }

  // MARK: Pieces

  /// A piece that is long enough, and many times as long as what it repeats, ends behind its latest element; so does one that could otherwise outgrow
  /// the bound of a value before its array ends. One that cannot end in time is given up.
  private mutating func cutWhereLong(_ emit: Emit) {
    let isLong = piece.count >= max(pieceBytes, 4 * frame.count) || piece.count - frame.count > maxValueBytes / 2
    guard pieceBytes == 0 || isLong else { return }
    guard levels[levels.count - 1].isArray else {
      guard piece.count - frame.count > maxValueBytes else { return }
      faults.append(Fault(kind: .oversize, offset: pieceOffset))
      oversizeBytes += piece.count
      return beginPiece()
    }
    hand(on: emit)
    beginPiece()
    isContinued = true
  }

  private mutating func beginPiece() {
    piece.removeAll(keepingCapacity: piece.capacity <= 4 << 20)
    piece += frame
    complete = piece.count
    newValues = 0
    isCut = true
    // Every open container but the innermost holds the next one; an object may hold repeated members besides.
    for index in levels.indices {
      levels[index].isFilled = index < levels.count - 1 || (!levels[index].isArray && frame.count > levels[index].frameEnd)
    }
  }

  /// What follows the last element of a document that had pieces before says nothing by itself.
  private mutating func hand(on emit: Emit) {
    guard !isContinued || newValues > 0 else { return }
    piece.removeLast(piece.count - complete)
    for level in levels.reversed() { piece.append(level.isArray ? UInt8(ascii: "]") : UInt8(ascii: "}")) }
    let found = takeFaults()
    piece.withUnsafeBytes { emit($0, pieceOffset, found) }
  }

  private mutating func endDocument(_ emit: Emit) {
    if complete > 0 { hand(on: emit) }
    levels.removeAll()
    frame.removeAll()
    piece.removeAll(keepingCapacity: piece.capacity <= 4 << 20)
    complete = 0
    value = ValueScan()
    isSkipping = false
    isContinued = false
    newValues = 0
    expectation = .document
  }

  /// What comes here cannot follow: the document is handed on as far as it is whole. A new one may begin here, where a record does, or with
  /// the next line.
  private mutating func tear(_ bytes: UnsafeRawBufferPointer, _ at: Int, _ emit: Emit)
    -> Int
  {
    fault(.torn, at)
    endDocument(emit)
    if bytes[at] != UInt8(ascii: "{") { expectation = .lineEnd }
    return at
  }
}
