// The output of decoders for the store: plain rows, and byte ranges instead of strings. One batch holds the records of one read and is
// applied under one lock.

import Platform

/// A range of a `RecordBatch`'s text: bytes of the batch's own scratch memory, or bytes of the read buffer that needed no change.
///
/// Public as far as the store uses it for every record: across modules, accesses with less visibility become calls, whatever attributes
/// they have.
public struct TextRange: Sendable, BitwiseCopyable, Equatable {
  /// Bit 31 selects source or scratch; a batch is smaller than 2 GiB.
  public var location: UInt32
  public var count: UInt32

  package static let empty = TextRange(scratch: 0, count: 0)

  package init(scratch offset: Int, count: Int) {
    location = UInt32(truncatingIfNeeded: offset) & 0x7FFF_FFFF
    self.count = UInt32(truncatingIfNeeded: count)
  }

  package init(source offset: Int, count: Int) {
    location = UInt32(truncatingIfNeeded: offset) | 0x8000_0000
    self.count = UInt32(truncatingIfNeeded: count)
  }

  /// A part of a text at this location.
  @inline(__always)
  init(_ origin: TextOrigin, start: UInt32, count: UInt32) {
    location = origin.location &+ start
    self.count = count
  }

  /// The distance of the text from `origin`; nil if the text is elsewhere.
  func offset(from origin: TextOrigin) -> Int? {
    (location ^ origin.location) & 0x8000_0000 == 0 && location >= origin.location ? Int(location - origin.location) : nil
  }

  @inlinable public var isEmpty: Bool { count == 0 }
  @inlinable public var isInSource: Bool { location & 0x8000_0000 != 0 }
  @inlinable public var offset: Int { Int(location & 0x7FFF_FFFF) }
}

/// The location of a text, of which parts are used.
struct TextOrigin: BitwiseCopyable {
  fileprivate var location: UInt32

  init(source offset: Int) { location = UInt32(truncatingIfNeeded: offset) | 0x8000_0000 }
  init(scratch offset: Int) { location = UInt32(truncatingIfNeeded: offset) & 0x7FFF_FFFF }
}

/// The typed value of an attribute, as in OpenTelemetry; arrays and maps are compact JSON.
package enum AttributeValue: Sendable, BitwiseCopyable, Equatable {
  case string(TextRange)
  case integer(Int64)
  case double(Double)
  case bool(Bool)
  case json(TextRange)
}

package struct Attribute: Sendable, BitwiseCopyable {
  package var key: TextRange
  package var value: AttributeValue

  package init(key: TextRange, value: AttributeValue) {
    self.key = key
    self.value = value
  }
}

/// Takes the records of one read; both are valid only during the call.
package typealias RecordSink = (RecordBatch, BatchTexts) -> Void

/// The records of one read, in order. Reused: `removeAll` keeps the memory.
package struct RecordBatch: Sendable {
  package private(set) var records: [Record] = []
  package private(set) var attributes: [Attribute] = []
  /// Begins with the names of `KnownKeys`.
  package private(set) var scratch: [UInt8] = KnownKeys.bytes

  package init() {}

  package var isEmpty: Bool { records.isEmpty }
  package var byteCount: Int {
    scratch.count + records.count * MemoryLayout<Record>.stride + attributes.count * MemoryLayout<Attribute>.stride
  }

  package mutating func removeAll() {
    // A single huge line must not keep its memory for ever.
    records.removeAll(keepingCapacity: records.capacity <= 16_384)
    attributes.removeAll(keepingCapacity: attributes.capacity <= 65_536)
    scratch.removeAll(keepingCapacity: scratch.capacity <= 4 << 20)
    scratch.append(contentsOf: KnownKeys.bytes)
  }

  /// Copies text to the scratch memory.
  package mutating func add(text: UnsafeRawBufferPointer) -> TextRange {
    if text.isEmpty { return .empty }
    let range = TextRange(scratch: scratch.count, count: text.count)
    scratch.append(contentsOf: text)
    return range
  }

  package mutating func add(text: String) -> TextRange {
    var text = text
    return text.withUTF8 { add(text: UnsafeRawBufferPointer($0)) }
  }

  /// Adds the text that the body appends.
  mutating func addText(_ append: (inout [UInt8]) -> Void) -> TextRange {
    let start = scratch.count
    append(&scratch)
    return TextRange(scratch: start, count: scratch.count - start)
  }

  /// Makes room for so many bytes, each of which the body initialises.
  @inline(__always)
  mutating func addText(count: Int, _ write: (UnsafeMutableRawBufferPointer) -> Void) -> TextRange {
    let range = TextRange(scratch: scratch.count, count: count)
    scratch.append(contentsOf: repeatElement(0, count: count))
    scratch.withUnsafeMutableBytes { write(UnsafeMutableRawBufferPointer(rebasing: $0[range.offset...])) }
    return range
  }

  package mutating func add(_ record: Record) { records.append(record) }

  /// Replaces a record that was added before it was complete.
  mutating func replaceRecord(at index: Int, with record: Record) { records[index] = record }

  package mutating func add(_ attribute: Attribute) { attributes.append(attribute) }

  /// Adds `count` attributes, which the caller then replaces.
  @inline(__always)
  mutating func addAttributes(_ count: Int) {
    attributes.append(contentsOf: repeatElement(Attribute(key: .empty, value: .bool(false)), count: count))
  }

  @inline(__always)
  mutating func replaceAttribute(at index: Int, with attribute: Attribute) { attributes[index] = attribute }

  package mutating func add(attribute key: StaticString, _ value: AttributeValue) {
    attributes.append(Attribute(key: KnownKeys.range(of: key.bytes) ?? add(text: key.bytes), value: value))
  }

  /// Sorts the attributes by the bytes of their keys, all of which are in the scratch memory.
  package mutating func sortAttributes() {
    guard attributes.count > 1 else { return }
    // Moved out meanwhile, because the comparison reads the scratch memory of the same value.
    var sorted = attributes
    attributes = []
    scratch.withUnsafeBytes { texts in
      sorted.sort { left, right in
        let common = min(left.key.count, right.key.count)
        let order = common == 0 ? 0 : memcmp(texts.baseAddress! + left.key.offset, texts.baseAddress! + right.key.offset, Int(common))
        return order == 0 ? left.key.count < right.key.count : order < 0
      }
    }
    attributes = sorted
  }

  /// Whether two attributes are equal; the texts of their keys may be at different locations.
  func isSame(_ left: Attribute, _ right: Attribute) -> Bool {
    guard left.value == right.value else { return false }
    if left.key == right.key { return true }
    guard !left.key.isInSource, !right.key.isInSource else { return false }
    func bytes(_ key: TextRange) -> ArraySlice<UInt8> { scratch[key.offset..<key.offset + Int(key.count)] }
    return bytes(left.key) == bytes(right.key)
  }

  /// The state to return to when a line turns out to be wrong halfway.
  package var mark: (records: Int, attributes: Int, scratch: Int) { (records.count, attributes.count, scratch.count) }

  package mutating func rewind(to mark: (records: Int, attributes: Int, scratch: Int)) {
    records.removeLast(records.count - mark.records)
    attributes.removeLast(attributes.count - mark.attributes)
    scratch.removeLast(scratch.count - mark.scratch)
  }

  /// Passes the bytes behind the ranges to the body; `source` is the read buffer that the decoders used.
  package func withTexts<Result>(source: UnsafeRawBufferPointer, _ body: (BatchTexts) throws -> Result) rethrows -> Result {
    try scratch.withUnsafeBytes { try body(BatchTexts(scratch: $0, source: source)) }
  }
}

/// The bytes behind the ranges of a batch. Valid only inside `RecordBatch.withTexts`.
public struct BatchTexts {
  public let scratch: UnsafeRawBufferPointer
  public let source: UnsafeRawBufferPointer

  init(scratch: UnsafeRawBufferPointer, source: UnsafeRawBufferPointer) { (self.scratch, self.source) = (scratch, source) }

  @inlinable @inline(__always) public subscript(range: TextRange) -> UnsafeRawBufferPointer {
    let bytes = range.isInSource ? source : scratch
    precondition(range.offset &+ Int(range.count) <= bytes.count, "a text of \(range.count) bytes at \(range.offset) of \(bytes.count)")
    return UnsafeRawBufferPointer(start: bytes.baseAddress.map { $0 + range.offset }, count: Int(range.count))
  }
}
