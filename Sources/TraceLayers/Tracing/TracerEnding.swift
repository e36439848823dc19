// How a program waits for delivery, and how it ends tracing.

extension LayeredTracer {
  /// Waits until everything the layers received has been delivered, at most `flushBound`: the method of swift-distributed-tracing, which
  /// has no parameter for a bound.
  public func forceFlush() { flush(within: flushBound) }

  /// Waits until everything the layers received has been delivered, at most for that time in total. Returns after a single check if the
  /// pipe has no reader.
  /// - Returns: False if something was not delivered yet.
  @discardableResult
  public func flush(within bound: Duration) -> Bool {
    let deadline = Deadline(within: bound)
    var isDone = true
    for layer in layers where !layer.flush(within: deadline.left) { isDone = false }
    return isDone
  }

  /// Flushes and stops what the layers run (threads, connections, reports), at most for that time in total. Spans and logs may continue:
  /// the pipe's transport counts them as dropped. A second call does nothing.
  public func shutdown(within bound: Duration = .seconds(1)) {
    let deadline = Deadline(within: bound)
    for layer in layers { layer.shutdown(within: deadline.left) }
  }
}
