// The attributes of one span or event that have a meaning for the decoder: our own marks.

struct OTLPMarkValues {
  var traceID, spanID, parentID, target, message, links: TextRange?
  var start, end, eventTime: Int64?
  var level: SeverityLevel?
  var isRunning = false
  var isParentUnstated = false
  var followsFrom = false
  var diagnostics: SpanDiagnostics = []
  /// Some attribute has a form that is not understood.
  var isUnread = false

  /// `level` and `target` as tracing-opentelemetry writes them in an event: ours unless our own marks say that they are the program's.
  var plainLevel: (level: SeverityLevel, attribute: Attribute)?
  var plainTarget: (text: TextRange, attribute: Attribute)?

  /// Called after all attributes: decides to whom `level` and `target` belong.
  mutating func settle(_ batch: inout RecordBatch) {
    if let plain = plainLevel {
      if level == nil { level = plain.level } else { batch.add(plain.attribute) }
    }
    if let plain = plainTarget {
      if target == nil { target = plain.text } else { batch.add(plain.attribute) }
    }
  }
}
