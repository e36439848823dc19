// The values of a line that is compared with the shapes, in borrowed memory.

struct ShapeValues {
  /// Enough for the longest line, and for the position after its last value.
  static let capacity = ShapeWalk.maxHoles + 1

  private let values: UnsafeMutablePointer<ScannedValue>

  /// - Parameter values: has `capacity` elements; this value must not outlive them.
  init(_ values: UnsafeMutableBufferPointer<ScannedValue>) {
    precondition(values.count == ShapeValues.capacity)
    self.values = values.baseAddress!
  }

  /// Notes the end of the line after that many values.
  @inline(__always)
  func end(at offset: Int, _ count: Int) {
    precondition(count < ShapeValues.capacity)
    values[count] = ScannedValue(.null, start: offset, count: 0)
  }

  @inline(__always)
  subscript(hole: UInt8) -> ScannedValue {
    precondition(Int(hole) < ShapeValues.capacity)
    return values[Int(hole)]
  }

  /// The range of a part of the known bytes in this line.
  @inline(__always)
  func text(_ place: ShapePlace) -> ScannedText {
    ScannedText(start: Int(self[place.anchor].text.start &- place.distance), count: Int(place.count))
  }

  /// Passes a text and stores it under its number.
  @inline(__always)
  func passText(_ cursor: inout LineCursor, _ hole: Int) -> Bool {
    precondition(hole < ShapeValues.capacity)
    var text = ScannedText.empty
    var kind = ScannedValue.Kind.string
    if !cursor.passPlainString(&text) {
      // The call works on a copy, so that the cursor itself stays in a register.
      var long = cursor
      guard let found = long.passLongString() else { return false }
      cursor = long
      text = found.text
      if found.isEscaped { kind = .escapedString }
    }
    values[hole].kind = kind
    values[hole].text = text
    return text.count > 0
  }

  @inline(__always)
  func passNumber(_ cursor: inout LineCursor, _ hole: Int) -> ScannedValue.Kind? {
    precondition(hole < ShapeValues.capacity)
    var value = ScannedValue(.integer, start: 0, count: 0)
    guard cursor.passNumber(&value) else { return nil }
    values[hole] = value
    return value.kind
  }
}
