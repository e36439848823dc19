// Values of every kind, including nested ones: checks their syntax, and whether jansson would write them unchanged.

extension LineCursor {
  /// Passes any value; false if it is not one that jansson would read unchanged.
  @inline(__always)
  mutating func passValue(_ value: inout ScannedValue, names: BorrowedBuffer<ScannedText>) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return passScalar(&value)
    default:
      var scan = NestedScan(cursor: self, names: names)
      guard let found = scan.run() else { return false }
      self = scan.cursor
      value = found
      return true
    }
  }

  /// Passes a string or a number; false if there is another value or none.
  @inline(__always)
  mutating func passScalar(_ value: inout ScannedValue) -> Bool {
    switch byte {
    case UInt8(ascii: "\""):
      _ = pass(UInt8(ascii: "\""))
      var isEscaped = false
      guard passString(&value.text, isEscaped: &isEscaped) else { return false }
      value.kind = isEscaped ? .escapedString : .string
      return true
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return passNumber(&value)
    default: return false
    }
  }

  /// Whether jansson would write a scalar differently: reals get 17 digits, `-0` loses its sign, some escapes are decoded.
  func isRewritten(_ value: ScannedValue) -> Bool {
    switch value.kind {
    case .real: return true
    case .integer: return value.integer == 0 && value.text.count > 1
    case .escapedString:
      let text = bytes(value.text)
      var at = 0
      while at < text.count {
        if text[at] == UInt8(ascii: "\\") {
          at += 1
          if text[at] == UInt8(ascii: "u") || text[at] == UInt8(ascii: "/") { return true }
        }
        at += 1
      }
      return false
    default: return false
    }
  }

  @inline(__always)
  func areEqual(_ left: ScannedText, _ right: ScannedText) -> Bool {
    guard left.count == right.count, (word(at: Int(left.start)) ^ word(at: Int(right.start))) & mask(left.count) == 0 else { return false }
    return left.count <= 8 || bytes(left).elementsEqual(bytes(right))
  }

  /// The bits of a word in which that many bytes are stored.
  @inline(__always)
  func mask(_ count: UInt32) -> UInt64 { count >= 8 ? .max : 1 << (UInt64(count) * 8) &- 1 }
}

/// Reads one value that is neither string nor number. It stores the names of the enclosing objects' members to detect duplicates.
private struct NestedScan {
  /// Deeper values are left to jansson, which has a limit of its own: this recursion must not overflow.
  private static let maxDepth = 24

  var cursor: LineCursor
  private var names: BorrowedBuffer<ScannedText>
  private var isLoose = false

  init(cursor: LineCursor, names: BorrowedBuffer<ScannedText>) {
    self.cursor = cursor
    self.names = names
    self.names.removeAll()
  }

  @inline(never)
  mutating func run() -> ScannedValue? {
    let start = cursor.offset
    let kind: ScannedValue.Kind
    switch cursor.byte {
    case UInt8(ascii: "{"):
      guard passObject(depth: 0) else { return nil }
      kind = isLoose ? .looseObject : .object
    case UInt8(ascii: "["):
      var isEmpty = false
      guard passArray(depth: 0, &isEmpty) else { return nil }
      kind = isLoose ? .looseArray : isEmpty ? .emptyArray : .array
    default:
      guard let name = passName() else { return nil }
      kind = name
    }
    return ScannedValue(kind, start: start, count: cursor.offset - start)
  }

  /// `true`, `false` or `null`. The caller checks what follows: no byte that may follow a value can continue the word.
  private mutating func passName() -> ScannedValue.Kind? {
    if cursor.pass("true") { return .isTrue }
    if cursor.pass("null") { return .null }
    return cursor.pass("false") ? .isFalse : nil
  }

  private mutating func passObject(depth: Int) -> Bool {
    guard depth < Self.maxDepth, cursor.pass(UInt8(ascii: "{")) else { return false }
    passBlanks()
    if cursor.pass(UInt8(ascii: "}")) { return true }
    let first = names.count
    while true {
      var name = ScannedText.empty
      var isEscaped = false
      // A name with escapes may contain NUL, which must be repaired, or may equal another name.
      guard cursor.pass(UInt8(ascii: "\"")), cursor.passString(&name, isEscaped: &isEscaped), !isEscaped else { return false }
      note(name, since: first)
      passBlanks()
      guard cursor.pass(UInt8(ascii: ":")), passInner(depth: depth + 1) else { return false }
      guard cursor.pass(UInt8(ascii: ",")) else { break }
      passBlanks()
    }
    names.removeLast(names.count - first)
    return cursor.pass(UInt8(ascii: "}"))
  }

  private mutating func passArray(depth: Int, _ isEmpty: inout Bool) -> Bool {
    guard depth < Self.maxDepth, cursor.pass(UInt8(ascii: "[")) else { return false }
    passBlanks()
    if cursor.pass(UInt8(ascii: "]")) {
      isEmpty = true
      return true
    }
    repeat {
      guard passInner(depth: depth + 1) else { return false }
    } while cursor.pass(UInt8(ascii: ","))
    return cursor.pass(UInt8(ascii: "]"))
  }

  /// A value inside another one, including blanks around it.
  private mutating func passInner(depth: Int) -> Bool {
    passBlanks()
    switch cursor.byte {
    case UInt8(ascii: "{"): guard passObject(depth: depth) else { return false }
    case UInt8(ascii: "["):
      var isEmpty = false
      guard passArray(depth: depth, &isEmpty) else { return false }
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): guard passName() != nil else { return false }
    default:
      var value = ScannedValue(.null, start: 0, count: 0)
      guard cursor.passScalar(&value) else { return false }
      if cursor.isRewritten(value) { isLoose = true }
    }
    passBlanks()
    return true
  }

  private mutating func passBlanks() {
    let start = cursor.offset
    cursor.passBlanks()
    if cursor.offset > start { isLoose = true }
  }

  /// Of equal names jansson keeps the last value in the place of the first, so such an object counts as loose. If there are too many names
  /// to compare, it counts as loose too.
  private mutating func note(_ name: ScannedText, since first: Int) {
    for index in first..<names.count where cursor.areEqual(names[index], name) { isLoose = true }
    if !names.append(name) { isLoose = true }
  }
}
