// The position of a task in its trace, as a part of the service context. Child tasks inherit it with the context.

public import Logging
public import Tracing

/// The nearest recorded span of a task, in this process or in the calling one.
public struct SpanContext: Sendable {
  /// The trace of the task.
  public let traceID: TraceID
  /// The span that becomes the parent of children.
  public let spanID: SpanID
  /// The caller's W3C `tracestate`, passed on unchanged.
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
  /// The nearest recorded span. Pass the context to a detached task to give it a parent.
  public var spanContext: SpanContext? {
    get { self[SpanPlaceKey.self]?.spanContext }
    set { self[SpanPlaceKey.self] = newValue.map { $0.span.map(SpanPlace.here) ?? .elsewhere($0) } }
  }

  /// W3C `baggage`, passed on unchanged with every call.
  public var baggageHeader: String? {
    get { self[BaggageKey.self] }
    set { self[BaggageKey.self] = newValue }
  }

  /// The target and level for the filter, only for the next span that starts in this context. Without it the target is the module and the
  /// level `info`.
  public var nextSpan: SpanChoice? {
    get { self[SpanChoiceKey.self] }
    set { self[SpanChoiceKey.self] = newValue }
  }
}

/// The target and level of one span for the filter.
public struct SpanChoice: Sendable {
  /// Nil for the module that contains the span.
  public var target: String?
  /// The level of the span.
  public var level: Logger.Level

  /// A choice for `ServiceContext.nextSpan`.
  public init(target: String? = nil, level: Logger.Level = .info) {
    self.target = target
    self.level = level
  }
}

/// What a context stores about a span: a single reference. Contexts allocate memory for values larger than three words, which would be an
/// allocation per span.
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
