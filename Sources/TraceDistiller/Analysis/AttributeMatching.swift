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
  func matches(_ block: UInt32, in storage: TraceStorage) -> Bool {
    var next = block
    while next != SpanRow.none {
      let (verdict, previous) = storage.arena.withBytes(TextReference(rawValue: next)) { bytes -> (Bool?, UInt32) in
        var cursor = AttributeCursor(bytes)
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
    case .integer: cursor.integer == integer
    case .true: value == "true"
    case .false: value == "false"
    case .double: DistilledAttribute.Value.double(cursor.double).text.utf8.elementsEqual(text)
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
    mayBeNumber = pattern.text.lowercased().utf8.allSatisfy { "0123456789+-.einfatrusl".utf8.contains($0) }
  }

  func matches(attributesOf block: UInt32, in storage: TraceStorage) -> Bool {
    var (next, blocks, isFound) = (block, 0, false)
    while next != SpanRow.none {
      blocks += 1
      next = storage.arena.withBytes(TextReference(rawValue: next)) { bytes in
        var cursor = AttributeCursor(bytes)
        while !isFound, cursor.next() { isFound = matches(cursor) }
        return cursor.previous
      }
    }
    guard isFound else { return false }
    // A value that a later one replaced does not count: rare enough to look again at the values as answers show them.
    return AttributeReader(arena: storage.arena, texts: storage.texts).attributes(block).contains { pattern.matches($0.value.text) }
  }

  private func matches(_ cursor: AttributeCursor) -> Bool {
    switch cursor.tag {
    case .string, .json: pattern.matches(cursor.text)
    case .integer: mayBeNumber && pattern.matches(String(cursor.integer))
    case .true: mayBeNumber && pattern.matches("true")
    case .false: mayBeNumber && pattern.matches("false")
    case .double: mayBeNumber && pattern.matches(DistilledAttribute.Value.double(cursor.double).text)
    }
  }
}

/// Walks the attributes of one block, in order, without making anything of their values.
struct AttributeCursor {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  /// The block before this one; `SpanRow.none` where there is none.
  let previous: UInt32
  private(set) var key: UInt32 = 0
  private(set) var tag = AttributeTag.string
  private(set) var integer: Int64 = 0
  private(set) var double = 0.0
  /// Of a string or of JSON.
  private(set) var text = UnsafeRawBufferPointer(start: nil, count: 0)

  @inline(__always)
  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    let link = bytes.readVarint(&position)
    previous = link == 0 ? SpanRow.none : UInt32(truncatingIfNeeded: link - 1)
  }

  /// Moves to the next attribute; false behind the last.
  @inline(__always)
  mutating func next() -> Bool {
    guard position < bytes.count else { return false }
    key = UInt32(truncatingIfNeeded: bytes.readVarint(&position))
    tag = AttributeTag(rawValue: bytes[position]) ?? .string
    position += 1
    switch tag {
    case .integer:
      let zigzag = bytes.readVarint(&position)
      integer = Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
    case .double:
      double = Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)))
      position += 8
    case .true, .false: break
    case .string, .json:
      let count = Int(bytes.readVarint(&position))
      text = UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
      position += count
    }
    return true
  }
}
