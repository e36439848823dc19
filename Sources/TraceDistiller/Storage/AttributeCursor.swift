// The one reader of attribute blocks (`AttributeBlock.swift` describes their form): attribute by attribute, without making texts.

/// A walk through one block. Only the bytes that the arena lends may be walked through, and only as long as it lends them.
struct AttributeCursor {
  private let bytes: UnsafeRawBufferPointer
  private let start: Int
  private var place: Int
  /// The block before this one of the same span or event; `SpanRow.none` where this is the first.
  let previous: UInt32

  /// The attribute at hand: its key as a number of the trace's texts, the kind of its value, and where that lies in the block.
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

  /// Goes on to the next attribute; false behind the last.
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

  /// The bytes of the value at hand: the text, where it is one.
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

  /// The block without the link to the one before it.
  var payload: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[start...]) }
}

extension TextArena {
  /// Lends a block.
  @inline(__always)
  func withBlock<Result>(_ block: UInt32, _ body: (inout AttributeCursor) -> Result) -> Result {
    withBytes(TextReference(rawValue: block)) { bytes in
      var cursor = AttributeCursor(bytes)
      return body(&cursor)
    }
  }

  /// A block and those before it, the oldest first.
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

/// Makes values of a chain of blocks. The latest value of a key wins; the order is that of first mention.
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

  /// The latest value of one key; nothing is made of the others.
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
