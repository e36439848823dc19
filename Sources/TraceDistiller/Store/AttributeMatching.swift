// Matches attribute values directly in the arena: without a dictionary, and without creating Strings for values that do not match.

/// One attribute condition of a filter.
struct WantedAttribute: Sendable {
  let key: [UInt8]
  /// The number of the key in the current trace.
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

  /// Whether the latest value of the key equals the wanted one, as text.
  func matches(_ block: UInt32, in storage: UnsafePointer<TraceStorage>) -> Bool {
    var next = block
    while next != SpanRow.none {
      let (verdict, previous) = storage.pointee.arena.withBlock(next) { cursor -> (Bool?, UInt32) in
        var verdict: Bool?
        // If a key occurs several times, the last value is the latest.
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

/// A text that a filter searches for in attribute values.
struct WantedText: Sendable {
  let pattern: TextPattern
  /// The text could be a part of a number, or of true or false.
  private let mayBeNumber: Bool

  init(_ pattern: TextPattern) {
    self.pattern = pattern
    mayBeNumber = pattern.mayMatchNumbers
  }

  /// Whether it may occur in one of the texts in these bytes, or in a value that is not a text.
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
    // A value that was replaced by a later one does not count. This is rare, so the decoded values are checked again.
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
