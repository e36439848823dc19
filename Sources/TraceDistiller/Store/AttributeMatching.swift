// Attribute values asked as they lie in the arena: no dictionary, and no text is made of those that do not match.

/// One attribute that a filter asks for.
struct WantedAttribute: Sendable {
  let key: [UInt8]
  /// The number of the key in the trace that is looked at.
  var number: UInt32 = 0
  private let text: [UInt8]
  private let value: String
  private let integer: Int64?

  init(key: [UInt8], value: String) {
    self.key = key
    self.value = value
    text = Array(value.utf8)
    integer = Int64(value).flatMap { String($0) == value ? $0 : nil }
  }

  /// Whether the latest value of the key is the one that is wanted, as text.
  func matches(_ block: UInt32, in storage: UnsafePointer<TraceStorage>) -> Bool {
    var next = block
    while next != SpanRow.none {
      let (verdict, previous) = storage.pointee.arena.withBlock(next) { cursor -> (Bool?, UInt32) in
        var verdict: Bool?
        // The last of those with one key is the latest.
        while cursor.next() { if cursor.key == number { verdict = isEqual(cursor) } }
        return (verdict, cursor.previous)
      }
      if let verdict { return verdict }
      next = previous
    }
    return false
  }

  private func isEqual(_ cursor: AttributeCursor) -> Bool {
    switch cursor.tag {
    case .string, .json: cursor.text.elementsEqual(text)
    case .integer: integer.map { cursor.value == .integer($0) } ?? false
    case .true: value == "true"
    case .false: value == "false"
    case .double: cursor.value.text.utf8.elementsEqual(text)
    }
  }
}

/// A text that a filter looks for in attribute values.
struct WantedText: Sendable {
  let pattern: TextPattern
  /// It may stand in a number, in true or in false.
  private let mayBeNumber: Bool

  init(_ pattern: TextPattern) {
    self.pattern = pattern
    mayBeNumber = pattern.mayMatchNumbers
  }

  /// Whether it may be in one of the texts that lie in these bytes, or in a value that is no text.
  func mayBe(in texts: UnsafeRawBufferPointer, hasOddFolding: Bool) -> Bool {
    mayBeNumber || pattern.mayBe(in: texts, hasOddFolding: hasOddFolding)
  }

  func matches(attributesOf block: UInt32, in storage: UnsafePointer<TraceStorage>) -> Bool {
    var (next, isFound) = (block, false)
    while next != SpanRow.none, !isFound {
      next = storage.pointee.arena.withBlock(next) { cursor in
        while !isFound, cursor.next() { isFound = matches(cursor) }
        return cursor.previous
      }
    }
    guard isFound else { return false }
    // A value that a later one replaced does not count: rare enough to look again at the values as answers show them.
    return AttributeReader(arena: storage.pointee.arena, texts: storage.pointee.texts).attributes(block).contains {
      pattern.matches($0.value.text)
    }
  }

  private func matches(_ cursor: AttributeCursor) -> Bool {
    switch cursor.tag {
    case .string, .json: pattern.matches(cursor.text)
    case .integer, .double, .true, .false: mayBeNumber && pattern.matches(cursor.value.text)
    }
  }
}
