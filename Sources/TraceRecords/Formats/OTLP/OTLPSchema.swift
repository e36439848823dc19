// OTLP's messages and the numbers of their fields: what a name is in JSON, a number is in protobuf, and both lead to the same `OTLPName`.

/// The messages that are read. What stands in none of them is passed over, as protobuf asks.
enum OTLPMessage: UInt8, CaseIterable {
  case traces, resourceSpans, scopeSpans, span, event, link, status
  case logs, resourceLogs, scopeLogs, logRecord
  case metrics, resourceMetrics, scopeMetrics, metric, points
  case resource, scope, attribute, anyValue, array, map

  /// How a field's value is written.
  enum Wire: UInt8 {
    case varint = 0
    case fixed64 = 1
    /// A length and so many bytes: text, bytes, a message.
    case bytes = 2
  }

  struct Field {
    var number: Int
    var name: OTLPName
    var wire: Wire
    var message: OTLPMessage?
    /// As places in error messages name it.
    var label: StaticString

    init(_ number: Int, _ name: OTLPName, _ wire: Wire) { self.init(number, name, wire, nil, name.text) }
    init(_ number: Int, _ name: OTLPName, _ message: OTLPMessage) { self.init(number, name, .bytes, message, name.text) }
    /// One that only metrics have, of which nothing is kept.
    init(_ number: Int, _ label: StaticString, _ message: OTLPMessage) { self.init(number, .values, .bytes, message, label) }

    private init(_ number: Int, _ name: OTLPName, _ wire: Wire, _ message: OTLPMessage?, _ label: StaticString) {
      (self.number, self.name, self.wire, self.message, self.label) = (number, name, wire, message, label)
    }
  }

  /// The fields that mean something here. opentelemetry/proto/{common,resource,trace,logs,metrics}/v1.
  var fields: [Field] {
    switch self {
    case .traces: [Field(1, .resourceSpans, .resourceSpans)]
    // The last is that of before OTLP 0.16.
    case .resourceSpans: [Field(1, .resource, .resource), Field(2, .scopeSpans, .scopeSpans), Field(1_000, .librarySpans, .scopeSpans)]
    case .scopeSpans: [Field(1, .scope, .scope), Field(2, .spans, .span)]
    case .span:
      [
        Field(1, .traceID, .bytes), Field(2, .spanID, .bytes), Field(3, .traceState, .bytes), Field(4, .parentSpanID, .bytes),
        Field(5, .name, .bytes), Field(6, .kind, .varint), Field(7, .start, .fixed64), Field(8, .end, .fixed64),
        Field(9, .attributes, .attribute), Field(11, .events, .event), Field(13, .links, .link), Field(15, .status, .status),
      ]
    case .event: [Field(1, .time, .fixed64), Field(2, .name, .bytes), Field(3, .attributes, .attribute)]
    case .link: [Field(1, .traceID, .bytes), Field(2, .spanID, .bytes), Field(4, .attributes, .attribute)]
    case .status: [Field(2, .message, .bytes), Field(3, .code, .varint)]
    case .logs: [Field(1, .resourceLogs, .resourceLogs)]
    case .resourceLogs: [Field(1, .resource, .resource), Field(2, .scopeLogs, .scopeLogs)]
    case .scopeLogs: [Field(1, .scope, .scope), Field(2, .logRecords, .logRecord)]
    case .logRecord:
      [
        Field(1, .time, .fixed64), Field(2, .severityNumber, .varint), Field(3, .severityText, .bytes), Field(5, .body, .anyValue),
        Field(6, .attributes, .attribute), Field(9, .traceID, .bytes), Field(10, .spanID, .bytes), Field(11, .observedTime, .fixed64),
      ]
    case .metrics: [Field(1, .resourceMetrics, .resourceMetrics)]
    case .resourceMetrics: [Field(2, .scopeMetrics, .scopeMetrics)]
    case .scopeMetrics: [Field(2, "metrics", .metric)]
    case .metric:
      [
        Field(5, "gauge", .points), Field(7, "sum", .points), Field(9, "histogram", .points),
        Field(10, "exponentialHistogram", .points), Field(11, "summary", .points),
      ]
    case .points: [Field(1, .values, .bytes)]
    case .resource: [Field(1, .attributes, .attribute)]
    case .scope: [Field(1, .name, .bytes)]
    case .attribute: [Field(1, .key, .bytes), Field(2, .value, .anyValue)]
    case .anyValue:
      [
        Field(1, .stringValue, .bytes), Field(2, .boolValue, .varint), Field(3, .intValue, .varint), Field(4, .doubleValue, .fixed64),
        Field(5, .arrayValue, .array), Field(6, .kvlistValue, .map), Field(7, .bytesValue, .bytes),
      ]
    case .array: [Field(1, .values, .anyValue)]
    case .map: [Field(1, .values, .attribute)]
    }
  }

  // MARK: Looking a number up

  /// A name and its wire type for each message and each number below `rowCount`, which is all of them but one that nobody writes any more.
  static let table: [UInt16] = {
    var table = [UInt16](repeating: none, count: allCases.count * rowCount)
    for message in allCases {
      for field in message.fields where field.number < rowCount {
        table[Int(message.rawValue) * rowCount + field.number] = UInt16(field.name.rawValue) | UInt16(field.wire.rawValue) << 8
      }
    }
    return table
  }()

  static let rowCount = 32
  private static let none = UInt16(OTLPName.other.rawValue) | 0xFF00

  func field(_ number: Int) -> Field? { fields.first { $0.number == number } }
}
