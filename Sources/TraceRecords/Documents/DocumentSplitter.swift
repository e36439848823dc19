// Long documents as short ones: cut between elements, each piece a document of the same shape, so that decoders see no difference and memory does
// not grow with the document.

/// One JSON document at a time, fed line by line. It knows as much of JSON as it takes to find elements; what is in them is for the parser.
///
/// A piece repeats what stood around its elements (a resource, a scope, a trace's id) and leaves out the elements of other pieces. Commas that
/// JSON does not allow, or that are missing between elements, and brackets that are missing at the end of the input are repaired.
struct DocumentSplitter: Sendable {
  enum Event: Equatable {
    /// All bytes were taken.
    case more
    /// `takePiece` has something: a part of the document, or its end, where `isOpen` is false.
    case piece
    /// `takeBroken` has an element that is no JSON; the document goes on behind it.
    case broken
    /// What comes cannot follow: the document ends. `takePiece` has what was whole before.
    case torn
  }

  /// A document in the making, or a part of one.
  struct Piece: Sendable {
    var bytes: [UInt8] = []
    var elements: [Element] = []
  }

  /// Where an element lies: in its piece, and in the input.
  struct Element: Sendable {
    var range: Range<Int>
    var place: Place
    /// In its list, from 0.
    var index: Int
  }

  struct Place: Sendable, Equatable {
    var line: UInt64 = 0
    var offset: UInt64 = 0
  }

  enum Expectation: UInt8 { case value, key, colon, comma }

  /// An open container on the way to elements.
  struct Level {
    var place: DocumentPlace
    var isArray: Bool
    /// Something stands in it in the piece at hand.
    var isFilled = false
    /// The frame's length without what this container added to it, and just behind its bracket.
    var frameStart: Int
    var frameEnd: Int
    /// Elements and members that it had.
    var count = 0
    /// The latest element was a list.
    var hasLists = false
  }

  let pieceBytes: Int
  let maxValueBytes: Int
  var levels: [Level] = []
  /// The piece at hand. Up to `complete` it is whole values; closing brackets make it a document.
  var piece: [UInt8] = []
  var elements: [Element] = []
  var complete = 0
  /// What the next piece begins with: the open containers and their repeated members.
  var frame: [UInt8] = []
  var expectation = Expectation.value
  /// The name of the member at hand, quotes included, in the piece.
  var name = 0..<0
  /// The value at hand, which is read over as one.
  var value = ValueScan()
  var brokenValue: BrokenValueScan?
  var valuePlace = Place()
  /// The value at hand is an object that begins a line, behind the name of a member; and nothing but blanks came since the latest line break.
  var (beginsLine, isAtLineStart) = (false, false)
  /// Such objects that ended: where something broke off before them, they may be records of their own.
  var lineObjects: [Range<Int>] = []
  var isSkipping = false
  /// Elements and repeated members since the piece began, elements of the whole document, and whether the document had pieces before.
  var newValues = 0
  var elementCount = 0
  var isContinued = false
  /// Where the document begins.
  var start = Place()
  var isTorn = false
  /// A part of it was too long: without elements it is no document any more.
  var isGivenUp = false
  var ready: Piece?
  var broken: (bytes: [UInt8], element: Element)?
  /// The name with which a record begins that stands where an element belongs.
  var nameOfNext: [UInt8]?
  /// What broke off with a document and may be records of their own: the lines of a value of more than one, and objects that began lines.
  var tornParts: [[UInt8]] = []
  /// Lines of text in what broke off.
  var tornTextLines = 0
  /// A whole record that stood inside of what broke off before it.
  var following: (bytes: [UInt8], element: Element)?
  /// Values over the limit: where each began, and their bytes.
  var oversize: (places: [Place], bytes: Int) = ([], 0)

  /// - Parameters:
  ///   - pieceBytes: a piece ends with the element that makes it so long; 0 gives every element a piece of its own.
  ///   - maxValueBytes: longer values are skipped and counted.
  init(pieceBytes: Int, maxValueBytes: Int) {
    self.pieceBytes = pieceBytes
    self.maxValueBytes = maxValueBytes
  }

  /// A document has begun and not ended.
  var isOpen: Bool { !levels.isEmpty }

  /// What is open is a list whose elements were all handed on.
  var isIdle: Bool { isInPlainList && !isInValue && newValues == 0 }

  /// Of what is open, as far as it is held.
  var heldBytes: Int { piece.count }
  var heldCapacity: Int { piece.capacity }

  /// It has a list of elements at which it may be cut. What Rust's tracing writes has a list of spans too, and begins otherwise.
  var holdsElements: Bool {
    guard levels.contains(where: \.isArray) || elementCount > 0 else { return false }
    return !(levels.count == 2 && levels[1].place == .elements && piece.withUnsafeBytes { DocumentPlace.beginsRecord($0) })
  }

  /// The document that ended latest was a bracket and nothing else that JSON knows.
  var wasBare = false

  /// Where that began with which the document before broke off.
  var tear = Place()
  /// Where the value at hand began, or the one before.
  var latestValue: Place { valuePlace }
  /// A member of an object has ended, and no comma came.
  var isBehindMember: Bool { expectation == .comma && levels.last?.isArray == false }

  /// Inside of a string, whose line may have broken off.
  var isInText: Bool { value.isInText && brokenValue == nil && !isSkipping }

  /// Inside of a value that is read over as one.
  var isInValue: Bool { value.isOpen || brokenValue != nil }

  /// In a list whose elements mean something by themselves: a record that begins a line is one of them.
  var isInPlainList: Bool { levels.last.map { $0.place == .list || $0.place == .innerList || $0.place == .events } ?? false }

  // MARK: Bytes

  /// Takes bytes of one line, up to what is of interest to the caller, who takes it and goes on from `end`.
  /// - Parameters:
  ///   - place: the line, and where the first byte of `bytes` lies in the input.
  /// - Complexity: O(bytes).
  mutating func take(_ bytes: UnsafeRawBufferPointer, from first: Int, at place: Place) -> (end: Int, event: Event) {
    var at = first
    while at < bytes.count {
      if levels.isEmpty { start = Place(line: place.line, offset: place.offset + UInt64(at)) }
      if brokenValue != nil {
        at = continueBroken(bytes, at, place)
      } else if value.isOpen {
        at = continueValue(bytes, at)
      } else {
        at = step(bytes, at, place)
      }
      if isTorn {
        isTorn = false
        tear = isInValue || levels.last?.isArray == false ? valuePlace : Place(line: place.line, offset: place.offset + UInt64(at))
        endTorn()
        if let name = nameOfNext.take() { beginAnew(with: name) }
        return (at, .torn)
      }
      if broken != nil { return (at, .broken) }
      if ready != nil || levels.isEmpty { return (at, .piece) }
    }
    return (at, .more)
  }

  /// The input has ended: what is whole is handed on, and whether something was not.
  mutating func finish() -> Event {
    guard isOpen else { return .more }
    if value.isOpen, value.endsWithInput, !isSkipping, brokenValue == nil {
      value = ValueScan()
      endValue()
    }
    // Some programs never close their list of events.
    let isWhole = isInPlainList && !isInValue
    if isWhole { endDocument() } else { endTorn() }
    return isWhole ? .piece : .torn
  }

  mutating func takePiece() -> Piece? {
    defer { ready = nil }
    return ready
  }

  mutating func takeBroken() -> (bytes: [UInt8], element: Element)? {
    defer { broken = nil }
    return broken
  }

  mutating func takeOversize() -> (places: [Place], bytes: Int)? {
    guard oversize.bytes > 0 else { return nil }
    defer { oversize = ([], 0) }
    return oversize
  }

  /// Hands on the whole elements of a list that goes on, for whoever cannot wait: true where `takePiece` has some.
  mutating func cutNow() -> Bool {
    guard isInPlainList, !isInValue, newValues > 0 else { return false }
    hand()
    beginPiece()
    isContinued = true
    return ready != nil
  }

  // MARK: Between values

  private mutating func step(_ bytes: UnsafeRawBufferPointer, _ at: Int, _ place: Place) -> Int {
    let byte = bytes[at]
    if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      if byte == 0x0A { isAtLineStart = true }
      return at + 1
    }
    defer { isAtLineStart = false }
    let here = Place(line: place.line, offset: place.offset + UInt64(at))
    guard let level = levels.last else {
      let isArray = byte == UInt8(ascii: "[")
      open(isArray ? .list : .root, isArray: isArray)
      return at + 1
    }
    switch (expectation, byte) {
    case (.key, UInt8(ascii: "\"")): beginValue(byte, isName: true, here)
    case (.key, UInt8(ascii: "}")), (.comma, UInt8(ascii: "}")): return close(isArray: false, at)
    case (.value, UInt8(ascii: "]")), (.comma, UInt8(ascii: "]")): return close(isArray: true, at)
    case (.key, UInt8(ascii: ",")): break
    case (.value, UInt8(ascii: ",")) where level.isArray: break
    case (.colon, UInt8(ascii: ":")):
      piece.append(byte)
      expectation = .value
    case (.comma, UInt8(ascii: ",")): expectation = level.isArray ? .value : .key
    // Elements without a comma between them, too.
    case (.value, UInt8(ascii: "{")), (.value, UInt8(ascii: "[")),
      (.comma, UInt8(ascii: "{")) where level.isArray || expectation == .value,
      (.comma, UInt8(ascii: "[")) where level.place == .list:
      openOrRead(byte, here)
      // The document ended before it.
      if levels.isEmpty { return at }
    case (.comma, UInt8(ascii: "\"")) where !level.isArray: beginValue(byte, isName: true, here)
    case (.value, UInt8(ascii: ":")), (.value, UInt8(ascii: "}")), (.key, _), (.colon, _), (.comma, _), (.value, 0..<0x20):
      isTorn = true
      return at
    case (.value, _): beginValue(byte, isName: false, here)
    }
    return at + 1
  }

  /// A container on the way to elements is entered, any other is a value.
  private mutating func openOrRead(_ byte: UInt8, _ here: Place) {
    let isArray = byte == UInt8(ascii: "[")
    let level = levels[levels.count - 1]
    if level.isArray {
      if !isArray, let place = level.place.object { return open(place, isArray: false) }
      if isArray, level.place == .list {
        // Some programs never close their list of events: another document begins.
        guard level.count == 0 || level.hasLists else { return endDocument() }
        levels[levels.count - 1].hasLists = true
        return open(.innerList, isArray: true)
      }
    } else if let place = memberPlace(of: level) {
      if isArray { return open(place, isArray: true) }
      if place == .traces { return open(.trace, isArray: false) }
    }
    beginValue(byte, isName: false, here)
  }

  private func memberPlace(of level: Level) -> DocumentPlace? {
    piece.withUnsafeBytes { level.place.member(UnsafeRawBufferPointer(rebasing: $0[name.lowerBound + 1..<name.upperBound - 1])) }
  }

  mutating func open(_ place: DocumentPlace, isArray: Bool) {
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
    if !levels.isEmpty {
      levels[levels.count - 1].isFilled = true
      levels[levels.count - 1].count += 1
    }
    levels.append(Level(place: place, isArray: isArray, frameStart: start, frameEnd: frame.count))
    complete = piece.count
    expectation = isArray ? .value : .key
  }

  /// Elements and names begin behind a comma, except the first of a piece.
  mutating func separate() {
    guard let level = levels.last, level.isArray, level.isFilled else { return }
    piece.append(UInt8(ascii: ","))
  }

  private mutating func close(isArray: Bool, _ at: Int) -> Int {
    guard let level = levels.last, level.isArray == isArray else {
      isTorn = true
      return at
    }
    piece.append(isArray ? UInt8(ascii: "]") : UInt8(ascii: "}"))
    frame.removeLast(frame.count - level.frameStart)
    levels.removeLast()
    complete = piece.count
    guard !levels.isEmpty else {
      endDocument()
      return at + 1
    }
    expectation = .comma
    cutWhereLong()
    return at + 1
  }
}
