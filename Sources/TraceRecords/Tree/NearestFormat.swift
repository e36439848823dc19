// The format that an unknown object resembles most, for messages: the format whose names it has, and which other names that format has.

enum NearestFormat {
  /// The names in a span of each format; the required ones come first.
  private static let formats: [(name: StaticString, where: StaticString, names: [StaticString])] = [
    (
      "otlp", " inside of resourceSpans › scopeSpans › spans",
      ["startTimeUnixNano", "endTimeUnixNano", "traceId", "spanId", "parentSpanId"]
    ),
    ("jaeger", "", ["traceID", "spanID", "operationName", "startTime", "duration", "references", "processID"]),
    ("zipkin", "", ["traceId", "id", "timestamp", "duration", "localEndpoint", "kind"]),
    ("chrome", "", ["ph", "ts", "pid", "tid", "dur", "cat", "args"]),
    ("native", "", ["timestamp", "log_type", "fields", "level", "target"]),
    ("python-console", "", ["context", "start_time", "end_time", "parent_id", "kind"]),
    ("go-stdout", "", ["SpanContext", "StartTime", "EndTime", "Parent", "SpanKind"]),
    ("xray", "", ["trace_id", "id", "start_time", "end_time", "subsegments"]),
  ]

  /// `nearest: zipkin, whose spans also have localEndpoint, kind`; nil if no format is similar.
  static func of(_ object: ValueNode) -> String? {
    var best: (count: Int, text: String)?
    for format in formats {
      let missing = format.names.filter { object.member($0) == nil }
      let count = format.names.count - missing.count
      guard count >= 3, count > best?.count ?? 0 else { continue }
      let also = missing.isEmpty ? "" : ", whose spans also have " + missing.prefix(3).map { "\($0)" }.joined(separator: ", ")
      best = (count, "nearest: \(format.name)\(format.where)\(also)")
    }
    return best?.text
  }
}
