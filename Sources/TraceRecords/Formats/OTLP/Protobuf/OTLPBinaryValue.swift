// An AnyValue of a binary message. Lists and maps become the compact JSON that the same data in OTLP/JSON becomes, by way of the same tree.

import CJansson
import JSON

struct OTLPBinaryValue: OTLPAnyValue {
  enum Content {
    /// OTLP's null: a value without a member, and no value.
    case none
    case text(Range<Int>)
    case bytes(Range<Int>)
    case integer(Int64)
    case double(Double)
    case bool(Bool)
    case array(Range<Int>)
    case map(Range<Int>)
  }

  let content: Content
  let source: OTLPBinarySourcePointer

  @inline(__always)
  init(_ content: Content, _ source: OTLPBinarySourcePointer) { (self.content, self.source) = (content, source) }

  /// Reads the members of an AnyValue, of which the last one counts.
  @inline(__always)
  init(_ cursor: ProtobufCursor, _ source: OTLPBinarySourcePointer) throws(ProtobufFault) {
    var cursor = cursor
    var content = Content.none
    var isUnread = false
    while let field = try cursor.field() {
      switch source.pointee.name(of: field, in: .anyValue) {
      case .stringValue: content = .text(try cursor.bytes())
      case .boolValue: content = .bool(try cursor.varint() != 0)
      case .intValue: content = .integer(Int64(bitPattern: try cursor.varint()))
      case .doubleValue: content = .double(Double(bitPattern: try cursor.fixed64()))
      case .arrayValue: content = .array(try cursor.bytes())
      case .kvlistValue: content = .map(try cursor.bytes())
      case .bytesValue: content = .bytes(try cursor.bytes())
      default:
        isUnread = true
        try cursor.skip(field.wire)
      }
    }
    if isUnread, case .none = content { source.pointee.isUnread = true }
    self.init(content, source)
  }

  var isNone: Bool {
    if case .none = content { return true }
    return false
  }

  @inline(__always)
  func withText<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
    switch content {
    case .text(let range): source.withText(range) { bytes, _ in body(bytes) }
    case .bytes(let range): Base64.encode(source.bytes(range)).withUnsafeBytes(body)
    default: nil
    }
  }

  @inline(__always)
  func range(_ batch: inout RecordBatch) -> TextRange? {
    switch content {
    case .text(let range): source.text(range, &batch)
    case .bytes(let range): Base64.encode(source.bytes(range)).withUnsafeBytes { batch.add(text: $0) }
    default: nil
    }
  }

  var number: Int64? {
    switch content {
    case .integer(let number): number
    case .text(let range): Int64(String(decoding: source.bytes(range), as: UTF8.self))
    default: nil
    }
  }

  var isTrue: Bool {
    switch content {
    case .bool(let flag): flag
    case .text(let range): source.bytes(range).equals("true") || source.bytes(range).equals("True")
    default: false
    }
  }

  var isTruth: Bool {
    if case .bool = content { return true }
    return false
  }

  @inline(__always)
  func attributeValue(_ batch: inout RecordBatch) -> AttributeValue {
    switch content {
    case .text(let range): .string(source.text(range, &batch))
    case .integer(let number): .integer(number)
    case .double(let number): .double(number)
    case .bool(let flag): .bool(flag)
    default: otherValue(&batch)
    }
  }

  @inline(never)
  private func otherValue(_ batch: inout RecordBatch) -> AttributeValue {
    switch content {
    case .bytes: return .string(range(&batch) ?? .empty)
    case .array, .map:
      guard let plain = plain(depth: 0) else { return .json(batch.add(text: "null")) }
      defer { json_decref(plain) }
      return .json(plain.withCompactText(undoing: []) { batch.add(text: $0) })
    default: return .json(batch.add(text: "null"))
    }
  }

  // MARK: Lists and maps

  func forEachElement(_ body: (OTLPBinaryValue) -> Void) {
    guard case .array(let range) = content else { return }
    forEach(in: range) { cursor throws(ProtobufFault) in body(try OTLPBinaryValue(cursor, source)) }
  }

  /// Visits the messages under the one field of a list or a map. What breaks off is noted, for whoever reads the span.
  private func forEach(in range: Range<Int>, _ body: (ProtobufCursor) throws(ProtobufFault) -> Void) {
    var cursor = source.cursor(range)
    do throws(ProtobufFault) {
      while let field = try cursor.field() {
        // Of both the one field is number 1.
        if source.pointee.name(of: field, in: .array) == .values { try body(try cursor.message()) } else { try cursor.skip(field.wire) }
      }
    } catch {
      if source.pointee.fault == nil { source.pointee.fault = error }
    }
  }

  /// The JSON that it stands for. Recursion, at most `ProtobufCursor.maxDepth` deep.
  private func plain(depth: Int) -> JanssonNode? {
    switch content {
    case .none: return json_null()
    case .text, .bytes: return withText(OTLPBinaryValue.string) ?? nil
    case .integer(let number): return json_integer(json_int_t(number))
    // JSON has no form for the others.
    case .double(let number): return number.isFinite ? json_real(number) : json_string(OTLPBinaryValue.name(number))
    case .bool(let flag): return flag ? json_true() : json_false()
    case .array(let range), .map(let range):
      guard depth < ProtobufCursor.maxDepth else {
        if source.pointee.fault == nil { source.pointee.fault = ProtobufFault(offset: range.lowerBound, reason: .tooDeep) }
        return json_null()
      }
      if case .map = content { return OTLPBinaryValue.object(range, source, depth: depth) }
      let array = json_array()
      forEach(in: range) { cursor throws(ProtobufFault) in
        json_array_append_new(array, try OTLPBinaryValue(cursor, source).plain(depth: depth + 1))
      }
      return array
    }
  }

  private static func object(_ range: Range<Int>, _ source: OTLPBinarySourcePointer, depth: Int) -> JanssonNode? {
    let object = json_object()
    OTLPBinaryValue(.map(range), source).forEach(in: range) { cursor throws(ProtobufFault) in
      try add(cursor, to: object, source, depth: depth)
    }
    return object
  }

  /// Adds one key and value to an object. A key without a value is left out there, as in JSON.
  static func add(_ attribute: ProtobufCursor, to object: JanssonNode?, _ source: OTLPBinarySourcePointer, depth: Int = 0)
    throws(ProtobufFault)
  {
    let entry = try OTLPBinaryAttribute(attribute, source)
    guard let key = entry.key, let value = entry.value else { return }
    let node = value.plain(depth: depth + 1)
    source.withText(key) { bytes, _ in
      _ = json_object_setn_new_nocheck(object, OTLPBinaryValue.characters(bytes), bytes.count, node)
    }
  }

  private static func string(_ bytes: UnsafeRawBufferPointer) -> JanssonNode? { json_stringn_nocheck(characters(bytes), bytes.count) }

  /// An empty text may lie nowhere.
  private static func characters(_ bytes: UnsafeRawBufferPointer) -> UnsafePointer<CChar> {
    let empty: StaticString = ""
    return (bytes.baseAddress ?? UnsafeRawPointer(empty.utf8Start)).assumingMemoryBound(to: CChar.self)
  }

  private static func name(_ number: Double) -> String { number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity" }
}

/// The attributes of one link as an object of jansson's, which nobody owns that throws on the way.
final class OTLPLinkAttributes {
  private var object: JanssonNode?

  deinit { if let object { json_decref(object) } }

  func add(_ attribute: ProtobufCursor, _ source: OTLPBinarySourcePointer) throws(ProtobufFault) {
    if object == nil { object = json_object() }
    try OTLPBinaryValue.add(attribute, to: object, source)
  }

  /// Gives the object away; nil where there are none.
  func take() -> JanssonNode? {
    defer { object = nil }
    return object
  }
}

/// A key and its value.
struct OTLPBinaryAttribute {
  /// Nil where there is none.
  var key: Range<Int>?
  var value: OTLPBinaryValue?

  @inline(__always)
  init(_ cursor: ProtobufCursor, _ source: OTLPBinarySourcePointer) throws(ProtobufFault) {
    var cursor = cursor
    while let field = try cursor.field() {
      switch source.pointee.name(of: field, in: .attribute) {
      case .key: key = try cursor.bytes()
      case .value: value = try OTLPBinaryValue(try cursor.message(), source)
      default: try cursor.skip(field.wire)
      }
    }
  }
}

enum Base64 {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// With padding, as OTLP/JSON has bytes.
  static func encode(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      var bits: UInt32 = 0
      for place in 0..<3 { bits = bits << 8 | (place < count ? UInt32(bytes[start + place]) : 0) }
      for place in 0..<4 {
        text.append(place <= count ? digits[Int(bits >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
      }
    }
    return text
  }
}
