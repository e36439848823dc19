// Handles a line that the scanner did not accept: decides what it is, and which code reads it.

import JSON

extension RecordStream {
  package typealias Sink = RecordSink

  /// Reads a line without its newline, or continues the open value.
  /// - Parameter offset: the offset of its first byte in the read buffer.
  mutating func read(_ line: UnsafeRawBufferPointer, offset: Int, _ source: UnsafeRawBufferPointer, _ sink: Sink) {
    guard !splitter.isOpen else { return readOn(line, offset, source, sink) }
    var end = line.count
    while end > 0, RecordStream.isBlank(line[end - 1]) { end -= 1 }
    let start = RecordStream.skipBetweenValues(line, 0, upTo: end)
    guard start < end else { return }
    guard RecordStream.opensValue(line, start, upTo: end) else { return readText(line, start..<end, source, sink) }
    if isLongDocument(line) {
      readValues(line, from: start, offset, isLong: true, source, sink)
      return
    }
    // An element of a printed list is followed by a comma.
    let isElement = end - start > 1 && line[end - 1] == UInt8(ascii: ",") && line[end - 2] == UInt8(ascii: "}")
    let value = UnsafeRawBufferPointer(rebasing: line[start..<(isElement ? end - 1 : end)])
    column = start
    switch attempt(value, offset + start) {
    case nil: leaveDocument(source, sink)
    case .json: readValues(line, from: start, offset, source, sink)
    case .unrecognised(let what): readForeign(value, what, source, sink)
    case .some(let error): refuse(error)
    }
  }

  /// The same inside a value that earlier lines began. A line that begins with a record where none belongs shows that the value's writer
  /// died; so does an object in a line that would continue a text. Otherwise the line belongs to a multi-line text.
  private mutating func readOn(_ line: UnsafeRawBufferPointer, _ offset: Int, _ source: UnsafeRawBufferPointer, _ sink: Sink) {
    let isLong = line.count > longBytes
    if !splitter.isInPlainList && DocumentPlace.beginsRecord(line) || !isLong && endsText(line) {
      endDocument(source, sink)
      return read(line, offset: offset, source, sink)
    }
    readValues(line, from: 0, offset, isLong: isLong, source, sink)
  }

  /// Whether a line does not continue the open text: it contains an object, and the value does not end before it.
  private func endsText(_ line: UnsafeRawBufferPointer) -> Bool {
    guard splitter.isInText, let object = BalancedValues.find(in: line).first else { return false }
    var copy = splitter
    let before = UnsafeRawBufferPointer(rebasing: line[..<object.lowerBound])
    return copy.take(before, from: 0, at: DocumentSplitter.Place()).event != .piece
  }

  /// Reads the values of a line one by one, whether they end in it or not.
  /// - Parameters:
  ///   - before: the number of bytes of the line before these.
  ///   - isLong: records are not recovered from what breaks off, because the line may never have been in memory as a whole.
  ///   - endsLine: the line ends here.
  /// - Returns: false if the rest of the line cannot be used.
  @discardableResult
  mutating func readValues(
    _ line: UnsafeRawBufferPointer, from first: Int, _ offset: Int, before: Int = 0, isLong: Bool = false, endsLine: Bool = true,
    _ source: UnsafeRawBufferPointer, _ sink: Sink
  ) -> Bool {
    var at = first
    while at < line.count {
      if !splitter.isOpen {
        at = RecordStream.skipBetweenValues(line, at, upTo: line.count)
        guard at < line.count else { return true }
        guard RecordStream.opensValue(line, at, upTo: line.count) else {
          if isLong { statistics.otherLines += 1 } else { readText(line, at..<line.count, source, sink) }
          return false
        }
      }
      let (end, event) = splitter.take(line, from: at, at: DocumentSplitter.Place(line: lineNumber, offset: lineOffset + UInt64(before)))
      at = end
      if let oversize = splitter.takeOversize() { account(oversize) }
      switch event {
      case .more: break
      case .piece: takePiece(source, sink)
      case .broken: takeBroken()
      case .torn:
        takePiece(source, sink)
        leaveDocument(source, sink)
        if takeFollowing(source, sink) { continue }
        // The beginning of another document, whose bracket was not part of the previous one.
        if splitter.isOpen {
          noteTorn(recovered: 0)
          continue
        }
        return readTorn(line, from: index(of: splitter.tear, before, in: line), to: end, offset, isLong, source, sink)
      }
    }
    if endsLine { endLineOfValue(before: before + line.count, isLong: isLong, line, offset, source, sink) }
    return true
  }

  /// A value broke off, or what looked like its beginning was not one.
  private mutating func readTorn(
    _ line: UnsafeRawBufferPointer, from begun: Int, to end: Int, _ offset: Int, _ isLong: Bool, _ source: UnsafeRawBufferPointer,
    _ sink: Sink
  ) -> Bool {
    let wasBare = splitter.wasBare
    // The beginning of the line may be a separate record.
    if end < line.count, line[end] == UInt8(ascii: "{"), line[..<end].allSatisfy(RecordStream.isBlank), splitter.start.line < lineNumber,
      !isLong
    {
      if wasBare { statistics.otherLines += 1 } else { noteTorn(recovered: 0) }
      read(line, offset: offset, source, sink)
      return false
    }
    let recovered = isLong ? 0 : recover(UnsafeRawBufferPointer(rebasing: line[begun...]), offset + begun, besides: nil)
    if recovered == 0, wasBare {
      hint.see(line)
      statistics.otherLines += 1
    } else {
      noteTorn(recovered: recovered)
    }
    return false
  }

  /// The index of a position in the current line; 0 for positions before it.
  private func index(of place: DocumentSplitter.Place, _ before: Int, in line: UnsafeRawBufferPointer) -> Int {
    let start = lineOffset + UInt64(before)
    return place.offset > start ? min(line.count, Int(place.offset - start)) : 0
  }

  /// Adds the line's end to the value, if it continues.
  mutating func endLineOfValue(
    before: Int, isLong: Bool, _ line: UnsafeRawBufferPointer, _ offset: Int, _ source: UnsafeRawBufferPointer, _ sink: Sink
  ) {
    guard splitter.isOpen else { return }
    let newline: [UInt8] = [0x0A]
    let event = newline.withUnsafeBytes {
      splitter.take($0, from: 0, at: DocumentSplitter.Place(line: lineNumber, offset: lineOffset + UInt64(before))).event
    }
    switch event {
    case .more:
      // The beginning of a record, followed by a complete one.
      guard splitter.isInValue || splitter.isBehindMember, splitter.start.line == lineNumber || splitter.isInText, !isLong else { return }
      let first = index(of: splitter.latestValue, 0, in: line)
      let recovered = recover(UnsafeRawBufferPointer(rebasing: line[first...]), offset + first, besides: nil)
      guard recovered > 0 else { return }
      _ = splitter.finish()
      takePiece(source, sink)
      noteTorn(recovered: recovered)
    case .piece: takePiece(source, sink)
    case .broken: takeBroken()
    case .torn:
      takePiece(source, sink)
      leaveDocument(source, sink)
      let first = index(of: splitter.tear, 0, in: line)
      let rest = UnsafeRawBufferPointer(rebasing: line[first...])
      noteTorn(recovered: isLong ? 0 : recover(rest, offset + first, besides: nil))
    }
  }

  /// Skips blanks, commas, unmatched closing brackets, a byte order mark, and the separators of JSON text sequences.
  static func skipBetweenValues(_ line: UnsafeRawBufferPointer, _ start: Int, upTo end: Int) -> Int {
    var at = start
    while at < end {
      switch line[at] {
      case 0x20, 0x09, 0x0D, 0x0A, 0x1E, 0xEF, 0xBB, 0xBF, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"): at += 1
      default: return at
      }
    }
    return end
  }

  /// Whether a value begins here that may be a record: a list of words is text, such as `[INFO]` before a log line.
  static func opensValue(_ line: UnsafeRawBufferPointer, _ at: Int, upTo end: Int) -> Bool {
    if line[at] == UInt8(ascii: "{") { return true }
    guard line[at] == UInt8(ascii: "[") else { return false }
    guard let next = line[(at + 1)..<end].first(where: { !isBlank($0) }) else { return true }
    return next == UInt8(ascii: "{") || next == UInt8(ascii: "[") || next == UInt8(ascii: ",")
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0D || byte == 0x09 }

  // MARK: Documents

  /// Whether a long line can be read in pieces: it contains elements of a kind that the scanner does not read.
  func isLongDocument(_ line: UnsafeRawBufferPointer) -> Bool {
    guard line.count > longBytes else { return false }
    return RecordStream.holdsElements(UnsafeRawBufferPointer(rebasing: line[..<longBytes]), maxLineBytes)
  }

  /// Whether the beginning of a document contains a list of elements at which it may be cut.
  static func holdsElements(_ beginning: UnsafeRawBufferPointer, _ maxValueBytes: Int) -> Bool {
    let start = skipBetweenValues(beginning, 0, upTo: beginning.count)
    guard start < beginning.count, opensValue(beginning, start, upTo: beginning.count) else { return false }
    var splitter = DocumentSplitter(pieceBytes: .max, maxValueBytes: maxValueBytes)
    let event = splitter.take(beginning, from: start, at: DocumentSplitter.Place()).event
    // If the limit is small, the beginning is longer than one piece.
    return (event == .more || event == .piece && splitter.isOpen) && splitter.holdsElements
  }

  /// Ends the open value here and keeps its complete parts.
  mutating func endDocument(_ source: UnsafeRawBufferPointer, _ sink: Sink) {
    let event = splitter.finish()
    if let oversize = splitter.takeOversize() { account(oversize) }
    takePiece(source, sink)
    guard event == .torn else { return }
    guard !splitter.wasBare else {
      statistics.otherLines += 1
      return
    }
    atPlace(splitter.start) { $0.noteTorn(recovered: 0) }
  }

  private mutating func takeFollowing(_ source: UnsafeRawBufferPointer, _ sink: Sink) -> Bool {
    guard let (bytes, element) = splitter.takeFollowing() else { return false }
    atPlace(element.place) { stream in
      let error = bytes.withUnsafeBytes { stream.attempt($0, 0) }
      if let error { stream.refuse(error) }
    }
    leaveDocument(source, sink)
    noteTorn(recovered: 1)
    return true
  }

  private mutating func takeBroken() {
    guard let (bytes, element) = splitter.takeBroken() else { return }
    atPlace(element.place, element: element.index) { stream in
      bytes.withUnsafeBytes { bytes in
        stream.statistics.malformedLines += 1
        stream.note(PieceRepair.jsonError(bytes)?.description ?? "no JSON")
        // Parts that broke off inside it may be the next elements.
        stream.statistics.recoveredRecords += UInt64(stream.recover(bytes, 0, besides: bytes))
      }
    }
  }

  mutating func takePiece(_ source: UnsafeRawBufferPointer, _ sink: Sink) {
    if let piece = splitter.takePiece() {
      let place = piece.elements.first?.place ?? splitter.start
      atPlace(place) { stream in piece.bytes.withUnsafeBytes { stream.read(piece, $0, source, sink) } }
      if isFull { flush(source, sink: sink) }
    }
    if !splitter.isOpen { leaveDocument(source, sink) }
  }

  private mutating func read(
    _ piece: DocumentSplitter.Piece, _ bytes: UnsafeRawBufferPointer, _ source: UnsafeRawBufferPointer, _ sink: Sink
  ) {
    switch attempt(bytes, 0, elements: piece.elements) {
    case nil: break
    case .json(let error):
      let (repaired, bad) = PieceRepair.withoutBadElements(piece)
      for (element, error) in bad {
        atPlace(element.place, element: element.index) { stream in
          stream.statistics.malformedLines += 1
          stream.note(error.description)
        }
      }
      guard !bad.isEmpty else { return refuse(.json(error)) }
      guard !repaired.elements.isEmpty else { return }
      let failure = repaired.bytes.withUnsafeBytes { attempt($0, 0, elements: repaired.elements) }
      if let failure { refuse(failure) }
    case .unrecognised(let what): readForeign(bytes, what, source, sink)
    case .some(let error): refuse(error)
    }
  }

  /// JSON of no known format: a log shipper's envelope, or foreign data.
  private mutating func readForeign(_ value: UnsafeRawBufferPointer, _ what: String, _ source: UnsafeRawBufferPointer, _ sink: Sink) {
    if unwrap(value, source, sink) { return }
    statistics.unrecognisedLines += 1
    note(RecordError.unrecognised(what).description)
  }

  // MARK: Text

  /// Text that is not JSON: a log line, possibly with a record in it.
  mutating func readText(_ line: UnsafeRawBufferPointer, _ range: Range<Int>, _ source: UnsafeRawBufferPointer, _ sink: Sink) {
    let text = UnsafeRawBufferPointer(rebasing: line[range])
    column = range.lowerBound
    if range.lowerBound == 0, unwrapPrefix(line, source, sink) { return }
    hint.see(text)
    let recovered = recover(text, 0, besides: nil)
    switch (recovered, BalancedValues.looksTorn(text)) {
    // After a prefix, which is not a loss.
    case (1..., false): break
    case (1..., true): noteTorn(recovered: recovered)
    case (_, true):
      statistics.malformedLines += 1
      note("not JSON from its beginning on: the rest of a record that broke off before")
    default: statistics.otherLines += 1
    }
  }

  mutating func noteTorn(recovered found: Int) {
    let (parts, textLines) = splitter.takeTornParts()
    statistics.otherLines += UInt64(textLines)
    let recovered = parts.reduce(found) { sum, part in sum + part.withUnsafeBytes { recoverLines(of: $0) } }
    statistics.tornLines += 1
    statistics.recoveredRecords += UInt64(recovered)
    note(recovered > 0 ? "torn: a whole record was found behind the torn part" : "broken off: what was whole before is taken")
  }

  // MARK: Positions

  /// Runs the body with the position of what it reads set to `place`.
  mutating func atPlace(_ place: DocumentSplitter.Place, element: Int? = nil, _ body: (inout RecordStream) -> Void) {
    let here = (lineNumber, lineOffset, column, elementIndex)
    (lineNumber, lineOffset, column, elementIndex) = (place.line, place.offset, 0, element)
    body(&self)
    (lineNumber, lineOffset, column, elementIndex) = here
  }

  private mutating func account(_ oversize: (places: [DocumentSplitter.Place], bytes: Int)) {
    statistics.oversizeBytes += UInt64(oversize.bytes)
    for place in oversize.places {
      statistics.oversizeLines += 1
      atPlace(place) { $0.note("a value longer than \($0.maxLineBytes) bytes: skipped") }
    }
  }
}
