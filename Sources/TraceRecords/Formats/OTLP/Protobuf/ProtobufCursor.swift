// The wire format of protobuf, and nothing of what is written in it: fields one behind the other, each with its number and how long it is.

/// Reads the fields of one message, which is a range of a longer one. Every read is within the range, or a fault.
struct ProtobufCursor {
  /// Groups inside of groups, which nobody has written for long, and values inside of values.
  static let maxDepth = 64

  /// Of the whole message: offsets count from here.
  let base: UnsafeRawPointer
  private(set) var at: Int
  let end: Int

  /// - Parameter base: of bytes that hold at least `range`.
  @inline(__always)
  init(_ base: UnsafeRawPointer, _ range: Range<Int>) {
    self.base = base
    at = range.lowerBound
    end = range.upperBound
  }

  struct Field {
    var number: Int
    var wire: UInt8
  }

  @inline(__always)
  var isAtEnd: Bool { at >= end }

  /// The next field's number and wire type; nil at the message's end.
  @inline(__always)
  mutating func field() throws(ProtobufFault) -> Field? {
    guard at < end else { return nil }
    let first = base.load(fromByteOffset: at, as: UInt8.self)
    // Numbers to 15 are one byte.
    if first < 0x80, first >= 8 {
      at &+= 1
      return Field(number: Int(first >> 3), wire: first & 7)
    }
    return try longField()
  }

  private mutating func longField() throws(ProtobufFault) -> Field {
    let start = at
    let tag = try varint()
    guard tag >> 3 > 0, tag >> 3 < 1 << 29 else { throw ProtobufFault(offset: start, reason: .fieldZero) }
    return Field(number: Int(tag >> 3), wire: UInt8(tag & 7))
  }

  /// A number of seven bits a byte, the lowest ones first. What is beyond 64 bits is cut, as every reader does.
  @inline(__always)
  mutating func varint() throws(ProtobufFault) -> UInt64 {
    guard at < end else { throw ProtobufFault(offset: at, reason: .endsEarly) }
    let first = base.load(fromByteOffset: at, as: UInt8.self)
    if first < 0x80 {
      at &+= 1
      return UInt64(first)
    }
    return try longVarint()
  }

  private mutating func longVarint() throws(ProtobufFault) -> UInt64 {
    var value: UInt64 = 0
    let last = min(end, at &+ 10)
    var place = at
    while place < last {
      let byte = base.load(fromByteOffset: place, as: UInt8.self)
      value |= UInt64(byte & 0x7F) &<< UInt64(7 &* (place &- at))
      place &+= 1
      if byte < 0x80 {
        at = place
        return value
      }
    }
    throw ProtobufFault(offset: at, reason: place == at &+ 10 ? .longVarint : .endsEarly)
  }

  @inline(__always)
  mutating func fixed64() throws(ProtobufFault) -> UInt64 {
    guard end &- at >= 8 else { throw ProtobufFault(offset: at, reason: .endsEarly) }
    defer { at &+= 8 }
    return UInt64(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt64.self))
  }

  /// Where the bytes of a length-delimited field lie.
  @inline(__always)
  mutating func bytes() throws(ProtobufFault) -> Range<Int> {
    let start = at
    let count = try varint()
    guard count <= UInt64(end &- at) else { throw ProtobufFault(offset: start, reason: .endsEarly) }
    let first = at
    at = first &+ Int(count)
    return Range(uncheckedBounds: (first, at))
  }

  /// A message inside of this one.
  @inline(__always)
  mutating func message() throws(ProtobufFault) -> ProtobufCursor { ProtobufCursor(base, try bytes()) }

  /// The same for one that may be cut off: then it is what is left of it, and `broken` says so.
  mutating func message(orRest broken: inout ProtobufFault?) throws(ProtobufFault) -> ProtobufCursor {
    let start = at
    let count = try varint()
    if count > UInt64(end &- at) { broken = ProtobufFault(offset: start, reason: .endsEarly) }
    let first = at
    at = broken == nil ? first &+ Int(count) : end
    return ProtobufCursor(base, first..<at)
  }

  /// Goes over the value of a field.
  @inline(__always)
  mutating func skip(_ wire: UInt8) throws(ProtobufFault) {
    switch wire {
    case 0: _ = try varint()
    case 1: try skip(bytes: 8)
    case 2: _ = try bytes()
    case 5: try skip(bytes: 4)
    default: try skipGroup(wire)
    }
  }

  @inline(__always)
  private mutating func skip(bytes count: Int) throws(ProtobufFault) {
    guard end &- at >= count else { throw ProtobufFault(offset: at, reason: .endsEarly) }
    at &+= count
  }

  /// Goes over a group, of which only the beginning and the end are marked, with all groups inside of it.
  private mutating func skipGroup(_ wire: UInt8) throws(ProtobufFault) {
    guard wire == 3 else { throw ProtobufFault(offset: at, reason: wire == 4 ? .groupEnd : .wireType) }
    var depth = 1
    while depth > 0 {
      let start = at
      guard let field = try field() else { throw ProtobufFault(offset: at, reason: .endsEarly) }
      switch field.wire {
      case 3:
        depth += 1
        guard depth <= ProtobufCursor.maxDepth else { throw ProtobufFault(offset: start, reason: .tooDeep) }
      case 4: depth -= 1
      case 6, 7: throw ProtobufFault(offset: start, reason: .wireType)
      default: try skip(field.wire)
      }
    }
  }
}
