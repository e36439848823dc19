// Spans and their logs as `log_type: trace` records, for viewers at the other end of a pipe.

/// Writes starts, ends and logs of spans as records, with attributes, links, status, kind and source location.
public struct TraceVisualizationLayer: TraceLayer {
  private let transport: any RecordTransport
  private let origin: RecordOrigin

  /// - Parameters:
  ///   - service: The program's name.
  ///   - run: The id of this execution of the program, shared by all its layers.
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

  /// Sends a `span_end` record with all data of the span.
  public func spanEnded(_ end: SpanEnded) {
    ThreadLine.withLine { line in
      line.spanEnded(end, origin: origin)
      line.withBytes { transport.send($0) }
    }
  }

  /// Sends a `log` record for a log inside a span that is not a module log.
  public func logged(_ event: LoggedEvent) {
    guard let span = event.span, !event.isModuleLog else { return }
    ThreadLine.withLine { line in
      line.spanLog(event, in: span, origin: origin)
      line.withBytes { transport.send($0) }
    }
  }

  /// Waits for the transport.
  public func flush(within bound: Duration) -> Bool { transport.flush(within: bound) }

  /// Shuts the transport down, even if other layers share it.
  public func shutdown(within bound: Duration) { transport.shutdown(within: bound) }
}
