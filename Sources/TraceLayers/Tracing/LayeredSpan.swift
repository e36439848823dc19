// A span of the program: it collects the span's data and calls the layers once, at its end.

import Logging
import PipeBasics
import Platform
public import Tracing

/// A span that may be used from several threads. Changes after its end are ignored.
public final class LayeredSpan: Tracing.Span {
  private struct State: Sendable {
    var name: String
    var attributes = SpanAttributes()
    var links: [SpanLink] = []
    var status: Tracing.SpanStatus?
    /// The message for an error status that has none, as when an error was thrown.
    var latestError: String?
    var hasEnded = false
  }

  /// Nil if the filter excluded the span.
  let started: SpanStarted?
  private let tracer: LayeredTracer?
  private let parentContext: ServiceContext
  /// From the parent.
  private let traceState: String?
  /// Accessed only through `withState`.
  private nonisolated(unsafe) var state: State

  init(_ started: SpanStarted, tracer: LayeredTracer, parentContext: ServiceContext, traceState: String?) {
    self.started = started
    self.traceState = traceState
    self.tracer = tracer
    self.parentContext = parentContext
    state = State(name: started.name)
  }

  init(filteredOut name: String, context: ServiceContext) {
    started = nil
    tracer = nil
    traceState = nil
    parentContext = context
    state = State(name: name)
  }

  /// The body must return replaced values of the program, so that they are released outside of the lock: see `SpanLocks`.
  @inline(__always)
  private func withState<Result>(_ body: (inout State) -> Result) -> Result {
    ForkLocks.giveWay()
    let lock = SpanLocks.lock(of: self)
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return body(&state)
  }

  /// The context for children. A span that is not recorded passes on its parent's context.
  public var context: ServiceContext {
    guard let spanContext else { return parentContext }
    var context = parentContext
    context.spanContext = spanContext
    return context
  }

  /// Nil if the filter excluded the span.
  var spanContext: SpanContext? {
    guard let started else { return nil }
    return SpanContext(traceID: started.traceID, spanID: started.spanID, traceState: traceState, span: self)
  }

  /// False if the filter excluded the span, and after its end.
  public var isRecording: Bool { started != nil && withState { !$0.hasEnded } }

  /// The layers receive the name at the end.
  public var operationName: String {
    get { withState { $0.name } }
    set { withState { if !$0.hasEnded { $0.name = newValue } } }
  }

  /// Passed to the layers at the end, sorted by name. Several threads may change the attributes at the same time: no change is lost.
  public var attributes: SpanAttributes {
    get { withState { $0.attributes } }
    set {
      var replaced = newValue
      withState { if !$0.hasEnded { swap(&$0.attributes, &replaced) } }
    }
    // Changed in place: copying for every attribute would cost more than the span. The lock is not held meanwhile, because code of the
    // program runs.
    _modify {
      var lent = withState { state in
        let attributes = state.attributes
        state.attributes = SpanAttributes()
        return attributes
      }
      defer { giveBack(&lent) }
      yield &lent
    }
  }

  /// Merges attributes that other threads added meanwhile, outside of the lock.
  private func giveBack(_ lent: inout SpanAttributes) {
    while true {
      let added = withState { state in
        var added = SpanAttributes()
        swap(&state.attributes, &added)
        if added.isEmpty { swap(&state.attributes, &lent) }
        return added
      }
      if added.isEmpty { return }
      lent = merged(added, lent)
    }
  }

  private func merged(_ first: SpanAttributes, _ second: SpanAttributes) -> SpanAttributes {
    var first = first
    first.merge(second)
    return first
  }

  /// The last status counts. An error status without a message uses the message of the last recorded error.
  public func setStatus(_ status: Tracing.SpanStatus) {
    withState { state in
      guard !state.hasEnded else { return }
      let isBareError = status.code == .error && status.message == nil
      state.status = isBareError ? Tracing.SpanStatus(code: .error, message: state.latestError) : status
    }
  }

  /// Links to contexts without one of our spans are left out.
  public func addLink(_ link: SpanLink) {
    withState { if !$0.hasEnded { $0.links.append(link) } }
  }

  /// Written as a log inside the span.
  public func addEvent(_ event: Tracing.SpanEvent) {
    log(.info, event.name, event.attributes, at: Int64(clamping: event.nanosecondsSinceEpoch))
  }

  /// Written as an ERROR log inside the span, which then counts as failed.
  public func recordError<Instant: TracerInstant>(_ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant) {
    guard isRecording else { return }
    let message = String(describing: error)
    withState { $0.latestError = message }
    var told = attributes
    told["exception.type"] = String(reflecting: type(of: error))
    told["exception.message"] = message
    log(.error, message, told, at: nanos(instant()))
  }

  private func log(_ level: Logger.Level, _ message: String, _ attributes: SpanAttributes, at time: Int64) {
    guard let started, let tracer, isRecording else { return }
    let event = LoggedEvent(
      level: level, message: message, attributes: attributes, target: started.target, span: spanContext, timeNanos: time)
    for layer in tracer.layers { layer.logged(event) }
  }

  /// Ends the span; only the first call counts.
  public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
    guard let started, let tracer else { return }
    let last = withState { state -> State? in
      guard !state.hasEnded else { return nil }
      state.hasEnded = true
      return state
    }
    guard let last else { return }
    let end = SpanEnded(
      span: started, name: last.name, attributes: last.attributes, links: last.links, status: last.status, endNanos: nanos(instant()))
    for layer in tracer.layers { layer.spanEnded(end) }
  }
}
