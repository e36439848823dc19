// Logs where a program's user looks for them: bootstrapping a tracer must not silence a program.

/// Writes one readable line a log to standard error, dropped where that would block. Events of spans are no logs.
public struct StandardErrorLayer: TraceLayer {
  private let lines = ReadableLines(descriptor: 2)
  private let includesSpans: Bool

  /// - Parameter includesSpans: Logs inside of spans, too; without, only those that are marked for people (`log_type: module`).
  public init(includesSpans: Bool = true) { self.includesSpans = includesSpans }

  /// Lines that were dropped because standard error would have blocked.
  public var droppedLines: UInt64 { lines.dropped }

  /// Nothing: spans are for other layers.
  public func spanStarted(_ span: SpanStarted) {}

  /// Nothing: spans are for other layers.
  public func spanEnded(_ end: SpanEnded) {}

  /// Writes a log's line.
  public func logged(_ event: LoggedEvent) {
    guard !event.isSpanEvent, includesSpans || event.span == nil || event.isModuleLog else { return }
    lines.write(event)
  }
}
