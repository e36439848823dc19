// The values of a line that is held against the shapes, in memory that is lent.

struct ShapeValues {
  /// Those of the longest line, and the place behind the last.
  static let capacity = ShapeWalk.maxHoles + 1

  private let values: UnsafeMutablePointer<ScannedValue>

  /// - Parameter values: of `capacity`; it must not outlive them.
  init(_ values: UnsafeMutableBufferPointer<ScannedValue>) {
    precondition(values.count == ShapeValues.capacity)
    self.values = values.baseAddress!
  }

  /// The line ends there, behind so many values.
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

  /// Where a piece of the known bytes stands in this line.
  @inline(__always)
  func text(_ place: ShapePlace) -> ScannedText {
    ScannedText(start: Int(self[place.anchor].text.start &- place.distance), count: Int(place.count))
  }

  /// Goes over a text and notes it under its number.
  @inline(__always)
  func passText(_ cursor: inout LineCursor, _ hole: Int) -> Bool {
    precondition(hole < ShapeValues.capacity)
    var text = ScannedText.empty
    var kind = ScannedValue.Kind.string
    if !cursor.passPlainString(&text) {
      // A copy is what the call works on: the cursor itself stays in a register.
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
