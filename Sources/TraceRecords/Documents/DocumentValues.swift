// The values of a document that are skipped as a whole: names of members, elements, and everything not on the path to elements.

extension DocumentSplitter {
  mutating func beginValue(_ byte: UInt8, isName: Bool, _ here: Place) {
    valuePlace = here
    if isName {
      if levels[levels.count - 1].isFilled { piece.append(UInt8(ascii: ",")) }
      name = piece.count..<piece.count
    } else {
      separate()
    }
    value = ValueScan(first: byte, isName: isName, start: piece.count)
    beginsLine = isAtLineStart && byte == UInt8(ascii: "{") && !levels[levels.count - 1].isArray
    piece.append(byte)
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    if isSkipping { oversize.bytes += range.count } else { piece.append(contentsOf: bytes[range]) }
    guard !isSkipping, piece.count - value.start > maxValueBytes else { return }
    oversize.places.append(valuePlace)
    oversize.bytes += piece.count - value.start
    piece.removeLast(piece.count - complete)
    isSkipping = true
    if !levels[levels.count - 1].isArray { isGivenUp = true }
  }

  mutating func continueValue(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Int {
    let (end, outcome) = value.scan(bytes, from: at)
    append(bytes, at..<end)
    switch outcome {
    case .open: break
    case .torn: isTorn = true
    case .broken:
      guard !value.isName, !isSkipping, levels[levels.count - 1].isArray else {
        isTorn = true
        return end
      }
      brokenValue = piece.withUnsafeBytes { BrokenValueScan(UnsafeRawBufferPointer(rebasing: $0[value.start...])) }
    case .whole: endValue()
    }
    return end
  }

  mutating func continueBroken(_ bytes: UnsafeRawBufferPointer, _ at: Int, _ place: Place) -> Int {
    guard var scan = brokenValue else { return at }
    let (end, outcome) = scan.scan(bytes, from: at)
    append(bytes, at..<end)
    brokenValue = scan
    switch outcome {
    case .open: break
    case .torn: isTorn = true
    case .ended: endBroken(at: piece.count)
    case .neighbour(let count):
      guard !isSkipping else { return end }
      let beginning = Array(piece.suffix(count))
      endBroken(at: piece.count - count)
      // The bytes already seen of the next element are given to it.
      beginValue(beginning[0], isName: false, Place(line: place.line, offset: place.offset + UInt64(max(0, end - count))))
      beginning.withUnsafeBytes { _ = continueValue(UnsafeRawBufferPointer(rebasing: $0[1...]), 0) }
    }
    return end
  }

  mutating func endBroken(at end: Int) {
    brokenValue = nil
    expectation = .comma
    let start = value.start
    value = ValueScan()
    guard !isSkipping else {
      isSkipping = false
      return
    }
    let element = Element(range: 0..<end - start, place: valuePlace, index: levels[levels.count - 1].count)
    broken = (Array(piece[start..<end]), element)
    levels[levels.count - 1].count += 1
    piece.removeLast(piece.count - complete)
  }

  mutating func endValue() {
    let isName = value.isName
    let start = value.start
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
      // A record's name in the place of an element. An object around a request (`{"data":{"resourceSpans"…`) may contain one.
      if levels.count > 1, levels[levels.count - 1].count == 0, levels[levels.count - 2].isArray, isRootName {
        nameOfNext = Array(piece[name])
        isTorn = true
      }
      return
    }
    // The beginning of a record in the place of an element: what came before it broke off.
    if isArray, !isInPlainList, isRootObject(from: start) {
      return beginAnew(from: start)
    }
    levels[levels.count - 1].isFilled = true
    expectation = .comma
    complete = piece.count
    if isArray {
      elements.append(Element(range: start..<piece.count, place: valuePlace, index: levels[levels.count - 1].count))
      newValues += 1
      elementCount += 1
    } else {
      if beginsLine, lineObjects.count < 64 { lineObjects.append(start..<piece.count) }
      repeatMember()
    }
    levels[levels.count - 1].count += 1
    cutWhereLong()
  }

  mutating func repeatMember() {
    let isRepeated = piece.withUnsafeBytes {
      DocumentPlace.isRepeated(UnsafeRawBufferPointer(rebasing: $0[name.lowerBound + 1..<name.upperBound - 1]))
    }
    guard isRepeated else { return }
    newValues += 1
    guard frame.count + piece.count - name.lowerBound <= maxValueBytes else { return }
    if frame.last != UInt8(ascii: "{") { frame.append(UInt8(ascii: ",")) }
    frame += piece[name.lowerBound...]
  }
}
