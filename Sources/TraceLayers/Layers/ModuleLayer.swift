// Flat logs for people: what is logged outside spans, and what is marked as a module log.

/// Writes `log_type: module` records, and readable lines to standard error if asked. Knows no spans.
public struct ModuleLayer: TraceLayer {
  private let transport: (any RecordTransport)?
  private let readable: ReadableLines?
  private let origin: RecordOrigin

  /// - Parameters:
  ///   - transport: Nil for readable lines alone.
  ///   - service: What the program calls itself.
  ///   - run: One execution of the program; all layers of a program share it.
  ///   - writesStandardError: Also one readable line an event to standard error, dropped where that would block.
  public init(transport: (any RecordTransport)?, service: String, run: String, writesStandardError: Bool = false) {
    self.transport = transport
    readable = writesStandardError ? ReadableLines(descriptor: 2) : nil
    origin = RecordOrigin(service: service, run: run)
  }

  /// Readable lines that were dropped because standard error would have blocked.
  public var droppedReadableLines: UInt64 { readable?.dropped ?? 0 }

  /// Nothing: spans are for other layers.
  public func spanStarted(_ span: SpanStarted) {}

  /// Nothing: spans are for other layers.
  public func spanEnded(_ end: SpanEnded) {}

  /// Writes what was logged outside of spans, or is marked as a module log.
  public func logged(_ event: LoggedEvent) {
    guard event.span == nil || event.isModuleLog else { return }
    readable?.write(event)
    guard let transport else { return }
    ThreadMemory.withLine { line in
      line.moduleLog(event, origin: origin)
      line.withBytes { transport.send($0) }
    }
  }

  /// Waits for the transport.
  public func flush(within bound: Duration) -> Bool { transport?.flush(within: bound) ?? true }

  /// Shuts the transport down, which other layers may share.
  public func shutdown(within bound: Duration) { transport?.shutdown(within: bound) }
}
