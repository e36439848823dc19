// A shape under construction: which value of a line became which part of its record. It is found by comparing the locations of the record's
// texts, so that the decoder remains the only definition of what a line means.

struct ShapeDraft {
  let holes: [ShapeWalk.Hole]
  let prototype: Record
  private(set) var texts: [ShapeText] = []
  private(set) var fields: [ShapeField] = []
  private(set) var attributes: [ShapeAttribute] = []
  /// The offset of the part of the line to which the shape belongs.
  private let start: Int
  private let count: Int
  private let origin: TextOrigin

  /// - Parameters:
  ///   - start: the beginning of the part, in bytes from the origin of its texts.
  init(_ walk: ShapeWalk, prototype: Record, start: Int, count: Int, origin: TextOrigin) {
    holes = walk.holes
    self.prototype = prototype
    self.start = start
    self.count = count
    self.origin = origin
  }

  /// Notes that a text of the record comes from the value at its location. Returns false if there is no such value.
  /// - Parameter target: what the text must be in addition.
  mutating func add(_ text: KeyPath<Record, TextRange>, of record: Record, as target: ShapeField.Target? = nil) -> Bool {
    let range = record[keyPath: text]
    if range.isEmpty { return true }
    guard let offset = MemoryLayout<Record>.offset(of: text), let place = place(of: range),
      let hole = holes.firstIndex(where: { $0.text == place && $0.kind == .string })
    else { return false }
    if let target {
      fields.append(ShapeField(target: target, hole: UInt8(hole), place: UInt16(offset)))
    } else {
      texts.append(ShapeText(hole: UInt8(hole), place: UInt16(offset)))
    }
    return true
  }

  /// The same for a value that the scanner read; does nothing for absent values.
  mutating func add(_ target: ShapeField.Target, _ value: ScannedValue?) -> Bool {
    guard let value, value.kind != .null else { return true }
    let first = Int(value.text.start) - start
    guard let hole = holes.firstIndex(where: { $0.text.lowerBound == first && $0.text.count == Int(value.text.count) }) else {
      return false
    }
    fields.append(ShapeField(target: target, hole: UInt8(hole)))
    return true
  }

  /// Adds the attributes of one record. Each value is found by its key, which comes before it.
  /// - Parameter line: the number for a key that is not in the line.
  mutating func add(_ list: ArraySlice<Attribute>, _ batch: RecordBatch, line: ScannedValue? = nil) -> Bool {
    for attribute in list {
      var key = ShapePlace.none
      var isForeign = false
      var first = 0
      if let place = place(of: attribute.key) {
        guard let known = known(place) else { return false }
        key = known
        first = holes.firstIndex { $0.text.lowerBound >= place.upperBound } ?? holes.count
      } else {
        guard KnownKeys.holds(attribute.key) else { return false }
        if let line { first = holes.firstIndex { $0.text.lowerBound == Int(line.text.start) - start } ?? holes.count }
        isForeign = true
        key = ShapePlace(anchor: 0, count: UInt16(attribute.key.count), distance: UInt32(attribute.key.offset))
      }
      guard let source = source(of: attribute.value, first) else { return false }
      attributes.append(ShapeAttribute(key: key, isKeyForeign: isForeign, source: source.0, hole: source.hole, known: source.known))
    }
    return true
  }

  private func source(of value: AttributeValue, _ first: Int) -> (ShapeAttribute.Source, hole: UInt8, known: ShapePlace)? {
    switch value {
    case .string(let range):
      if range.isEmpty { return (.knownText, 0, .none) }
      guard let place = place(of: range) else { return nil }
      if let hole = holes.firstIndex(where: { $0.text == place && $0.kind == .string }) { return (.text, UInt8(hole), .none) }
      return known(place).map { (.knownText, 0, $0) }
    case .json(let range):
      guard let place = place(of: range), let known = known(place) else { return nil }
      return (.knownJSON, 0, known)
    case .bool(let isTrue): return (isTrue ? .isTrue : .isFalse, 0, .none)
    // The number after the key. If that is another number, the shape does not reproduce its record and is not used.
    case .integer:
      guard first < holes.count else { return nil }
      return holes[first].kind == .real ? nil : (holes[first].kind == .string ? .digits : .integer, UInt8(first), .none)
    case .double:
      guard first < holes.count, holes[first].kind != .string else { return nil }
      return (.real, UInt8(first), .none)
    }
  }

  /// The location of a text of the batch in the part; nil if it is elsewhere.
  private func place(of range: TextRange) -> Range<Int>? {
    guard let offset = range.offset(from: origin), offset >= start, offset + Int(range.count) <= start + count else { return nil }
    return offset - start..<offset - start + Int(range.count)
  }

  /// Bytes between two holes.
  private func known(_ place: Range<Int>) -> ShapePlace? {
    let behind = holes.lastIndex { $0.end <= place.lowerBound }
    let next = behind.map { $0 + 1 } ?? 0
    let end = next == holes.count ? count : holes[next].text.lowerBound
    guard end >= place.upperBound, place.count <= Int(UInt16.max) else { return nil }
    return ShapePlace(anchor: UInt8(next), count: UInt16(place.count), distance: UInt32(end - place.lowerBound))
  }
}
