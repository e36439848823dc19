// The names that mean something in OTLP/JSON lines of spans.

enum OTLPName: UInt8, CaseIterable {
  case resource, scopeSpans, scope, instrumentationLibrary, spans, traceID, spanID, parentSpanID, traceState, name,
    kind, start, end, attributes, events, links, status, code, message, key, value, stringValue, intValue, doubleValue, boolValue, time
  /// Any other name.
  case other = 63

  static let all = ScannedNames(allCases.filter { $0 != .other }.map(\.text))

  @inline(__always)
  var bit: UInt64 { 1 << UInt64(rawValue) }

  private var text: StaticString {
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
    case .stringValue: "stringValue"
    case .intValue: "intValue"
    case .doubleValue: "doubleValue"
    case .boolValue: "boolValue"
    case .time: "timeUnixNano"
    case .other: ""
    }
  }
}
