// Scans the tokens of OTLP/JSON: names, attributes, AnyValues.

extension LineCursor {
  /// Passes the start of a list. True if the list is empty, and was passed; nil if there is no list.
  @inline(__always)
  mutating func passListStart() -> Bool? {
    guard pass(UInt8(ascii: "[")) else { return nil }
    passBlanks()
    return pass(UInt8(ascii: "]"))
  }

  /// Passes `{"key":"k","value":{…}}`, including blanks.
  @inline(__always)
  mutating func passAttribute(_ member: inout ScannedMember) -> Bool {
    passBlanks()
    guard pass(UInt8(ascii: "{")), passAttributeKey(&member.key), passAnyValue(&member.value) else { return false }
    passBlanks()
    guard pass(UInt8(ascii: "}")) else { return false }
    passBlanks()
    return true
  }

  /// Passes `"key":"k","value":`. Keys that are marks of our own export are not accepted.
  @inline(__always)
  mutating func passAttributeKey(_ key: inout ScannedText) -> Bool {
    var isEscaped = false
    guard passKey("key"), pass(UInt8(ascii: "\"")), passString(&key, isEscaped: &isEscaped), !isEscaped else { return false }
    passBlanks()
    return pass(UInt8(ascii: ",")) && passKey("value") && !bytes(key).starts(with: OTLPMark.prefix)
  }

  /// Passes `{"stringValue":"…"}` and the same for integers, reals and booleans, or a list of these. Maps and unusual pairs are not
  /// accepted.
  @inline(__always)
  mutating func passAnyValue(_ value: inout ScannedValue) -> Bool {
    guard pass(UInt8(ascii: "{")) else { return false }
    let isTaken: Bool
    if passKey("stringValue") {
      isTaken = passText(&value)
    } else if passKey("intValue") {
      isTaken = passInteger(&value)
    } else if passKey("doubleValue") {
      isTaken = passDouble(&value)
    } else if passKey("boolValue") {
      isTaken = passTruth(&value)
    } else {
      isTaken = passKey("arrayValue") && passList(&value)
    }
    guard isTaken else { return false }
    passBlanks()
    return pass(UInt8(ascii: "}"))
  }

  @inline(__always)
  private mutating func passText(_ value: inout ScannedValue) -> Bool {
    var isEscaped = false
    guard pass(UInt8(ascii: "\"")), passString(&value.text, isEscaped: &isEscaped) else { return false }
    value.kind = isEscaped ? .escapedString : .string
    return true
  }

  /// An integer, as a number or as digits in a string.
  @inline(__always)
  private mutating func passInteger(_ value: inout ScannedValue) -> Bool {
    let isQuoted = pass(UInt8(ascii: "\""))
    guard passNumber(&value), value.kind == .integer else { return false }
    return !isQuoted || pass(UInt8(ascii: "\""))
  }

  private mutating func passDouble(_ value: inout ScannedValue) -> Bool {
    guard passNumber(&value) else { return false }
    if value.kind == .integer {
      value.real = Double(value.integer)
      value.kind = .real
    }
    return true
  }

  private mutating func passTruth(_ value: inout ScannedValue) -> Bool {
    let start = offset
    let isTrue = pass("true")
    guard isTrue || pass("false") else { return false }
    value = ScannedValue(isTrue ? .isTrue : .isFalse, start: start, count: offset - start)
    return true
  }

  /// `{"values":[…]}`: the elements are checked when they are written.
  @inline(never)
  private mutating func passList(_ value: inout ScannedValue) -> Bool {
    guard pass(UInt8(ascii: "{")), passKey("values") else { return false }
    let start = offset
    guard forEachElement({ _, _ in true }) else { return false }
    value = ScannedValue(.list, start: start, count: offset - start)
    passBlanks()
    return pass(UInt8(ascii: "}"))
  }

  /// Visits the elements of a list of plain values. Returns false if it contains other values, or if the body rejects one.
  mutating func forEachElement(_ body: (ScannedValue, LineCursor) -> Bool) -> Bool {
    guard let isEmpty = passListStart() else { return false }
    if isEmpty { return true }
    var value = ScannedValue(.null, start: 0, count: 0)
    repeat {
      passBlanks()
      guard passAnyValue(&value), value.kind != .list, body(value, self) else { return false }
      passBlanks()
    } while pass(UInt8(ascii: ","))
    return pass(UInt8(ascii: "]"))
  }

  /// The number in a text of 1 to 19 digits.
  @inline(__always)
  func number(_ text: ScannedText) -> UInt64? {
    guard text.count > 0, text.count <= 19 else { return nil }
    var number: UInt64 = 0
    var at = Int(text.start)
    let end = at + Int(text.count)
    while at + 8 <= end {
      guard let eight = LineCursor.eightDigits(word(at: at)) else { return nil }
      number = number &* 100_000_000 &+ eight
      at += 8
    }
    while at < end {
      let digit = byte(at: at) &- 0x30
      guard digit < 10 else { return nil }
      number = number &* 10 &+ UInt64(digit)
      at += 1
    }
    return number
  }

  /// The integer that a complete text represents, with its sign.
  @inline(__always)
  func integer(_ text: ScannedText) -> Int64? {
    var cursor = self
    var value = ScannedValue(.null, start: 0, count: 0)
    cursor.go(backTo: text)
    guard cursor.passNumber(&value), value.kind == .integer, value.text.count == text.count else { return nil }
    return value.integer
  }

  // MARK: Names

  /// Passes `"name":` if it is next; otherwise passes nothing, or only blanks.
  @inline(__always)
  mutating func passKey(_ name: StaticString) -> Bool {
    passBlanks()
    let start = self
    guard pass(UInt8(ascii: "\"")), pass(name), pass(UInt8(ascii: "\"")), passColon() else {
      self = start
      return false
    }
    return true
  }

  /// Passes any name and its colon. Nil for one of our names that occurred before, and for a name too long to compare with ours.
  @inline(__always)
  mutating func passName(_ names: ScannedNames.Table, seen: inout UInt64) -> OTLPName? {
    passBlanks()
    var key = ScannedText.empty
    var isEscaped = false
    guard pass(UInt8(ascii: "\"")), passString(&key, isEscaped: &isEscaped), !isEscaped, Int(key.count) < ScannedWord.maxCount, passColon(),
      let name = OTLPName(rawValue: names.find(key, self)), name == .other || seen & name.bit == 0
    else { return nil }
    seen |= name.bit
    return name
  }
}
