// How a program waits for what it said, and how it ends saying it.

extension LayeredTracer {
  /// Waits until what the layers got is where it should go, at most `flushBound`: the call of swift-distributed-tracing, which names no bound.
  public func forceFlush() { flush(within: flushBound) }

  /// Waits until what the layers got is where it should go, at most for so long for all of them together. Where nobody reads the pipe it
  /// returns after a look.
  /// - Returns: False where something still waits.
  @discardableResult
  public func flush(within bound: Duration) -> Bool {
    let deadline = Deadline(within: bound)
    var isDone = true
    for layer in layers where !layer.flush(within: deadline.left) { isDone = false }
    return isDone
  }

  /// Flushes and ends what the layers run (threads, connections, reports), at most for so long for all of them together. Spans and logs may go on:
  /// the pipe's transport counts them as dropped. A second call does nothing.
  public func shutdown(within bound: Duration = .seconds(1)) {
    let deadline = Deadline(within: bound)
    for layer in layers { layer.shutdown(within: deadline.left) }
  }
}
