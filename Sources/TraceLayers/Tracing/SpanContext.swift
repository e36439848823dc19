// Where a task is in its trace: the part of the service context that is ours, inherited by child tasks as the context is.

public import Logging
public import Tracing

/// The nearest recorded span of a task: in this process, or in the one that called it.
public struct SpanContext: Sendable {
  /// The trace that the task is in.
  public let traceID: TraceID
  /// The span that children hang on.
  public let spanID: SpanID
  /// W3C `tracestate` of the caller, handed on as it came.
  public let traceState: String?
  /// Nil for a span of another process.
  public let span: LayeredSpan?

  /// The context of a span of another process.
  public init(traceID: TraceID, spanID: SpanID, traceState: String? = nil) {
    self.init(traceID: traceID, spanID: spanID, traceState: traceState, span: nil)
  }

  init(traceID: TraceID, spanID: SpanID, traceState: String?, span: LayeredSpan?) {
    self.traceID = traceID
    self.spanID = spanID
    self.traceState = traceState
    self.span = span
  }
}

extension ServiceContext {
  /// The nearest recorded span. Hand the context on to give a detached task its parent.
  public var spanContext: SpanContext? {
    get { self[SpanPlaceKey.self]?.spanContext }
    set { self[SpanPlaceKey.self] = newValue.map { $0.span.map(SpanPlace.here) ?? .elsewhere($0) } }
  }

  /// W3C `baggage` as it came, handed on with every call.
  public var baggageHeader: String? {
    get { self[BaggageKey.self] }
    set { self[BaggageKey.self] = newValue }
  }

  /// For the next span that starts in this context, and no other: what the level filter goes by. Without it, target is the module and the level `info`.
  public var nextSpan: SpanChoice? {
    get { self[SpanChoiceKey.self] }
    set { self[SpanChoiceKey.self] = newValue }
  }
}

/// What the level filter goes by for one span.
public struct SpanChoice: Sendable {
  /// Nil for the module that the span is in.
  public var target: String?
  /// How important the span is.
  public var level: Logger.Level

  /// A choice for `ServiceContext.nextSpan`.
  public init(target: String? = nil, level: Logger.Level = .info) {
    self.target = target
    self.level = level
  }
}

/// What a context keeps of a span. One reference: contexts give anything larger than three words a block of memory, once a span.
private enum SpanPlace: Sendable {
  case here(LayeredSpan)
  indirect case elsewhere(SpanContext)

  var spanContext: SpanContext? {
    switch self {
    case .here(let span): span.spanContext
    case .elsewhere(let context): context
    }
  }
}

private enum SpanPlaceKey: ServiceContextKey {
  typealias Value = SpanPlace
  static let nameOverride: String? = "trace-layers-span"
}

private enum BaggageKey: ServiceContextKey {
  typealias Value = String
  static let nameOverride: String? = "baggage"
}

private enum SpanChoiceKey: ServiceContextKey {
  typealias Value = SpanChoice
}
