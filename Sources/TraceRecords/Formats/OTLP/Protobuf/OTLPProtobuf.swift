// Binary OTLP: one message in, batches of records out, as lines of OTLP/JSON with the same content give them.

/// What an OTLP request carries: the path that it is sent to says so.
package enum OTLPSignal: Sendable, CaseIterable {
  case traces, logs, metrics

  var message: OTLPMessage {
    switch self {
    case .traces: .traces
    case .logs: .logs
    case .metrics: .metrics
    }
  }
}

/// Reader of ExportTraceServiceRequest (TracesData is the same), ExportLogsServiceRequest and ExportMetricsServiceRequest. Keep it: its memory is used again.
package struct OTLPProtobuf: Sendable {
  /// Texts are ranges of 31 bits.
  package static let maxBytes = 1 << 30

  private var batch = RecordBatch()

  package init() {}

  /// Reads one whole message. A span or log record that is broken or lacks what it needs costs itself only; where the messages around them are broken, nothing
  /// behind that place is read.
  /// - Parameter sink: is given batches of some hundred records, valid only during the call. Their texts lie in `message`.
  /// - Complexity: O(bytes).
  package mutating func decode(_ message: UnsafeRawBufferPointer, _ signal: OTLPSignal, sink: RecordSink) -> OTLPOutcome {
    guard message.count <= OTLPProtobuf.maxBytes else {
      var outcome = OTLPOutcome()
      outcome.failure = ProtobufError(
        byteOffset: 0, path: "", reason: "a message of \(message.count) bytes; \(OTLPProtobuf.maxBytes) are the most")
      return outcome
    }
    // Taken out meanwhile, so that nothing is copied.
    var batch = RecordBatch()
    swap(&batch, &self.batch)
    defer {
      batch.removeAll()
      swap(&batch, &self.batch)
    }
    return OTLPMessage.table.withUnsafeBufferPointer { table in
      var source = OTLPBinarySource(message, table)
      return withUnsafeMutablePointer(to: &source) { source in
        var reader = OTLPBinaryReader(message, source)
        reader.read(signal, &batch, sink)
        reader.outcome.isRepaired = source.pointee.isRepaired
        return reader.outcome
      }
    }
  }
}
