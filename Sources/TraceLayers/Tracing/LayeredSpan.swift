// A span of the program: collects what the program says of it and calls the layers once, at its end.

import Logging
import PipeBasics
import Platform
public import Tracing

/// A span that may be used from several threads. What comes after its end is ignored.
public final class LayeredSpan: Tracing.Span {
  private struct State: Sendable {
    var name: String
    var attributes = SpanAttributes()
    var links: [SpanLink] = []
    var status: Tracing.SpanStatus?
    /// What an error status says that came without a message, as that of a thrown error does.
    var latestError: String?
    var hasEnded = false
  }

  /// Nil where the filter let the span go.
  let started: SpanStarted?
  private let tracer: LayeredTracer?
  private let parentContext: ServiceContext
  /// Of the parent.
  private let traceState: String?
  /// Reached through `withState` alone.
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

  /// Whatever the body replaces of the program's values, it hands out: see `SpanLocks`.
  @inline(__always)
  private func withState<Result>(_ body: (inout State) -> Result) -> Result {
    ForkLocks.giveWay()
    let lock = SpanLocks.lock(of: self)
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return body(&state)
  }

  /// What children need. A span that is not recorded hands its parent's on.
  public var context: ServiceContext {
    guard let spanContext else { return parentContext }
    var context = parentContext
    context.spanContext = spanContext
    return context
  }

  /// Nil where the filter let the span go.
  var spanContext: SpanContext? {
    guard let started else { return nil }
    return SpanContext(traceID: started.traceID, spanID: started.spanID, traceState: traceState, span: self)
  }

  /// False for a span that the filter let go, and from its end on.
  public var isRecording: Bool { started != nil && withState { !$0.hasEnded } }

  /// The name at the end is the one that counts.
  public var operationName: String {
    get { withState { $0.name } }
    set { withState { if !$0.hasEnded { $0.name = newValue } } }
  }

  /// Told to the layers at the end, in the order of their names. May be changed from several threads at once: no change is lost.
  public var attributes: SpanAttributes {
    get { withState { $0.attributes } }
    set {
      var replaced = newValue
      withState { if !$0.hasEnded { swap(&$0.attributes, &replaced) } }
    }
    // In place: a copy for every attribute would cost more than the span. The lock is not held meanwhile, because the program's code runs.
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

  /// What other threads added meanwhile is merged outside of the lock.
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

  /// The last one counts. An error without a message takes that of the error that was recorded before.
  public func setStatus(_ status: Tracing.SpanStatus) {
    withState { state in
      guard !state.hasEnded else { return }
      let isBareError = status.code == .error && status.message == nil
      state.status = isBareError ? Tracing.SpanStatus(code: .error, message: state.latestError) : status
    }
  }

  /// Links to contexts without a span of ours are left out.
  public func addLink(_ link: SpanLink) {
    withState { if !$0.hasEnded { $0.links.append(link) } }
  }

  /// Becomes a log inside the span.
  public func addEvent(_ event: Tracing.SpanEvent) {
    log(.info, event.name, event.attributes, at: Int64(clamping: event.nanosecondsSinceEpoch))
  }

  /// Becomes an ERROR log inside the span, which thereby counts as failed.
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
