// Writes logs to standard error, where users look for them: bootstrapping a tracer must not silence a program.

/// Writes one readable line per log to standard error, dropped if it would block. Events of spans are not logs.
public struct StandardErrorLayer: TraceLayer {
  private let lines = ReadableLines(descriptor: 2)
  private let includesSpans: Bool

  /// - Parameter includesSpans: Also writes logs inside of spans. If false, of those only logs with `log_type: module` are written.
  public init(includesSpans: Bool = true) { self.includesSpans = includesSpans }

  /// Lines that were dropped because standard error would have blocked.
  public var droppedLines: UInt64 { lines.dropped }

  /// Does nothing: spans are handled by other layers.
  public func spanStarted(_ span: SpanStarted) {}

  /// Does nothing: spans are handled by other layers.
  public func spanEnded(_ end: SpanEnded) {}

  /// Writes a log's line.
  public func logged(_ event: LoggedEvent) {
    guard !event.isSpanEvent, includesSpans || event.span == nil || event.isModuleLog else { return }
    lines.write(event)
  }
}
