// A layer observes what happens. Layers never change anything, so each of them gets the same in any combination.

/// Receives spans and logs as they happen, on the thread where they happen.
///
/// Implementations must return quickly: the program waits for them. They must not log or trace through the system that they observe.
public protocol TraceLayer: Sendable {
  /// A span began. Its attributes are usually set later and are passed with its end.
  func spanStarted(_ span: SpanStarted)
  /// A span ended. Called once per span.
  func spanEnded(_ end: SpanEnded)
  /// Something was logged, or an event or error was added to a span.
  func logged(_ event: LoggedEvent)

  /// Waits until everything the layer received before has been delivered, at most for that time.
  /// - Returns: False if something was not delivered yet.
  @discardableResult
  func flush(within bound: Duration) -> Bool

  /// Flushes, then stops what the layer runs, within the bound. A second call does nothing. The layer may still receive spans and logs.
  func shutdown(within bound: Duration)
}

extension TraceLayer {
  /// Returns true at once: for layers that hold nothing back.
  public func flush(within bound: Duration) -> Bool { true }
  /// Does nothing: for layers that run nothing.
  public func shutdown(within bound: Duration) {}
}
