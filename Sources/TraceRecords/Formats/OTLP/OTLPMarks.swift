// Data that OTLP has no place for, so that reading our own export back gives the same trace: attributes with one prefix, which the decoder
// removes again. Other tools show them as ordinary attributes.

package enum OTLPMark {
  /// A program's own attribute with this prefix is written with `escape` before it.
  package static let prefix: StaticString = "trace_distiller."
  package static let escape: StaticString = "trace_distiller.escaped."

  /// The original ids, if they do not have OTLP's form of 32 or 16 lower-case hex digits.
  package static let traceID: StaticString = "trace_distiller.trace_id"
  package static let spanID: StaticString = "trace_distiller.span_id"
  package static let parentID: StaticString = "trace_distiller.parent_span_id"
  /// The span had not ended: its end in the export is the latest instant in the trace.
  package static let running: StaticString = "trace_distiller.running"
  /// No record said whether the span has a parent.
  package static let parentUnstated: StaticString = "trace_distiller.parent_unstated"
  package static let followsFrom: StaticString = "trace_distiller.follows_from"
  /// Names of `SpanDiagnostics`, an array.
  package static let diagnostics: StaticString = "trace_distiller.diagnostics"
  /// Instants at or before 1970, which OTLP's unsigned values cannot distinguish from "unknown".
  package static let startTime: StaticString = "trace_distiller.start_time_unix_nano"
  package static let endTime: StaticString = "trace_distiller.end_time_unix_nano"
  package static let eventTime: StaticString = "trace_distiller.time_unix_nano"
  /// For an event whose program has attributes of its own named `level` or `target`. Otherwise those two names are used, as in
  /// tracing-opentelemetry.
  package static let level: StaticString = "trace_distiller.level"
  package static let target: StaticString = "trace_distiller.target"
  /// For an event whose name cannot be used as its message.
  package static let message: StaticString = "trace_distiller.message"
  /// Links in a form that OTLP cannot hold, as JSON text.
  package static let links: StaticString = "trace_distiller.links"
  /// The statistics of folded spans: written, but not read back.
  package static let folded: StaticString = "trace_distiller.folded_spans"

  /// The message of an exception: its type and text, as programs of every language print it.
  package static func exceptionMessage(type: String, message: String) -> String {
    type.isEmpty ? message : message.isEmpty ? type : "\(type): \(message)"
  }
}

extension StaticString {
  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}
