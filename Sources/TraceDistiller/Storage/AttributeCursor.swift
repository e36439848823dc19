// The only reader of attribute blocks (see `AttributeBlock.swift` for their form). It reads attribute by attribute without creating
// Strings.

/// Iterates over one block. Valid only inside the closure that gets the arena's bytes.
struct AttributeCursor {
  private let bytes: UnsafeRawBufferPointer
  private let start: Int
  private var place: Int
  /// The previous block of the same span or event; `SpanRow.none` if this is the first.
  let previous: UInt32

  /// The current attribute: the text number of its key, the kind of its value, and the value's range in the block.
  private(set) var key: UInt32 = 0
  private(set) var tag = AttributeTag.string
  private(set) var range = 0..<0

  @inline(__always)
  init(_ block: UnsafeRawBufferPointer) {
    bytes = block
    var cursor = 0
    let link = block.readVarint(&cursor)
    previous = link == 0 ? SpanRow.none : UInt32(link - 1)
    start = cursor
    place = cursor
  }

  /// Moves to the next attribute. Returns false after the last one.
  @inline(__always)
  mutating func next() -> Bool {
    guard place < bytes.count else { return false }
    key = UInt32(truncatingIfNeeded: bytes.readVarint(&place))
    tag = AttributeTag(rawValue: bytes[place]) ?? .string
    place += 1
    let begin: Int
    switch tag {
    case .integer:
      begin = place
      _ = bytes.readVarint(&place)
    case .double:
      begin = place
      place += 8
    case .true, .false: begin = place
    case .string, .json:
      let count = Int(bytes.readVarint(&place))
      begin = place
      place += count
    }
    range = begin..<place
    return true
  }

  /// The bytes of the current value, if it is a text.
  @inline(__always)
  var text: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }

  var value: DistilledAttribute.Value {
    switch tag {
    case .integer:
      var cursor = range.lowerBound
      let zigzag = bytes.readVarint(&cursor)
      return .integer(Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1))
    case .double: return .double(Double(bitPattern: UInt64(littleEndian: text.loadUnaligned(as: UInt64.self))))
    case .true: return .bool(true)
    case .false: return .bool(false)
    case .string: return .string(String(decoding: text, as: UTF8.self))
    case .json: return .json(String(decoding: text, as: UTF8.self))
    }
  }

  /// The block without the link to the previous one.
  var payload: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[start...]) }
}

extension TextArena {
  /// Passes a block to the body.
  @inline(__always)
  func withBlock<Result>(_ block: UInt32, _ body: (inout AttributeCursor) -> Result) -> Result {
    withBytes(TextReference(rawValue: block)) { bytes in
      var cursor = AttributeCursor(bytes)
      return body(&cursor)
    }
  }

  /// A block and the blocks before it, the oldest first.
  func chain(of block: UInt32) -> [UInt32] {
    var chain: [UInt32] = []
    var next = block
    while next != SpanRow.none {
      chain.append(next)
      next = withBlock(next) { $0.previous }
    }
    chain.reverse()
    return chain
  }
}

/// Decodes a chain of blocks. The latest value of a key wins; the order is that of first occurrence.
struct AttributeReader {
  let arena: TextArena
  let texts: TextTable

  func attributes(_ block: UInt32) -> [DistilledAttribute] {
    var result: [DistilledAttribute] = []
    var positions: [UInt32: Int] = [:]
    for block in arena.chain(of: block) {
      arena.withBlock(block) { cursor in
        while cursor.next() {
          if let position = positions[cursor.key] {
            result[position].value = cursor.value
          } else {
            positions[cursor.key] = result.count
            result.append(DistilledAttribute(key: texts.reference(cursor.key).map { arena.string($0) } ?? "", value: cursor.value))
          }
        }
      }
    }
    return result
  }

  /// The latest value of one key; other values are not decoded.
  func value(of wanted: UInt32, in block: UInt32) -> DistilledAttribute.Value? {
    var next = block
    while next != SpanRow.none {
      let (value, previous) = arena.withBlock(next) { cursor in
        var found: DistilledAttribute.Value?
        while cursor.next() { if cursor.key == wanted { found = cursor.value } }
        return (found, cursor.previous)
      }
      if let value { return value }
      next = previous
    }
    return nil
  }
}
