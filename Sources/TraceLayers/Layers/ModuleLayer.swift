// Module logs: logs outside of spans, and logs that are marked as module logs.

/// Writes `log_type: module` records. Ignores spans.
public struct ModuleLayer: TraceLayer {
  private let transport: any RecordTransport
  private let origin: RecordOrigin

  /// - Parameters:
  ///   - transport: Where records go.
  ///   - service: The program's name.
  ///   - run: The id of this execution of the program, shared by all its layers.
  public init(transport: any RecordTransport, service: String, run: String) {
    self.transport = transport
    origin = RecordOrigin(service: service, run: run)
  }

  /// Does nothing: spans are handled by other layers.
  public func spanStarted(_ span: SpanStarted) {}

  /// Does nothing: spans are handled by other layers.
  public func spanEnded(_ end: SpanEnded) {}

  /// Writes logs outside of spans, and logs that are marked as module logs.
  public func logged(_ event: LoggedEvent) {
    guard event.span == nil || event.isModuleLog else { return }
    ThreadLine.withLine { line in
      line.moduleLog(event, origin: origin)
      line.withBytes { transport.send($0) }
    }
  }

  /// Waits for the transport.
  public func flush(within bound: Duration) -> Bool { transport.flush(within: bound) }

  /// Shuts the transport down, even if other layers share it.
  public func shutdown(within bound: Duration) { transport.shutdown(within: bound) }
}
