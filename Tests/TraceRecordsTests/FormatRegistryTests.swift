// Proves that every value belongs to at most one format, so that neither the order of the registry nor the format of the value before can change
// how a value is read; and that one format can be asked for by its name.

import JSON
import Testing

@testable import TraceRecords

struct FormatRegistryTests {
  /// One value, or more, of every format.
  static let values: [(format: String, values: [String])] = [
    (
      "native",
      [
        traceLine(#""event_type":"span_start","trace_id":"t","span_id":"s""#), module("m"), #"{"message":"SESSION_START"}"#,
        #"{"type":"span","id":"1","trace_id":"t","timestamp":"2026-01-01T00:00:00Z","duration_ms":1}"#,
      ]
    ),
    (
      "otlp",
      [
        #"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(OTLPLineTests.span)]}]}]}"#, #"{"scopeSpans":[]}"#, #"{"resourceMetrics":[]}"#,
        #"{"scopeLogs":[]}"#,
      ]
    ),
    (
      "tracing",
      [
        rustLine("0 new a{n=1}"), rustLine("0 event : outside"),
        #"{"timestamp":"2026-01-01T00:00:00Z","level":"INFO","message":"m","target":"app"}"#,
        // A field may be called as the old variants of native records call theirs.
        #"{"timestamp":"2026-01-01T00:00:00Z","level":"INFO","fields":{"message":"m","log_type":"module"},"target":"app"}"#,
      ]
    ),
    (
      "python-console",
      [
        #"{"name":"op","context":{"trace_id":"0x1","span_id":"0x2"},"start_time":"2026-01-01T00:00:00Z"}"#,
        #"{"body":"b","severity_number":9,"observed_timestamp":"2026-01-01T00:00:00Z"}"#, #"{"resource_metrics":[]}"#,
      ]
    ),
    ("go-stdout", [#"{"Name":"op","SpanContext":{"TraceID":"1","SpanID":"2"},"StartTime":"2026-01-01T00:00:00Z"}"#]),
    (
      "jaeger",
      [
        #"{"data":[{"traceID":"t","spans":[],"processes":{}}],"total":0}"#,
        #"{"data":{"services":[],"spans":[{"traceID":"t","spanID":"s"}]}}"#,
        #"{"traceID":"t","spans":[]}"#, #"[{"traceID":"t","spans":[]}]"#,
        #"{"traceID":"t","spanID":"s","operationName":"o","startTime":1}"#,
      ]
    ),
    (
      "zipkin",
      [
        #"[{"traceId":"a1","id":"b2","name":"n","timestamp":1,"duration":2}]"#, #"[[{"traceId":"a1","id":"b2"}]]"#,
        #"{"traceId":"a1","id":"b2","kind":"CLIENT"}"#,
      ]
    ),
    (
      "chrome",
      [
        #"{"traceEvents":[]}"#, #"[{"name":"n","ph":"X","ts":1,"dur":2,"pid":1,"tid":1}]"#,
        #"{"name":"n","ph":"B","ts":1,"pid":1,"tid":1}"#,
        #"{"name":"process_name","ph":"M","pid":1,"args":{"name":"p"}}"#,
      ]
    ),
    (
      "next",
      [
        #"[{"name":"n","duration":1,"timestamp":2,"id":4,"parentId":1,"tags":{},"startTime":3,"traceId":"e4"}]"#,
        #"{"name":"n","duration":1,"timestamp":2,"id":"4","tags":{},"startTime":3,"traceId":"e4"}"#,
      ]
    ),
  ]

  @Test func everyFormatTakesItsOwnValuesAndNoOther() throws {
    #expect(Self.values.map(\.format) == FormatRegistry.names, "a format without examples, or the other way round")
    for (format, values) in Self.values {
      for value in values {
        let takers = FormatRegistry.names.filter { Self.isTaken(value, by: $0) }
        #expect(takers == [format], "\(value)\n  expected [\(format)]\n  got      \(takers)")
      }
    }
  }

  @Test func oneFormatAloneRefusesTheOthers() {
    let (native, otlp) = (Self.values[0].values[0], Self.values[1].values[0])
    #expect(decoded(Array(native.utf8), by: FormatDecoder(only: "native")).count == 1)
    let refused = decoded(Array(otlp.utf8), by: FormatDecoder(only: "native"))
    #expect(refused == ["error: not a record of a known format (an object with resourceSpans)"])
  }

  private static func isTaken(_ value: String, by name: String) -> Bool {
    guard var format = FormatRegistry.named(name)?.init() else { return false }
    var batch = RecordBatch()
    return Array(value.utf8).withUnsafeBytes { bytes in
      guard let tree = try? JanssonTree(parsing: bytes) else { return false }
      do { return try format.decode(tree, into: &batch) != nil } catch { return true }
    }
  }
}
