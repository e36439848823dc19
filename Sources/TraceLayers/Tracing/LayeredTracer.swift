// The only code that creates spans: it assigns ids, finds parents, applies the filter, and calls the layers.

import Logging
public import Tracing

/// A tracer for swift-distributed-tracing that passes everything to its layers.
public final class LayeredTracer: Tracer {
  /// The span type of this tracer.
  public typealias Span = LayeredSpan

  let layers: [any TraceLayer]
  let filter: LevelFilter
  /// The longest time that `forceFlush` waits.
  public let flushBound: Duration

  /// - Parameters:
  ///   - layers: Called in this order, with everything that the filter allows.
  ///   - filter: Decides which spans are recorded. Children of other spans become children of the nearest recorded ancestor.
  ///   - flushBound: The longest time that `forceFlush` waits.
  public init(layers: [any TraceLayer], filter: LevelFilter = .all, flushBound: Duration = .seconds(1)) {
    self.layers = layers
    self.filter = filter
    self.flushBound = flushBound
    // Done before the first span, so that no `fork` happens in the middle of it.
    SpanLocks.prepare()
    ThreadMemory.prepare()
  }

  /// Starts a span below the context's span, or the root of a new trace. The program must end it; `withSpan` starts and ends a span.
  public func startSpan<Instant: TracerInstant>(
    _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: Tracing.SpanKind,
    at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
  ) -> LayeredSpan {
    var context = context()
    var level = Logger.Level.info
    var chosenTarget: String?
    let parent = context.spanContext
    // Usually the span is all that a context contains, and looking for more costs as much as an attribute.
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

  /// The nearest recorded span; nil if there is none, or if it belongs to another process.
  public func activeSpan(identifiedBy context: ServiceContext) -> LayeredSpan? { context.spanContext?.span }
}

/// An instant in the form of records.
func nanos(_ instant: some TracerInstant) -> Int64 { Int64(clamping: instant.nanosecondsSinceEpoch) }
