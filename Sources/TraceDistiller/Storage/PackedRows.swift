// Stores a page of span rows in as few bytes as its values need.

import TraceRecords

/// Each field is stored as its distance from the page's minimum, in as many whole bytes as the largest distance needs. A field with the
/// same value in all rows takes no bytes. Rows are contiguous, so that reading one touches one or two cache lines.
struct PackedRows: Sendable {
  /// The minimum of each field that is stored as a distance.
  private struct Bases: Sendable, BitwiseCopyable {
    var start = Int64.max
    var id = UInt32.max
    var parent = UInt32.max
    var attributes = UInt32.max
    var lastEvent = UInt32.max
  }

  /// The fields of one row in their stored form.
  private struct Fields: BitwiseCopyable {
    var start, duration, id, parent, name, target, service, attributes, lastEvent, flags: UInt64
  }

  private var bases = Bases()
  /// The number of bytes of each field, four bits each, in the order of `Fields`.
  private var widths: UInt64 = 0
  private var stride: UInt16 = 0
  private let rowCount: UInt16
  private var bytes: [UInt8] = []
  /// Fields are read and written eight bytes at a time, so there must be memory after the last one.
  private static let padding = 8

  init() { rowCount = 0 }

  var count: Int { Int(rowCount) }
  var isEmpty: Bool { rowCount == 0 }
  var allocatedBytes: Int { HeapBytes.ofArray(bytes.capacity) }

  init(_ rows: [SpanRow]) {
    rowCount = UInt16(rows.count)
    for row in rows {
      if row.start != Record.unknown { bases.start = min(bases.start, row.start) }
      bases.id = min(bases.id, row.id.rawValue)
      bases.parent = min(bases.parent, row.parent)
      bases.attributes = min(bases.attributes, row.attributes)
      bases.lastEvent = min(bases.lastEvent, row.lastEvent)
    }
    var all = Fields(
      start: 0, duration: 0, id: 0, parent: 0, name: 0, target: 0, service: 0, attributes: 0, lastEvent: 0, flags: 0)
    for row in rows {
      let fields = fields(of: row)
      all.start |= fields.start
      all.duration |= fields.duration
      all.id |= fields.id
      all.parent |= fields.parent
      all.name |= fields.name
      all.target |= fields.target
      all.service |= fields.service
      all.attributes |= fields.attributes
      all.lastEvent |= fields.lastEvent
      all.flags |= fields.flags
    }
    for (place, field) in [
      all.start, all.duration, all.id, all.parent, all.name, all.target, all.service, all.attributes, all.lastEvent, all.flags,
    ].enumerated() {
      let width = (71 - field.leadingZeroBitCount) / 8
      widths |= UInt64(width) << UInt64(4 * place)
      stride += UInt16(width)
    }
    let size = Int(stride) * rows.count + Self.padding
    bytes = Array(unsafeUninitializedCapacity: size) { memory, initialized in
      memory.initialize(repeating: 0)
      initialized = size
      let memory = UnsafeMutableRawBufferPointer(memory)
      var position = 0
      for row in rows { write(fields(of: row), to: memory, &position) }
    }
  }

  subscript(row: Int) -> SpanRow {
    precondition(row >= 0 && row < count)
    // In bounds: the fields of a row take `stride` bytes, and there are eight more after the last row.
    return bytes.withUnsafeBytes { memory in
      var position = row &* Int(stride)
      var rest = widths
      func next() -> UInt64 {
        let width = rest & 15
        rest >>= 4
        let word = UInt64(littleEndian: memory.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        position &+= Int(width)
        return width == 0 ? 0 : word & (UInt64.max &>> (64 &- 8 &* width))
      }
      let start = next()
      let duration = next()
      var span = SpanRow(id: TextReference(rawValue: bases.id &+ UInt32(truncatingIfNeeded: next())))
      span.start = start == 0 ? Record.unknown : bases.start &+ Int64(bitPattern: start &- 1)
      span.end = duration == 0 ? Record.unknown : span.start &+ Int64(bitPattern: duration &- 1)
      span.parent = Self.number(next(), bases.parent)
      span.name = UInt32(truncatingIfNeeded: next())
      span.target = UInt32(truncatingIfNeeded: next())
      span.service = UInt32(truncatingIfNeeded: next())
      span.attributes = Self.number(next(), bases.attributes)
      span.lastEvent = Self.number(next(), bases.lastEvent)
      span.flags = Self.flags(next())
      return span
    }
  }

  @inline(__always)
  private func fields(of row: SpanRow) -> Fields {
    Fields(
      start: row.start == Record.unknown ? 0 : UInt64(bitPattern: row.start &- bases.start) &+ 1,
      duration: row.end == Record.unknown ? 0 : UInt64(bitPattern: row.end &- row.start) &+ 1,
      id: UInt64(row.id.rawValue &- bases.id), parent: Self.distance(row.parent, bases.parent), name: UInt64(row.name),
      target: UInt64(row.target), service: UInt64(row.service), attributes: Self.distance(row.attributes, bases.attributes),
      lastEvent: Self.distance(row.lastEvent, bases.lastEvent), flags: Self.code(row.flags))
  }

  @inline(__always)
  private func write(_ fields: Fields, to memory: UnsafeMutableRawBufferPointer, _ position: inout Int) {
    var rest = widths
    // Bytes written beyond a field are overwritten by the next one.
    func put(_ value: UInt64) {
      memory.storeBytes(of: value.littleEndian, toByteOffset: position, as: UInt64.self)
      position &+= Int(rest & 15)
      rest >>= 4
    }
    put(fields.start)
    put(fields.duration)
    put(fields.id)
    put(fields.parent)
    put(fields.name)
    put(fields.target)
    put(fields.service)
    put(fields.attributes)
    put(fields.lastEvent)
    put(fields.flags)
  }

  /// 0 means none.
  @inline(__always) private static func distance(_ value: UInt32, _ base: UInt32) -> UInt64 {
    value == SpanRow.none ? 0 : UInt64(value &- base) &+ 1
  }

  @inline(__always) private static func number(_ distance: UInt64, _ base: UInt32) -> UInt32 {
    distance == 0 ? SpanRow.none : base &+ UInt32(truncatingIfNeeded: distance &- 1)
  }

  // The two bytes of flags come first, then status and kind, then the diagnostics, which most traces do not have. No bit is lost.
  @inline(__always) private static func code(_ flags: SpanFlags) -> UInt64 {
    let bits = UInt64(flags.rawValue)
    return bits & 0xFFFF | bits >> 8 & 0xFF_0000 | bits << 8 & 0xFF00_0000
  }

  @inline(__always) private static func flags(_ code: UInt64) -> SpanFlags {
    SpanFlags(rawValue: UInt32(truncatingIfNeeded: code & 0xFFFF | code << 8 & 0xFF00_0000 | code >> 8 & 0xFF_0000))
  }
}
