// Spans and the logs inside them as `log_type: trace` records, for viewers on the other end of a pipe.

/// Writes starts, ends and in-span logs as records, with attributes, links, status, kind and source location.
public struct TraceVisualizationLayer: TraceLayer {
  private let transport: any RecordTransport
  private let origin: RecordOrigin

  /// - Parameters:
  ///   - service: What the program calls itself.
  ///   - run: One execution of the program; all layers of a program share it.
  public init(transport: any RecordTransport, service: String, run: String) {
    self.transport = transport
    origin = RecordOrigin(service: service, run: run)
  }

  /// Sends a `span_start` record.
  public func spanStarted(_ span: SpanStarted) {
    ThreadLine.withLine { line in
      line.spanStarted(span, origin: origin)
      line.withBytes { transport.send($0) }
    }
  }

  /// Sends a `span_end` record, with everything that the program said of the span.
  public func spanEnded(_ end: SpanEnded) {
    ThreadLine.withLine { line in
      line.spanEnded(end, origin: origin)
      line.withBytes { transport.send($0) }
    }
  }

  /// Sends a `log` record for what was logged inside a span and is no module log.
  public func logged(_ event: LoggedEvent) {
    guard let span = event.span, !event.isModuleLog else { return }
    ThreadLine.withLine { line in
      line.spanLog(event, in: span, origin: origin)
      line.withBytes { transport.send($0) }
    }
  }

  /// Waits for the transport.
  public func flush(within bound: Duration) -> Bool { transport.flush(within: bound) }

  /// Shuts the transport down, which other layers may share.
  public func shutdown(within bound: Duration) { transport.shutdown(within: bound) }
}
