// Creates lines of the pipe for tests that need many: a trace as a list of spans with times in milliseconds.

import JSON
import TraceRecords

struct TestSpan {
  var id: String
  var parent: String?
  var name: String
  var start: Double
  var duration: Double
  var attributes: JSONObject = [:]
  var error: String?
}

enum RecordLines {
  /// 2026-11-23T10:00:00Z
  static let origin: Int64 = 1_795_428_000_000_000_000

  static func span(_ span: TestSpan, trace: String, service: String? = nil, run: String? = nil, target: String = "tests") -> String {
    var fields: JSONObject = [
      "event_type": "span", "trace_id": .string(trace), "span_id": .string(span.id), "parent_id": span.parent.map { .string($0) } ?? .null,
      "span_name": .string(span.name), "start_timestamp": instant(span.start), "duration_ms": .number(span.duration),
    ]
    if !span.attributes.isEmpty { fields["attributes"] = .object(span.attributes) }
    fields.append("service", service.map { .string($0) })
    fields.append("run", run.map { .string($0) })
    if let error = span.error { (fields["status"], fields["status_message"]) = ("error", .string(error)) }
    return line(at: span.start + span.duration, "INFO", fields, "", target: target)
  }

  /// A trace of one span.
  static func trace(_ id: String, name: String = "job", start: Double = 0, duration: Double = 1, failures: Int = 0) -> [String] {
    // The root comes first: a record of a known id that is not a root would not begin a new trace.
    let root = span(TestSpan(id: "root", name: name, start: start, duration: duration), trace: id)
    return [root]
      + (0..<failures).map { span(TestSpan(id: "f\($0)", parent: "root", name: "step", start: start, duration: 0, error: "no"), trace: id) }
  }

  static func log(_ message: String, level: String = "INFO", span: String, trace: String, run: String? = nil, at millis: Double = 0)
    -> String
  {
    var fields: JSONObject = ["event_type": "log", "trace_id": .string(trace), "span_id": .string(span)]
    fields.append("run", run.map { .string($0) })
    return line(at: millis, level, fields, message, target: "tests")
  }

  static func moduleLog(
    _ message: String, level: String = "INFO", target: String = "tests", run: String? = nil, service: String? = nil,
    span: (id: String, trace: String)? = nil, attributes: JSONObject = [:], at millis: Double = 0
  ) -> String {
    var fields = attributes
    fields.append("run", run.map { .string($0) })
    fields.append("service", service.map { .string($0) })
    let context = span.map { ["span_id": .string($0.id), "trace_id": .string($0.trace)] as JSONValue } ?? .null
    let record: JSONObject = [
      "timestamp": instant(millis), "level": .string(level), "target": .string(target), "log_type": "module", "message": .string(message),
      "fields": .object(fields), "span": context,
    ]
    return JSONValue.object(record).serializedString
  }

  private static func line(at millis: Double, _ level: String, _ fields: JSONObject, _ message: String, target: String) -> String {
    let record: JSONObject = [
      "timestamp": instant(millis), "level": .string(level), "target": .string(target), "log_type": "trace", "message": .string(message),
      "fields": .object(fields),
    ]
    return JSONValue.object(record).serializedString
  }

  private static func instant(_ millis: Double) -> JSONValue {
    let nanos = Int64((millis * 1_000_000).rounded())
    let seconds = Timestamp.format(origin + nanos).prefix(19)
    let fraction = String((origin + nanos) % 1_000_000_000 + 1_000_000_000).dropFirst()
    return .string("\(seconds).\(fraction)Z")
  }
}

/// SplitMix64: the same numbers on every machine.
struct TestRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
