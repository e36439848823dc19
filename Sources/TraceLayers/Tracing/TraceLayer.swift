// What a layer is: an observer of what happened. Layers observe and never change, so any combination of them gives each the same.

/// Gets spans and logs as they happen, on the thread where they happen.
///
/// Implementations return at once: the program waits for them. They must not log or trace through the system that they observe.
public protocol TraceLayer: Sendable {
  /// A span began. Its attributes are mostly set later and come with its end.
  func spanStarted(_ span: SpanStarted)
  /// A span ended; called once a span.
  func spanEnded(_ end: SpanEnded)
  /// Something was logged, or an event or error was added to a span.
  func logged(_ event: LoggedEvent)

  /// Waits until what the layer got before is where it should go, at most for so long.
  /// - Returns: False where something still waits.
  @discardableResult
  func flush(within bound: Duration) -> Bool

  /// Flushes, then ends what the layer runs, within the bound. A second call does nothing. The layer may still get spans and logs.
  func shutdown(within bound: Duration)
}

extension TraceLayer {
  /// True at once: for layers that keep nothing back.
  public func flush(within bound: Duration) -> Bool { true }
  /// Nothing: for layers that run nothing.
  public func shutdown(within bound: Duration) {}
}
