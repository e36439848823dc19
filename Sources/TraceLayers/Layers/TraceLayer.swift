// What a layer is: something that is told what happened. Layers observe and never change, so any combination of them gives each the same.

/// Is told of spans and logs as they happen, on the thread where they happen.
///
/// Implementations return at once: the program waits for them. They must not log or trace through the system that they observe.
public protocol TraceLayer: Sendable {
  /// A span began. Its attributes are mostly set later and come with its end.
  func spanStarted(_ span: SpanStarted)
  /// A span ended; told once a span.
  func spanEnded(_ end: SpanEnded)
  /// Something was logged, or an event or error was added to a span.
  func logged(_ event: LoggedEvent)
}
