// Flat logs for people: what is logged outside spans, and what is marked as a module log.

/// Writes `log_type: module` records. Knows no spans.
public struct ModuleLayer: TraceLayer {
  private let transport: any RecordTransport
  private let origin: RecordOrigin

  /// - Parameters:
  ///   - transport: Where records go.
  ///   - service: What the program calls itself.
  ///   - run: One execution of the program; all layers of a program share it.
  public init(transport: any RecordTransport, service: String, run: String) {
    self.transport = transport
    origin = RecordOrigin(service: service, run: run)
  }

  /// Nothing: spans are for other layers.
  public func spanStarted(_ span: SpanStarted) {}

  /// Nothing: spans are for other layers.
  public func spanEnded(_ end: SpanEnded) {}

  /// Writes what was logged outside of spans, or is marked as a module log.
  public func logged(_ event: LoggedEvent) {
    guard event.span == nil || event.isModuleLog else { return }
    ThreadLine.withLine { line in
      line.moduleLog(event, origin: origin)
      line.withBytes { transport.send($0) }
    }
  }

  /// Waits for the transport.
  public func flush(within bound: Duration) -> Bool { transport.flush(within: bound) }

  /// Shuts the transport down, which other layers may share.
  public func shutdown(within bound: Duration) { transport.shutdown(within: bound) }
}
