// The messages around spans and logs: resources, scopes, what they share, and what is wrong with them.

/// Reads one message. A value lives as long as that takes.
struct OTLPBinaryReader {
  let message: UnsafeRawBufferPointer
  let source: OTLPBinarySourcePointer
  var outcome = OTLPOutcome()
  /// The trace's id of the latest span: the bytes that it was read from, and its text in the batch.
  var latestTrace: (bytes: Range<Int>, text: TextRange)?
  private var root = OTLPMessage.traces

  /// A batch of so many stays in the cache between reader and store.
  private static let batchRecords = 256

  init(_ message: UnsafeRawBufferPointer, _ source: OTLPBinarySourcePointer) {
    self.message = message
    self.source = source
  }

  mutating func read(_ signal: OTLPSignal, _ batch: inout RecordBatch, _ sink: RecordSink) {
    root = signal.message
    var cursor = source.cursor(0..<message.count)
    do throws(ProtobufFault) {
      while let field = try cursor.field() {
        switch source.pointee.name(of: field, in: root) {
        case .resourceSpans, .resourceLogs:
          var broken: ProtobufFault?
          try addResource(try cursor.message(orRest: &broken), &batch, sink)
          if let broken { throw broken }
        case .resourceMetrics: try countMetrics(try cursor.message(), .resourceMetrics)
        default: try cursor.skip(field.wire)
        }
      }
    } catch {
      outcome.failure = ProtobufError(
        byteOffset: error.offset, path: OTLPPlace.path(to: error, in: message, root), reason: error.words)
    }
    outcome.isMetrics = signal == .metrics && outcome.failure == nil
    flush(&batch, sink)
  }

  // MARK: Resources and scopes

  private mutating func addResource(_ resource: ProtobufCursor, _ batch: inout RecordBatch, _ sink: RecordSink)
    throws(ProtobufFault)
  {
    let kind: OTLPMessage = root == .logs ? .resourceLogs : .resourceSpans
    let origin = try self.origin(of: resource, kind, &batch)
    var cursor = resource
    while let field = try cursor.field() {
      switch source.pointee.name(of: field, in: kind) {
      case .scopeSpans, .librarySpans, .scopeLogs:
        var broken: ProtobufFault?
        try addScope(try cursor.message(orRest: &broken), origin, of: resource, kind, &batch, sink)
        if let broken { throw broken }
      default: try cursor.skip(field.wire)
      }
    }
  }

  /// What a resource says stands before its spans, as everybody writes it, or behind them.
  private func origin(of resource: ProtobufCursor, _ kind: OTLPMessage, _ batch: inout RecordBatch) throws(ProtobufFault) -> OTLPOrigin {
    var origin = OTLPOrigin()
    try forEach(.resource, of: resource, kind) { resource throws(ProtobufFault) in
      var attributes = resource
      while let field = try attributes.field() {
        guard source.pointee.name(of: field, in: .resource) == .attributes else {
          try attributes.skip(field.wire)
          continue
        }
        let attribute = try OTLPBinaryAttribute(try attributes.message(), source)
        if let key = attribute.key, let value = attribute.value { origin.take(source.bytes(key), value, &batch) }
      }
    }
    origin.settle(&batch)
    return origin
  }

  private func scopeName(_ scope: ProtobufCursor, _ kind: OTLPMessage, _ batch: inout RecordBatch) throws(ProtobufFault) -> TextRange {
    var name = TextRange.empty
    try forEach(.scope, of: scope, kind) { scope throws(ProtobufFault) in
      var members = scope
      while let field = try members.field() {
        if source.pointee.name(of: field, in: .scope) == .name {
          name = source.text(try members.bytes(), &batch)
        } else {
          try members.skip(field.wire)
        }
      }
    }
    return name
  }

  /// Visits the messages under one name, before the others are read. Where these are broken is told when they are.
  private func forEach(
    _ name: OTLPName, of message: ProtobufCursor, _ kind: OTLPMessage, _ body: (ProtobufCursor) throws(ProtobufFault) -> Void
  ) throws(ProtobufFault) {
    var cursor = message
    while true {
      let found: ProtobufCursor?
      do throws(ProtobufFault) {
        guard let field = try cursor.field() else { return }
        if source.pointee.name(of: field, in: kind) == name {
          found = try cursor.message()
        } else {
          found = nil
          try cursor.skip(field.wire)
        }
      } catch {
        return
      }
      if let found { try body(found) }
    }
  }

  private mutating func addScope(
    _ scope: ProtobufCursor, _ shared: OTLPOrigin, of resource: ProtobufCursor, _ kind: OTLPMessage, _ batch: inout RecordBatch,
    _ sink: RecordSink
  ) throws(ProtobufFault) {
    let inner: OTLPMessage = kind == .resourceLogs ? .scopeLogs : .scopeSpans
    var origin = shared
    origin.scope = try scopeName(scope, inner, &batch)
    var cursor = scope
    while let field = try cursor.field() {
      switch source.pointee.name(of: field, in: inner) {
      case .spans: addSpan(try cursor.message(), origin, &batch)
      case .logRecords: addLogRecord(try cursor.message(), origin, &batch)
      default:
        try cursor.skip(field.wire)
        continue
      }
      guard batch.records.count >= OTLPBinaryReader.batchRecords || batch.byteCount > 1 << 20 else { continue }
      flush(&batch, sink)
      // What was written into the batch's own texts went with them.
      if origin.isInScratch {
        origin = try self.origin(of: resource, kind, &batch)
        origin.scope = try scopeName(scope, inner, &batch)
      }
    }
  }

  mutating func flush(_ batch: inout RecordBatch, _ sink: RecordSink) {
    latestTrace = nil
    guard !batch.isEmpty else { return batch.removeAll() }
    outcome.records += UInt64(batch.records.count)
    batch.withTexts(source: message) { sink(batch, $0) }
    batch.removeAll()
  }

  // MARK: What is not taken

  /// One span or log record is not taken; the first one's place is told.
  mutating func reject(_ element: ProtobufCursor, _ error: RecordError) {
    outcome.rejected += 1
    guard outcome.reason == nil else { return }
    // The byte before it is the last one of its length: no deeper.
    outcome.reason = "\(OTLPPlace.path(to: ProtobufFault(offset: element.at - 1, reason: .fieldZero), in: message, root)): \(error)"
  }

  mutating func reject(_ fault: ProtobufFault) {
    outcome.rejected += 1
    guard outcome.reason == nil else { return }
    outcome.reason =
      ProtobufError(byteOffset: fault.offset, path: OTLPPlace.path(to: fault, in: message, root), reason: fault.words).description
  }

  // MARK: Metrics

  /// Counts data points. Metrics are three messages deep, and what holds their points has the points under one number.
  private mutating func countMetrics(_ message: ProtobufCursor, _ kind: OTLPMessage) throws(ProtobufFault) {
    var scopes = message
    while let field = try scopes.field() {
      guard source.pointee.name(of: field, in: kind) == .scopeMetrics else {
        try scopes.skip(field.wire)
        continue
      }
      var metrics = try scopes.message()
      while let field = try metrics.field() {
        guard source.pointee.name(of: field, in: .scopeMetrics) == .values else {
          try metrics.skip(field.wire)
          continue
        }
        var metric = try metrics.message()
        while let field = try metric.field() {
          guard source.pointee.name(of: field, in: .metric) == .values else {
            try metric.skip(field.wire)
            continue
          }
          var points = try metric.message()
          while let field = try points.field() {
            if source.pointee.name(of: field, in: .points) == .values { outcome.accepted += 1 }
            try points.skip(field.wire)
          }
        }
      }
    }
  }
}

extension OTLPOrigin {
  /// Whether one of its texts lies in the batch's own.
  fileprivate var isInScratch: Bool { [service, run, host, scope, directory].contains { !$0.isEmpty && !$0.isInSource } }
}
