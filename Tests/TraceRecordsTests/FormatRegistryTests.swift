// Proves that every value belongs to at most one format, so that neither the order of the registry nor the format of the previous value can
// change how a value is read; and that a single format can be selected by name.

import JSON
import Testing

@testable import TraceRecords

struct FormatRegistryTests {
  /// One or more values of every format.
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
        // A field may have the name of a member in the old variants of native records.
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
        #"[{"traceId":"a1","id":"b2","name":"n","timestamp":1,"duration":2}]"#, #"[[{"traceId":"a1","id":"b2","shared":true}]]"#,
        #"{"traceId":"a1","id":"b2","kind":"CLIENT"}"#, #"{"traceId":"a1","id":"b2","name":"n","localEndpoint":{"serviceName":"s"}}"#,
        #"[{"traceId":"a1","id":"b2","name":"n","annotations":[],"binaryAnnotations":[]}]"#,
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
    (
      "javascript",
      [
        #"{"traceId":"a","id":"b","name":"n","kind":0,"timestamp":1,"duration":2,"attributes":{},"status":{"code":0},"events":[],"links":[]}"#,
        #"{"traceId":"a","spanId":"b","name":"n","kind":0,"startTime":[1,0],"endTime":[2,0],"status":{"code":0},"attributes":{}}"#,
        #"{"type":"span","traceId":"a","spanId":"b","name":"n","startTime":[1,0],"endTime":[2,0]}"#,
        #"{"_spanContext":{"traceId":"a","spanId":"b"},"name":"n","kind":0,"startTime":[1,0],"endTime":[2,0]}"#,
        #"{"hrTime":[1,0],"spanContext":{"traceId":"a","spanId":"b"},"_body":"text"}"#,
      ]
    ),
    (
      "php-console",
      [
        #"[{"name":"n","context":{"trace_id":"a","span_id":"b"},"parent_span_id":"","kind":"KIND_SERVER","start":1,"end":2,"attributes":[]}]"#
      ]
    ),
    ("swift-stdout", [#"{"span":"n","traceId":"a","spanId":"b","spanKind":"internal","start":1.5,"duration":2,"attributes":{}}"#]),
    (
      "phoenix",
      [
        #"{"name":"n","context":{"trace_id":"a","span_id":"b"},"span_kind":"LLM","start_time":"2026-01-01T00:00:00Z","status_code":"OK"}"#,
        #"{"data":[{"context":{"trace_id":"a","span_id":"b"},"span_kind":"LLM","start_time":"2026-01-01T00:00:00Z","status_code":"OK"}],"next_cursor":null}"#,
      ]
    ),
    (
      "mlflow",
      [
        #"{"info":{},"data":{"spans":[{"trace_id":"a","span_id":"b","start_time_unix_nano":1,"attributes":{"mlflow.spanType":"\"LLM\""}}]}}"#,
        #"{"trace_id":"a","span_id":"b","start_time_unix_nano":1,"attributes":{"mlflow.spanType":"\"LLM\""}}"#,
      ]
    ),
    (
      "xray",
      [
        #"{"trace_id":"1-581cf771-a006649127e371903a2de979","id":"70de5b6f19ff9a0a","name":"n","start_time":1.5,"end_time":2}"#,
        #"{"Traces":[{"Id":"1","Segments":[]}],"UnprocessedTraceIds":[]}"#, #"{"format":"json","version":1}"#,
      ]
    ),
    (
      "json-logs",
      [
        #"{"level":30,"time":1767225600010,"trace_id":"a","span_id":"b","msg":"m"}"#,
        #"{"@t":"2026-01-01T00:00:00Z","@mt":"m","@tr":"a"}"#,
        #"{"level":"info","ts":1767225600.1,"msg":"m","traceId":"a","id":"ord_1"}"#,
      ]
    ),
  ]

  /// Values that look like a record but are none, or like one format but belong to another: which formats accept them.
  static let lookAlikes: [(value: String, takers: [String])] = [
    // Loggers without a trace id: lines of other programs, not of a trace.
    (#"{"level":30,"time":1767225600010,"pid":7,"hostname":"h","msg":"m"}"#, []),  // pino
    (#"{"level":"info","message":"m","timestamp":"2026-01-01T00:00:00Z"}"#, []),  // winston
    (#"{"level":"info","ts":1767225600.01,"caller":"a.go:1","msg":"m"}"#, []),  // zap
    (#"{"time":"2026-01-01T00:00:00Z","level":"INFO","msg":"m"}"#, []),  // slog
    // logback
    (#"{"@timestamp":"2026-01-01T00:00:00Z","@version":"1","message":"m","logger_name":"l","thread_name":"t","level":"INFO"}"#, []),
    (#"{"@timestamp":"2026-01-01T00:00:00Z","log.level":"INFO","message":"m","ecs.version":"1.2.0"}"#, []),  // ECS
    (#"{"@t":"2026-01-01T00:00:00Z","@mt":"m","id":7}"#, []),  // Serilog
    (#"{"timestamp":"2026-01-01T00:00:00Z","level":"INFO","message":"m","logger":"l"}"#, []),  // python-json-logger
    (#"{"severity":"INFO","message":"m","timestamp":"2026-01-01T00:00:00Z"}"#, []),  // Google
    (#"{"v":0,"id":"x","level":30,"name":"n","time":"2026-01-01T00:00:00Z","msg":"[FETCH - START]"}"#, []),  // Bunyan
    // With a trace id, and with an `id` of an order or a user.
    (
      #"{"level":"info","ts":"2026-01-01T00:00:00Z","msg":"m","traceId":"4bc692194da8436f93133d4fafac0791","id":"ord_1001"}"#, ["json-logs"]
    ),
    (#"{"level":30,"time":1767225600010,"traceId":"4bc692194da8436f","id":"93133d4fafac0791","msg":"m"}"#, ["json-logs"]),
    (#"{"level":"info","time":1767225600010,"trace_id":"a","span_id":"b","msg":"m","duration":7,"id":"c","timestamp":1}"#, ["json-logs"]),
    (
      #"{"timestamp":"2026-01-01T00:00:00Z","level":"INFO","fields":{"message":"m"},"target":"t","trace_id":"a","span_id":"b"}"#,
      ["tracing"]
    ),
    (#"{"level":"info","ts":1767225600.1,"msg":"m","traceID":"a","spanID":"b"}"#, ["json-logs"]),
    // Langfuse: scores, traces, observations.
    (#"{"id":"evt_1","traceId":"4bc692194da8436f93133d4fafac0791","name":"score","value":0.9,"timestamp":"2026-01-01T00:00:00Z"}"#, []),
    (
      #"{"id":"a1","traceId":"b2","type":"GENERATION","name":"n","startTime":"2026-01-01T00:00:00Z","endTime":"2026-01-01T00:00:01Z","level":"DEFAULT"}"#,
      []
    ),
    (#"[{"id":"a1","traceId":"b2","name":"n","timestamp":"2026-01-01T00:00:00Z"}]"#, []),
    // Entities that refer to a trace.
    (#"{"traceId":"a1","id":"b2"}"#, []), (#"{"traceId":"a1","id":"b2","name":"n"}"#, []), (#"[[{"traceId":"a1","id":"b2"}]]"#, []),
    (#"{"traceId":"a1","id":"b2","timestamp":1767225600000}"#, []), (#"{"traceId":"a1","id":7,"name":"n","timestamp":1}"#, []),
    (#"{"traceId":"tr_1","id":"ord_1","duration":12,"timestamp":1767225600000}"#, []),
    (#"{"trace_id":"a","span_id":"b","name":"n"}"#, []), (#"{"type":"metric","name":"gen_ai.client.token.usage"}"#, []),
    (#"{"trace_id":"1-2","id":"a","start_time":1,"name":"n"}"#, []), (#"{"format":"json","version":1,"more":2}"#, []),
    // Spans with the spelling of one format and the names of another.
    (
      #"{"traceId":"a","id":"b","name":"n","kind":1,"timestamp":1,"duration":2,"attributes":{},"status":{"code":2},"resource":{}}"#,
      ["javascript"]
    ),
    (
      #"{"name":"n","context":{"trace_id":"a","span_id":"b"},"span_kind":"LLM","start_time":"2026-01-01T00:00:00Z","status_code":"ERROR"}"#,
      ["phoenix"]
    ),
    (
      #"{"name":"n","context":{"trace_id":"a","span_id":"b"},"start_time":1,"status_code":"OK","attributes":{"mlflow.spanType":"\"LLM\""}}"#,
      ["mlflow"]
    ),
    // Empty answers of servers.
    (#"{"data":[]}"#, []), (#"{"data":null,"errors":[{"code":404}]}"#, []), (#"{"spans":[]}"#, []), (#"{}"#, []), (#"[]"#, []),
    (#"[{}]"#, []),
  ]

  @Test func lookAlikesAreTakenByOneFormatOrNone() {
    for (value, expected) in Self.lookAlikes {
      let takers = FormatRegistry.names.filter { Self.isTaken(value, by: $0) }
      #expect(takers == expected, "\(value)\n  expected \(expected)\n  got      \(takers)")
    }
  }

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
