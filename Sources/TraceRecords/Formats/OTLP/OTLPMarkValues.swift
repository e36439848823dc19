// What the attributes of one span or event say to us rather than to people: our own marks.

struct OTLPMarkValues {
  var traceID, spanID, parentID, target, message, links: TextRange?
  var start, end, eventTime: Int64?
  var level: SeverityLevel?
  var isRunning = false
  var isParentUnstated = false
  var followsFrom = false
  var diagnostics: SpanDiagnostics = []
  /// Some attribute has a shape that is not understood.
  var isUnread = false

  /// `level` and `target` as tracing-opentelemetry writes them in an event: ours unless our own marks say that they are the program's.
  var plainLevel: (level: SeverityLevel, attribute: Attribute)?
  var plainTarget: (text: TextRange, attribute: Attribute)?

  /// All attributes were seen: decides whose `level` and `target` are.
  mutating func settle(_ batch: inout RecordBatch) {
    if let plain = plainLevel {
      if level == nil { level = plain.level } else { batch.add(plain.attribute) }
    }
    if let plain = plainTarget {
      if target == nil { target = plain.text } else { batch.add(plain.attribute) }
    }
  }
}
