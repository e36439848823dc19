// traces/subscribe: tells a client what happens to traces, so that it does not have to ask again and again.

import JSON
import JSONRPC
import Platform
import Synchronization
import TraceDistiller

/// The subscription of one client. What happens is told at once, and then together, at most four times a second.
final class TraceNotices: Sendable {
  enum Event: String, Sendable, CaseIterable {
    /// Its first record came.
    case didStart
    /// It completed, or nobody waits for its end any more.
    case didComplete
    /// It got records.
    case didChange

    var method: String { "traces/\(rawValue)" }
  }

  fileprivate struct State: Sendable {
    var events: Set<Event> = []
    var observation: TraceObservation?
    /// What was not told yet, in the order in which it happened, each trace once.
    var waiting: [Event: [Int: String]] = [:]
    /// Those beyond what is told at once.
    var omitted: [Event: Set<Int>] = [:]
    var isRunning = false
    var last: Int64 = 0
    /// Traces up to this number had begun.
    var begun = 0
  }

  private let state = Mutex(State())
  private let connection: ClientConnection
  static let restNanos: Int64 = 250_000_000
  /// Traces in one notification; the others are counted.
  static let most = 100

  init(_ connection: ClientConnection) { self.connection = connection }

  deinit { end() }

  /// Replaces an earlier subscription.
  /// - Returns: `{"events": […]}`, what is told from now on.
  func subscribe(_ params: JSONValue?) throws(ResponseError) -> JSONValue {
    var events: Set<Event> = []
    for (key, value) in params?.object?.members ?? [] where key != "_meta" {
      guard key == "events" else {
        throw .invalidParams("traces/subscribe has no parameter \(VisibleText.make(key, limit: 80)); it has events")
      }
      guard let names = value.array else { throw .invalidParams("events must be a list of \(Self.names)") }
      for name in names {
        guard let event = name.string.flatMap({ Event(rawValue: $0) }) else {
          throw .invalidParams("events must be a list of \(Self.names)")
        }
        events.insert(event)
      }
    }
    if events.isEmpty { events = [.didComplete] }
    let began = latestNumber
    let old = state.withLock { state in
      defer { (state.events, state.observation, state.begun) = (events, nil, began) }
      return state.observation
    }
    old?.cancel()
    let observation = connection.source.observe([.completed, .abandoned, .changed]) { [weak self] in self?.note($0) }
    state.withLock { $0.observation = observation }
    return ["events": .array(Event.allCases.filter(events.contains).map { .string($0.rawValue) })]
  }

  func end() {
    let old = state.withLock { state in
      defer { (state.events, state.observation, state.waiting) = ([], nil, [:]) }
      return state.observation
    }
    old?.cancel()
  }

  private static let names = Event.allCases.map(\.rawValue).joined(separator: ", ")

  /// The number of the trace that began last; 0 if there is none.
  private var latestNumber: Int {
    guard case .success(let trace)? = connection.source.snapshotAtOnce("latest", now: connection.clock()) else { return 0 }
    return trace.serial
  }

  private func note(_ changes: TraceChanges) {
    let begins = state.withLock { state in
      for change in changes.changes {
        switch change.kind {
        case .completed, .abandoned: state.note(.didComplete, change)
        case .changed:
          if change.serial > state.begun {
            state.begun = change.serial
            state.note(.didStart, change)
          }
          state.note(.didChange, change)
        case .reopened, .evicted: break
        }
      }
      guard !state.isRunning, !state.waiting.isEmpty else { return false }
      state.isRunning = true
      return true
    }
    guard begins, let workers = connection.workers else { return }
    Task.detached(executorPreference: workers.timely) { [weak self] in await self?.tell() }
  }

  private func tell() async {
    while true {
      let wait = state.withLock { max(0, $0.last + Self.restNanos - MonotonicClock.nanos) }
      if wait > 0 { try? await Task.sleep(nanoseconds: UInt64(wait)) }
      let (waiting, omitted) = state.withLock { state in
        defer { (state.waiting, state.omitted, state.last) = ([:], [:], MonotonicClock.nanos) }
        return (state.waiting, state.omitted)
      }
      for event in Event.allCases {
        guard let traces = waiting[event], !traces.isEmpty else { continue }
        var params: JSONObject = [
          "traces": .array(traces.sorted { $0.key < $1.key }.map { ["traceId": .string($0.value), "handle": .string("t\($0.key)")] })
        ]
        if let more = omitted[event] { params["omitted"] = .integer(more.count) }
        connection.notifications.send(event.method, .object(params))
      }
      let goesOn = state.withLock { state in
        if state.waiting.isEmpty { state.isRunning = false }
        return state.isRunning
      }
      guard goesOn else { return }
    }
  }
}

extension TraceNotices.State {
  fileprivate mutating func note(_ event: TraceNotices.Event, _ change: TraceChange) {
    guard events.contains(event), waiting[event]?[change.serial] == nil else { return }
    if waiting[event, default: [:]].count < TraceNotices.most {
      waiting[event, default: [:]][change.serial] = change.traceID
    } else {
      omitted[event, default: []].insert(change.serial)
    }
  }
}
