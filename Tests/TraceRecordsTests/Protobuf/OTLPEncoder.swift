// OTLP/JSON as the protobuf of the same data, for tests alone: with field numbers of its own, copied from the .proto files, so that a wrong number in the reader's
// definition is found. Shared with the fuzzer of `scripts/fuzz`, hence no `Testing` here.

@testable import JSON

/// Encodes one message. What JSON says in a form that protobuf has none for is an error.
enum OTLPEncoder {
  struct Untellable: Error, CustomStringConvertible {
    var description: String
  }

  indirect enum Kind {
    case text, identifier, base64, integer, enumeration, fixed64, fixed32, double, bool
    case message(String)
  }

  static let schema: [String: [String: (number: Int, kind: Kind)]] = [
    // `batches` is Tempo's name.
    "traces": ["resourceSpans": (1, .message("resourceSpans")), "batches": (1, .message("resourceSpans"))],
    "resourceSpans": [
      "resource": (1, .message("resource")), "scopeSpans": (2, .message("scopeSpans")), "schemaUrl": (3, .text),
      "instrumentationLibrarySpans": (1000, .message("scopeSpans")),
    ],
    "resource": ["attributes": (1, .message("keyValue")), "droppedAttributesCount": (2, .integer)],
    "scopeSpans": [
      "scope": (1, .message("scope")), "instrumentationLibrary": (1, .message("scope")), "spans": (2, .message("span")),
      "schemaUrl": (3, .text),
    ],
    "scope": [
      "name": (1, .text), "version": (2, .text), "attributes": (3, .message("keyValue")), "droppedAttributesCount": (4, .integer),
    ],
    "span": [
      "traceId": (1, .identifier), "spanId": (2, .identifier), "traceState": (3, .text), "parentSpanId": (4, .identifier),
      "name": (5, .text), "kind": (6, .enumeration), "startTimeUnixNano": (7, .fixed64), "endTimeUnixNano": (8, .fixed64),
      "attributes": (9, .message("keyValue")), "droppedAttributesCount": (10, .integer), "events": (11, .message("event")),
      "droppedEventsCount": (12, .integer), "links": (13, .message("link")), "droppedLinksCount": (14, .integer),
      "status": (15, .message("status")), "flags": (16, .fixed32),
    ],
    "event": [
      "timeUnixNano": (1, .fixed64), "name": (2, .text), "attributes": (3, .message("keyValue")), "droppedAttributesCount": (4, .integer),
    ],
    "link": [
      "traceId": (1, .identifier), "spanId": (2, .identifier), "traceState": (3, .text), "attributes": (4, .message("keyValue")),
      "droppedAttributesCount": (5, .integer), "flags": (6, .fixed32),
    ],
    "status": ["message": (2, .text), "code": (3, .enumeration)],
    "keyValue": ["key": (1, .text), "value": (2, .message("anyValue"))],
    "anyValue": [
      "stringValue": (1, .text), "boolValue": (2, .bool), "intValue": (3, .integer), "doubleValue": (4, .double),
      "arrayValue": (5, .message("array")), "kvlistValue": (6, .message("map")), "bytesValue": (7, .base64),
    ],
    "array": ["values": (1, .message("anyValue"))], "map": ["values": (1, .message("keyValue"))],
    "logs": ["resourceLogs": (1, .message("resourceLogs"))],
    "resourceLogs": [
      "resource": (1, .message("resource")), "scopeLogs": (2, .message("scopeLogs")), "schemaUrl": (3, .text),
    ],
    "scopeLogs": ["scope": (1, .message("scope")), "logRecords": (2, .message("logRecord")), "schemaUrl": (3, .text)],
    "logRecord": [
      "timeUnixNano": (1, .fixed64), "severityNumber": (2, .enumeration), "severityText": (3, .text), "body": (5, .message("anyValue")),
      "attributes": (6, .message("keyValue")), "droppedAttributesCount": (7, .integer), "flags": (8, .fixed32),
      "traceId": (9, .identifier), "spanId": (10, .identifier), "observedTimeUnixNano": (11, .fixed64), "eventName": (12, .text),
    ],
  ]

  static func encode(_ value: JSONValue, as message: String = "traces") throws -> [UInt8] {
    var bytes: [UInt8] = []
    guard let object = value.object else { throw Untellable(description: "\(message): \(value.kindName)") }
    for (key, value) in object.members where !value.isNull {
      guard let field = schema[message]?[camelCase(key)] else { throw Untellable(description: "\(message).\(key)") }
      for element in value.array ?? [value] { try append(element, field.number, field.kind, &bytes) }
    }
    return bytes
  }

  private static func append(_ value: JSONValue, _ number: Int, _ kind: Kind, _ bytes: inout [UInt8]) throws {
    func untellable() -> Untellable { Untellable(description: "field \(number): \(value.serializedString)") }
    switch kind {
    case .message(let name): appendBytes(number, try encode(value, as: name), &bytes)
    case .text:
      guard let text = value.string else { throw untellable() }
      appendBytes(number, Array(text.utf8), &bytes)
    case .identifier:
      guard let text = value.string, text.utf8.count % 2 == 0 else { throw untellable() }
      if text.hasSuffix("="), let content = decodeBase64(text) { return appendBytes(number, content, &bytes) }
      let digits = text.compactMap(\.hexDigitValue)
      guard digits.count == text.utf8.count else { throw untellable() }
      appendBytes(number, stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }, &bytes)
    case .base64:
      guard let text = value.string, let content = decodeBase64(text) else { throw untellable() }
      appendBytes(number, content, &bytes)
    case .integer, .enumeration:
      guard let whole = value.integer ?? value.string.flatMap({ Int64($0) ?? names[$0] }) else { throw untellable() }
      appendVarint(UInt64(number) << 3, &bytes)
      appendVarint(UInt64(bitPattern: whole), &bytes)
    case .bool:
      guard let flag = value.bool else { throw untellable() }
      appendVarint(UInt64(number) << 3, &bytes)
      bytes.append(flag ? 1 : 0)
    case .fixed64:
      guard let whole = value.integer.flatMap({ UInt64(exactly: $0) }) ?? value.string.flatMap({ UInt64($0) }) else { throw untellable() }
      appendFixed64(number, whole, &bytes)
    case .double:
      let named = ["NaN": Double.nan, "Infinity": .infinity, "-Infinity": -.infinity]
      guard let real = value.double ?? value.string.flatMap({ named[$0] }) else { throw untellable() }
      appendFixed64(number, real.bitPattern, &bytes)
    case .fixed32:
      guard let whole = value.integer.flatMap({ UInt32(exactly: $0) }) else { throw untellable() }
      appendVarint(UInt64(number) << 3 | 5, &bytes)
      for place in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: whole >> (8 * UInt32(place)))) }
    }
  }

  // MARK: Wire format

  static func appendVarint(_ value: UInt64, _ bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  static func appendBytes(_ number: Int, _ content: [UInt8], _ bytes: inout [UInt8]) {
    appendVarint(UInt64(number) << 3 | 2, &bytes)
    appendVarint(UInt64(content.count), &bytes)
    bytes += content
  }

  static func appendFixed64(_ number: Int, _ value: UInt64, _ bytes: inout [UInt8]) {
    appendVarint(UInt64(number) << 3 | 1, &bytes)
    for place in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(place)))) }
  }

  // MARK: Spellings

  private static let names: [String: Int64] = [
    "SPAN_KIND_INTERNAL": 1, "SPAN_KIND_SERVER": 2, "SPAN_KIND_CLIENT": 3, "SPAN_KIND_PRODUCER": 4, "SPAN_KIND_CONSUMER": 5,
    "STATUS_CODE_OK": 1, "STATUS_CODE_ERROR": 2, "STATUS_CODE_UNSET": 0,
  ]

  /// `start_time_unix_nano` as the JSON mapping has it.
  private static func camelCase(_ name: String) -> String {
    let words = name.split(separator: "_")
    return words.dropFirst().reduce(String(words.first ?? "")) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
  }

  private static func decodeBase64(_ text: String) -> [UInt8]? {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var (bytes, bits, count): ([UInt8], UInt32, Int) = ([], 0, 0)
    for letter in text.utf8 where letter != UInt8(ascii: "=") {
      guard let value = digits.firstIndex(of: letter) else { return nil }
      (bits, count) = (bits << 6 | UInt32(value), count + 6)
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return bytes
  }
}
