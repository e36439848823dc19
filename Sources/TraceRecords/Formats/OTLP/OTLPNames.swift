// The names of OTLP's fields, shared by all readers: in lowerCamelCase, as in OTLP/JSON, and in the form of its protobuf schema.

import CJansson

enum OTLPName: UInt8, CaseIterable {
  case resource, scopeSpans, scope, instrumentationLibrary, spans, traceID, spanID, parentSpanID, traceState, name, kind,
    start, end, attributes, events, links, status, code, message, key, value, values, stringValue, intValue,
    doubleValue, boolValue, arrayValue, kvlistValue, bytesValue, time, resourceSpans, resourceLogs, resourceMetrics,
    scopeLogs, scopeMetrics, logRecords, observedTime, severityNumber, severityText, body, batches, librarySpans
  /// Any other name.
  case other = 63

  static let all: ScannedNames = {
    let scanned = allCases.filter { $0 != .other && $0 != .librarySpans }
    return ScannedNames(scanned.map(\.text), aliases: scanned.map(\.protoText))
  }()

  /// The name of any member.
  init(_ key: UnsafeRawBufferPointer) {
    // The only name that is too long for the table.
    if key.count >= ScannedWord.maxCount {
      self = key.equals(OTLPName.librarySpans.text) || key.elementsEqual(OTLPName.librarySpans.protoText) ? .librarySpans : .other
    } else {
      self = OTLPName(rawValue: OTLPName.all.find(key)) ?? .other
    }
  }

  @inline(__always)
  var bit: UInt64 { 1 << UInt64(rawValue) }

  var text: StaticString {
    switch self {
    case .resource: "resource"
    case .scopeSpans: "scopeSpans"
    case .scope: "scope"
    case .instrumentationLibrary: "instrumentationLibrary"
    case .spans: "spans"
    case .traceID: "traceId"
    case .spanID: "spanId"
    case .parentSpanID: "parentSpanId"
    case .traceState: "traceState"
    case .name: "name"
    case .kind: "kind"
    case .start: "startTimeUnixNano"
    case .end: "endTimeUnixNano"
    case .attributes: "attributes"
    case .events: "events"
    case .links: "links"
    case .status: "status"
    case .code: "code"
    case .message: "message"
    case .key: "key"
    case .value: "value"
    case .values: "values"
    case .stringValue: "stringValue"
    case .intValue: "intValue"
    case .doubleValue: "doubleValue"
    case .boolValue: "boolValue"
    case .arrayValue: "arrayValue"
    case .kvlistValue: "kvlistValue"
    case .bytesValue: "bytesValue"
    case .time: "timeUnixNano"
    case .resourceSpans: "resourceSpans"
    case .resourceLogs: "resourceLogs"
    case .resourceMetrics: "resourceMetrics"
    case .scopeLogs: "scopeLogs"
    case .scopeMetrics: "scopeMetrics"
    case .logRecords: "logRecords"
    case .observedTime: "observedTimeUnixNano"
    case .severityNumber: "severityNumber"
    case .severityText: "severityText"
    case .body: "body"
    case .batches: "batches"
    case .librarySpans: "instrumentationLibrarySpans"
    case .other: ""
    }
  }

  /// `start_time_unix_nano`: lower case, with an underscore before each former capital.
  private var protoText: [UInt8] {
    text.bytes.flatMap { $0 < UInt8(ascii: "a") ? [UInt8(ascii: "_"), $0 | 0x20] : [$0] }
  }

  static let protoTexts = allCases.map(\.protoText)
}

extension JanssonNode {
  /// The member of an object in either form; nil for other values.
  func member(_ name: OTLPName) -> JanssonNode? {
    if let node = member(name.text) { return node }
    let other = name == .other ? [] : OTLPName.protoTexts[Int(name.rawValue)]
    guard isObject, other.count != name.text.utf8CodeUnitCount else { return nil }
    return other.withUnsafeBytes { json_object_getn(self, $0.bindMemory(to: CChar.self).baseAddress, $0.count) }
  }
}

extension MemberList {
  @inline(__always)
  subscript(otlp name: OTLPName) -> ScannedValue? { value(name.rawValue) }
}
