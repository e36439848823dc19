// The one place that makes spans: it gives ids, finds parents, asks the filter, and calls the layers.

import Logging
public import Tracing

/// A tracer for swift-distributed-tracing that reports what happens to its layers.
public final class LayeredTracer: Tracer {
  /// What this tracer makes.
  public typealias Span = LayeredSpan

  let layers: [any TraceLayer]
  let filter: LevelFilter
  /// How long `forceFlush` waits at most.
  public let flushBound: Duration

  /// - Parameters:
  ///   - layers: Told in this order, each of everything that the filter lets through.
  ///   - filter: Decides which spans are recorded; the children of others hang on their nearest recorded ancestor.
  ///   - flushBound: How long `forceFlush` waits at most.
  public init(layers: [any TraceLayer], filter: LevelFilter = .all, flushBound: Duration = .seconds(1)) {
    self.layers = layers
    self.filter = filter
    self.flushBound = flushBound
    // Before the first span, so that no `fork` finds them half made.
    SpanLocks.prepare()
    ThreadMemory.prepare()
  }

  /// Starts a span below the context's, or the root of a new trace. `withSpan` does so and ends it; this one is to be ended by the program.
  public func startSpan<Instant: TracerInstant>(
    _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: Tracing.SpanKind,
    at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
  ) -> LayeredSpan {
    var context = context()
    var level = Logger.Level.info
    var chosenTarget: String?
    let parent = context.spanContext
    // Mostly the span is all that a context holds: looking for more costs as much as an attribute.
    if context.count > (parent == nil ? 0 : 1), let choice = context.nextSpan {
      level = choice.level
      chosenTarget = choice.target
      context.nextSpan = nil
    }
    let target = chosenTarget ?? ThreadMemory.module(of: fileID)
    guard filter.allows(level, target: target) else { return LayeredSpan(filteredOut: operationName, context: context) }
    let started = SpanStarted(
      traceID: parent?.traceID ?? .random(), spanID: .random(), parentID: parent?.spanID, name: operationName, kind: kind, target: target,
      level: level, location: SourceLocation(file: fileID, function: function, line: line), startNanos: nanos(instant()))
    for layer in layers { layer.spanStarted(started) }
    return LayeredSpan(started, tracer: self, parentContext: context, traceState: parent?.traceState)
  }

  /// The nearest recorded span; nil where there is none, or where it is another process's.
  public func activeSpan(identifiedBy context: ServiceContext) -> LayeredSpan? { context.spanContext?.span }
}

/// An instant as records have it.
func nanos(_ instant: some TracerInstant) -> Int64 { Int64(clamping: instant.nanosecondsSinceEpoch) }
