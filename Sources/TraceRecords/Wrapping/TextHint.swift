// Recognises an input without records: names it and says what to write instead, in one sentence for the whole input.

import Platform

/// Examines the beginning of an input and its lines that are not JSON.
struct TextHint: Sendable {
  enum Kind: Sendable {
    case nodeInspect, dotnet, java, ruby, collectorDebug, protobuf, perfetto, utf16, html, zip, csv
  }

  var kind: Kind?
  /// The first bytes of the source.
  private var head: [UInt8] = []
  private var seen = 0
  /// The maximum number of lines that are examined.
  private static let maxLines = 400
  static let headBytes = 256

  var wantsHead: Bool { head.count < TextHint.headBytes }

  mutating func begin(_ chunk: UnsafeRawBufferPointer) { head += chunk.prefix(TextHint.headBytes - head.count) }

  mutating func see(_ line: UnsafeRawBufferPointer) {
    guard kind == nil, seen < TextHint.maxLines else { return }
    seen += 1
    let text = UnsafeRawBufferPointer(rebasing: line.prefix(2_048))
    kind = TextHint.marks.first { _, mark in TextHint.holds(text, mark) }?.kind
  }

  private static let marks: [(kind: Kind, mark: StaticString)] = [
    (.dotnet, "Activity.TraceId:"), (.java, "exporter.logging.LoggingSpanExporter"), (.java, "[tracer: "),
    (.ruby, "#<struct OpenTelemetry::SDK::Trace::SpanData"), (.collectorDebug, "ResourceSpans #"), (.collectorDebug, "ScopeSpans #"),
    (.collectorDebug, "Trace ID       :"), (.nodeInspect, "parentSpanContext: "), (.nodeInspect, "instrumentationScope: {"),
    (.nodeInspect, "instrumentationLibrary: {"), (.nodeInspect, "traceId: '"), (.html, "<!DOCTYPE html"), (.html, "<html"),
    (.csv, "traceID,spanID,"), (.csv, "trace_id,span_id,"), (.csv, "TraceID,SpanID,"),
  ]

  private static func holds(_ text: UnsafeRawBufferPointer, _ mark: StaticString) -> Bool {
    let count = mark.utf8CodeUnitCount
    var at = 0
    while at + count <= text.count, let base = text.baseAddress, let first = memchr(base + at, Int32(mark.utf8Start[0]), text.count - at) {
      at = UnsafeRawPointer(first) - base
      if at + count <= text.count, memcmp(first, mark.utf8Start, count) == 0 { return true }
      at += 1
    }
    return false
  }

  /// One sentence: what was found, and what to do. Nil if it is not known.
  var sentence: String? { (kind ?? binaryKind).map(TextHint.sentence) }

  private var binaryKind: Kind? {
    if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) || (head.count > 3 && head[1] == 0 && head[3] == 0) {
      return .utf16
    }
    if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return .zip }
    // A protobuf message whose first field is a message: in OTLP that is ResourceSpans, whose first field is the resource.
    guard head.first == 0x0A, head.contains(where: { $0 < 0x09 || $0 == 0x12 || $0 >= 0x80 }) else { return nil }
    var at = 1
    while at < head.count, head[at] & 0x80 != 0 { at += 1 }
    guard at + 1 < head.count else { return nil }
    return head[at + 1] == 0x0A || head[at + 1] == 0x12 ? .protobuf : .perfetto
  }

  private static func sentence(_ kind: Kind) -> String {
    switch kind {
    case .protobuf:
      "looks like OTLP protobuf without a whole span at its beginning; files of whole messages are read (`trace-distiller distill FILE`), a pipe takes lines of OTLP/JSON: the Collector's file exporter with `format: json`, or OTEL_EXPORTER_OTLP_PROTOCOL=http/json"
    case .perfetto:
      "looks like a binary trace (Perfetto or another protobuf), which is not read; `traceconv json FILE` makes Chrome trace events of a Perfetto trace"
    case .nodeInspect:
      "looks like Node's ConsoleSpanExporter (util.inspect), which is no JSON; write OTLP/JSON instead: @opentelemetry/exporter-trace-otlp-http to a Collector with the file exporter, or print JSON.stringify of each span"
    case .dotnet:
      "looks like .NET's console exporter, which is no JSON; write OTLP/JSON instead: OpenTelemetry.Exporter.OpenTelemetryProtocol to a Collector with the file exporter"
    case .java:
      "looks like Java's logging exporter, which tells neither times nor parents; set OTEL_TRACES_EXPORTER=experimental-otlp/stdout (or logging-otlp) instead"
    case .ruby:
      "looks like Ruby's ConsoleSpanExporter, which is no JSON; write OTLP/JSON instead: OTEL_TRACES_EXPORTER=otlp to a Collector with the file exporter"
    case .collectorDebug:
      "looks like the text of the Collector's debug exporter, which is no JSON; use its file exporter instead: `exporters: {file: {path: spans.otlp.jsonl}}`"
    case .utf16: "looks like UTF-16 text; `iconv -f UTF-16 -t UTF-8 FILE` makes UTF-8 of it"
    case .zip: "looks like a zip archive; `unzip -p FILE` prints what is in it"
    case .html: "looks like a web page: the server answered with its user interface or an error, not with the trace"
    case .csv: "looks like a table of values; export the traces as OTLP or Jaeger JSON instead"
    }
  }
}
