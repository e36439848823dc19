// Splits long documents between elements into short ones with the same structure, so that decoders see no difference and memory does not
// grow with the document.

/// Processes one JSON document at a time, line by line. It understands only as much of JSON as is needed to find elements; their content is
/// left to the parser.
///
/// A piece repeats what is around its elements (a resource, a scope, a trace's id) and omits the elements of other pieces. Superfluous
/// commas, missing commas between elements, and missing brackets at the end of the input are repaired.
struct DocumentSplitter: Sendable {
  enum Event: Equatable {
    /// All bytes were consumed.
    case more
    /// `takePiece` returns something: a part of the document, or its end if `isOpen` is false.
    case piece
    /// `takeBroken` returns an element that is not valid JSON; the document continues after it.
    case broken
    /// The next bytes cannot follow: the document ends. `takePiece` returns what was complete before.
    case torn
  }

  /// A document, or a part of one.
  struct Piece: Sendable {
    var bytes: [UInt8] = []
    var elements: [Element] = []
  }

  /// The position of an element: in its piece, and in the input.
  struct Element: Sendable {
    var range: Range<Int>
    var place: Place
    /// Its index in the list, from 0.
    var index: Int
  }

  struct Place: Sendable, Equatable {
    var line: UInt64 = 0
    var offset: UInt64 = 0
  }

  enum Expectation: UInt8 { case value, key, colon, comma }

  /// An open container on the path to elements.
  struct Level {
    var place: DocumentPlace
    var isArray: Bool
    /// The current piece contains something in it.
    var isFilled = false
    /// The frame's length without what this container added to it, and directly after its bracket.
    var frameStart: Int
    var frameEnd: Int
    /// The number of its elements and members.
    var count = 0
    /// The latest element was a list.
    var hasLists = false
  }

  let pieceBytes: Int
  let maxValueBytes: Int
  var levels: [Level] = []
  /// The current piece. Up to `complete` it consists of complete values; with closing brackets it is a document.
  var piece: [UInt8] = []
  var elements: [Element] = []
  var complete = 0
  /// The beginning of the next piece: the open containers and their repeated members.
  var frame: [UInt8] = []
  var expectation = Expectation.value
  /// The name of the current member in the piece, including quotes.
  var name = 0..<0
  /// The current value, which is skipped as a whole.
  var value = ValueScan()
  var brokenValue: BrokenValueScan?
  var valuePlace = Place()
  /// The current value is an object that begins a line after a member's name; and only blanks have come since the latest line break.
  var (beginsLine, isAtLineStart) = (false, false)
  /// The ranges of such objects that have ended. If something broke off before them, they may be separate records.
  var lineObjects: [Range<Int>] = []
  var isSkipping = false
  /// Elements and repeated members since the piece began, elements of the whole document, and whether the document had earlier pieces.
  var newValues = 0
  var elementCount = 0
  var isContinued = false
  /// The beginning of the document.
  var start = Place()
  var isTorn = false
  /// A part was too long: without elements it is not handled as a document any more.
  var isGivenUp = false
  var ready: Piece?
  var broken: (bytes: [UInt8], element: Element)?
  /// The name at the beginning of a record that is in the place of an element.
  var nameOfNext: [UInt8]?
  /// Parts of a document that broke off that may be separate records: the lines of a multi-line value, and objects that began lines.
  var tornParts: [[UInt8]] = []
  /// The number of text lines in what broke off.
  var tornTextLines = 0
  /// A complete record inside of what broke off before it.
  var following: (bytes: [UInt8], element: Element)?
  /// Values over the limit: the beginning of each, and their bytes.
  var oversize: (places: [Place], bytes: Int) = ([], 0)

  /// - Parameters:
  ///   - pieceBytes: a piece ends with the element that makes it this long; with 0 every element gets a piece of its own.
  ///   - maxValueBytes: longer values are skipped and counted.
  init(pieceBytes: Int, maxValueBytes: Int) {
    self.pieceBytes = pieceBytes
    self.maxValueBytes = maxValueBytes
  }

  /// A document has begun and has not ended.
  var isOpen: Bool { !levels.isEmpty }

  /// The open document is a list whose elements were all handed on.
  var isIdle: Bool { isInPlainList && !isInValue && newValues == 0 }

  /// The bytes of the open document that are held.
  var heldBytes: Int { piece.count }
  var heldCapacity: Int { piece.capacity }

  /// It has a list of elements at which it may be cut. Records of Rust's tracing also have a list of spans, but begin differently.
  var holdsElements: Bool {
    guard levels.contains(where: \.isArray) || elementCount > 0 else { return false }
    return !(levels.count == 2 && levels[1].place == .elements && piece.withUnsafeBytes { DocumentPlace.beginsRecord($0) })
  }

  /// The last document consisted only of a bracket.
  var wasBare = false

  /// The beginning of what made the last document break off.
  var tear = Place()
  /// The beginning of the current value, or of the one before.
  var latestValue: Place { valuePlace }
  /// A member of an object has ended, and no comma followed.
  var isBehindMember: Bool { expectation == .comma && levels.last?.isArray == false }

  /// Inside a string, whose line may have been cut.
  var isInText: Bool { value.isInText && brokenValue == nil && !isSkipping }

  /// Inside a value that is skipped as a whole.
  var isInValue: Bool { value.isOpen || brokenValue != nil }

  /// In a list whose elements are meaningful by themselves: a record that begins a line is one of them.
  var isInPlainList: Bool { levels.last.map { $0.place == .list || $0.place == .innerList || $0.place == .events } ?? false }

  // MARK: Bytes

  /// Consumes bytes of one line, up to the next event for the caller, who handles it and continues from `end`.
  /// - Parameters:
  ///   - place: the line, and the offset of the first byte of `bytes` in the input.
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

  /// Ends the input: complete values are handed on. Returns whether something was incomplete.
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

  /// Hands on the complete elements of an unfinished list, for a caller that cannot wait. Returns true if `takePiece` has some.
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
    // Also for elements without a comma between them.
    case (.value, UInt8(ascii: "{")), (.value, UInt8(ascii: "[")),
      (.comma, UInt8(ascii: "{")) where level.isArray || expectation == .value,
      (.comma, UInt8(ascii: "[")) where level.place == .list:
      openOrRead(byte, here)
      // The document had already ended.
      if levels.isEmpty { return at }
    case (.comma, UInt8(ascii: "\"")) where !level.isArray: beginValue(byte, isName: true, here)
    case (.value, UInt8(ascii: ":")), (.value, UInt8(ascii: "}")), (.key, _), (.colon, _), (.comma, _), (.value, 0..<0x20):
      isTorn = true
      return at
    case (.value, _): beginValue(byte, isName: false, here)
    }
    return at + 1
  }

  /// Enters a container on the path to elements; any other container is a value.
  private mutating func openOrRead(_ byte: UInt8, _ here: Place) {
    let isArray = byte == UInt8(ascii: "[")
    let level = levels[levels.count - 1]
    if level.isArray {
      if !isArray, let place = level.place.object { return open(place, isArray: false) }
      if isArray, level.place == .list {
        // Some programs never close their list of events: this is another document.
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

  /// Writes the comma before elements and names, except for the first of a piece.
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
