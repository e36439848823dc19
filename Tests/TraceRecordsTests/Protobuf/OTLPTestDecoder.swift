// A second, slow reader of binary OTLP, strict as protobuf's own: it makes JSON of a message, so that whatever bytes can be told both ways give the same records.

@testable import JSON

/// Throws for what JSON has no form for, and for what readers of protobuf merge.
struct OTLPTestDecoder {
  private let bytes: [UInt8]
  private var at = 0

  static func decode(_ bytes: [UInt8], as message: String) throws -> JSONValue {
    var decoder = OTLPTestDecoder(bytes: bytes)
    return try decoder.message(message, upTo: bytes.count, depth: 0)
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private static let repeated: Set<String> = [
    "resourceSpans", "scopeSpans", "instrumentationLibrarySpans", "spans", "events", "links", "attributes", "values", "resourceLogs",
    "scopeLogs",
    "logRecords",
  ]
  private static let oneOf: Set<String> = [
    "stringValue", "boolValue", "intValue", "doubleValue", "arrayValue", "kvlistValue", "bytesValue",
  ]

  private mutating func message(_ name: String, upTo end: Int, depth: Int) throws -> JSONValue {
    guard depth < 24 else { throw untellable("deep") }
    var object = JSONObject()
    let fields = OTLPEncoder.schema[name] ?? [:]
    while at < end {
      let tag = try varint(end)
      let (number, wire) = (Int(truncatingIfNeeded: tag >> 3), tag & 7)
      guard number > 0, tag >> 3 < 1 << 29 else { throw untellable("field 0") }
      // Of twins under one number the name without a past.
      let known = fields.first { $0.value.number == number && $0.key != "instrumentationLibrary" && $0.key != "batches" }
      guard let (key, field) = known else {
        // A value of a kind that nobody knows is doubtful, which JSON has no word for.
        if name == "anyValue" { throw untellable("unknown value") }
        try skip(wire, end)
        continue
      }
      let value = try self.value(field.kind, wire, end, depth)
      if OTLPTestDecoder.repeated.contains(key) {
        object[key] = .array((object[key]?.array ?? []) + [value])
      } else {
        if case .message = field.kind, object[key] != nil { throw untellable("two of one message") }
        if OTLPTestDecoder.oneOf.contains(key) {
          if case .message = field.kind, !object.isEmpty { throw untellable("two of one message") }
          for other in object.keys { object[other] = nil }
        }
        object[key] = value
      }
    }
    guard at == end else { throw untellable("beyond the end") }
    return .object(object)
  }

  private mutating func value(_ kind: OTLPEncoder.Kind, _ wire: UInt64, _ end: Int, _ depth: Int) throws -> JSONValue {
    switch (kind, wire) {
    case (.message(let name), 2):
      let count = try length(end)
      return try message(name, upTo: at + count, depth: depth + 1)
    case (.text, 2):
      guard let text = String(validating: try content(end), as: UTF8.self) else { throw untellable("no UTF-8") }
      return .string(text)
    case (.identifier, 2):
      return .string(try content(end).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    case (.base64, 2): return .string(base64(try content(end)))
    case (.integer, 0): return .string("\(Int64(bitPattern: try varint(end)))")
    case (.enumeration, 0): return .integer(Int64(Int32(truncatingIfNeeded: try varint(end))))
    case (.bool, 0): return .bool(try varint(end) != 0)
    case (.fixed64, 1): return .string("\(try fixed(8, end))")
    case (.fixed32, 5): return .integer(Int64(try fixed(4, end)))
    case (.double, 1):
      let real = Double(bitPattern: try fixed(8, end))
      return real.isFinite ? .number(real) : .string(real.isNaN ? "NaN" : real < 0 ? "-Infinity" : "Infinity")
    default: throw untellable("another wire type")
    }
  }

  private func untellable(_ what: String) -> OTLPEncoder.Untellable { OTLPEncoder.Untellable(description: "byte \(at): \(what)") }

  // MARK: Wire format

  private mutating func varint(_ end: Int) throws -> UInt64 {
    var value: UInt64 = 0
    for place in 0..<10 {
      guard at < end else { break }
      let byte = bytes[at]
      at += 1
      value |= UInt64(byte & 0x7F) << UInt64(7 * place)
      if byte < 0x80 { return value }
    }
    throw untellable("no number")
  }

  private mutating func length(_ end: Int) throws -> Int {
    let count = try varint(end)
    guard count <= UInt64(end - at) else { throw untellable("too long") }
    return Int(count)
  }

  private mutating func content(_ end: Int) throws -> [UInt8] {
    let count = try length(end)
    at += count
    return Array(bytes[at - count..<at])
  }

  private mutating func fixed(_ count: Int, _ end: Int) throws -> UInt64 {
    guard end - at >= count else { throw untellable("too short") }
    at += count
    return bytes[at - count..<at].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func skip(_ wire: UInt64, _ end: Int) throws {
    switch wire {
    case 0: _ = try varint(end)
    case 1: _ = try fixed(8, end)
    case 2: _ = try content(end)
    case 5: _ = try fixed(4, end)
    default: throw untellable("a group")
    }
  }

  private func base64(_ content: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: content.count, by: 3) {
      let group = Array(content[start..<min(start + 3, content.count)])
      let bits = (group + [0, 0])[..<3].reduce(0) { $0 << 8 | Int($1) }
      for place in 0..<4 { text.append(place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : "=") }
    }
    return text
  }
}
