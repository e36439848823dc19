// How the SDKs of different languages print the parts of a span. Each form is one case, so that one builder reads them all.

enum ConsoleDialect {
  case python, go, javaScript, php, swift, phoenix, mlflow

  var name: StaticString { self == .go ? "Name" : "name" }
  var attributes: StaticString { self == .go ? "Attributes" : "attributes" }
  var linkContext: StaticString { self == .go ? "SpanContext" : "context" }

  var time: StaticString {
    switch self {
    case .go: "Time"
    case .javaScript: "time"
    case .mlflow: "time_unix_nano"
    case .python, .php, .swift, .phoenix: "timestamp"
    }
  }

  var traceID: StaticString {
    switch self {
    case .go: "TraceID"
    case .javaScript, .swift: "traceId"
    case .python, .php, .phoenix, .mlflow: "trace_id"
    }
  }

  var spanID: StaticString {
    switch self {
    case .go: "SpanID"
    case .javaScript, .swift: "spanId"
    case .python, .php, .phoenix, .mlflow: "span_id"
    }
  }

  /// Objects in most SDKs. Go prints a list of keys with typed values, Swift a description for each value, the SDK for JavaScript a list of
  /// pairs for a resource's attributes.
  func forEachAttribute(_ node: ValueNode?, _ body: (UnsafeRawBufferPointer, ValueNode) -> Void) {
    guard let node else { return }
    switch self {
    case .go:
      node.forEachElement { entry in
        guard let key = entry.member("Key")?.text, let value = entry.member("Value")?.member("Value") else { return }
        body(key, value)
      }
    case .javaScript where node.isArray:
      node.forEachElement { pair in
        var (key, value): (ValueNode?, ValueNode?)
        pair.forEachElement { if key == nil { key = $0 } else if value == nil { value = $0 } }
        if let key = key?.text, let value { body(key, value) }
      }
    case .swift: node.forEachMember { key, value in body(key, value.count == 1 ? value.member("description") ?? value : value) }
    case .python, .javaScript, .php, .phoenix, .mlflow: node.forEachMember(body)
    }
  }

  /// Whether the value holds attributes in one of these forms. PHP writes an empty list if there are none.
  func areAttributes(_ node: ValueNode?) -> Bool {
    guard let node, !node.isNull else { return true }
    switch self {
    case .go: return node.isArray
    case .php: return node.isObject || (node.isArray && node.count == 0)
    default: return node.isObject
    }
  }

  /// An instant in nanoseconds since 1970; nil if the value is not an instant.
  func instant(_ node: ValueNode?) -> Int64? {
    guard let node else { return nil }
    let nanos: Int64?
    switch self {
    case .python, .go, .phoenix: return node.text.flatMap { Timestamp.parse($0) }
    case .javaScript: nanos = ConsoleDialect.highResolutionTime(node) ?? node.nanosOfMicros ?? node.text.flatMap { Timestamp.parse($0) }
    case .php, .mlflow: nanos = node.nanosOfNanos
    // Foundation counts seconds from 2001.
    case .swift: nanos = node.nanosOfSeconds.flatMap { saneSum($0, 978_307_200_000_000_000) }
    }
    return nanos.map { Timestamp.clamped($0) }
  }

  /// `[seconds, nanoseconds]`, the form of the SDK for JavaScript.
  static func highResolutionTime(_ node: ValueNode) -> Int64? {
    guard node.isArray, node.count == 2 else { return nil }
    var parts: [Int64?] = []
    node.forEachElement { parts.append(parts.isEmpty ? $0.nanosOfSeconds : $0.nanosOfNanos) }
    guard let seconds = parts[0], let nanos = parts[1] else { return nil }
    return saneSum(seconds, nanos)
  }
}

/// The sum; nil if it does not fit into Int64.
private func saneSum(_ left: Int64, _ right: Int64) -> Int64? {
  let (sum, overflow) = left.addingReportingOverflow(right)
  return overflow ? nil : sum
}
