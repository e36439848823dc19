// Our requests that the client has not answered yet. Each ends exactly once: by a response, a timeout, a cancellation, or the end of the
// connection.

import JSON

/// Why a request of ours got no response.
package enum RequestFailure: Error, Equatable {
  /// The client does not read yet or any more, the output queue is full, or too many requests wait for their responses.
  case notSent
  case timedOut
  case connectionEnded
}

/// A plain value; `Connection` holds it behind its lock. The code that removes a request from this table ends it, so it ends once.
struct OutgoingRequests: Sendable {
  /// The maximum number of requests that wait at the same time.
  static let limit = 64

  typealias End = @Sendable (Result<JSONValue, any Error>) -> Void

  private struct Entry: Sendable {
    var deadline: Int64
    var end: End
  }

  private var entries: [RequestID: Entry] = [:]
  private var latest = 0
  /// Requests that were cancelled before they were sent.
  private var cancelled: Set<RequestID> = []
  /// The first deadline, or an earlier time.
  private(set) var nextDeadline: Int64?

  /// A string that clients are unlikely to use as an id. Their ids are a separate space, but logs show both.
  mutating func newID() -> RequestID {
    latest += 1
    return RequestID(.string("server-\(latest)"))!
  }

  enum Admission { case admitted, full, cancelled }

  mutating func admit(_ id: RequestID, until deadline: Int64, _ end: @escaping End) -> Admission {
    if cancelled.remove(id) != nil { return .cancelled }
    guard entries.count < OutgoingRequests.limit else { return .full }
    entries[id] = Entry(deadline: deadline, end: end)
    nextDeadline = min(nextDeadline ?? .max, deadline)
    return .admitted
  }

  /// The callback for the outcome; nil if the id is not one of ours or has already ended.
  mutating func take(_ id: RequestID) -> End? {
    let end = entries.removeValue(forKey: id)?.end
    if entries.isEmpty { nextDeadline = nil }
    return end
  }

  /// The same for a request that is cancelled, perhaps before it is sent.
  mutating func cancel(_ id: RequestID) -> End? {
    if let end = take(id) { return end }
    cancelled.insert(id)
    return nil
  }

  /// The caller has its outcome: all state of the request is removed.
  mutating func forget(_ id: RequestID) { cancelled.remove(id) }

  mutating func takeDue(_ now: Int64) -> [(id: RequestID, end: End)] {
    guard let nextDeadline, nextDeadline <= now else { return [] }
    let due = entries.filter { $0.value.deadline <= now }
    for id in due.keys { entries[id] = nil }
    self.nextDeadline = entries.values.map(\.deadline).min()
    return due.map { ($0.key, $0.value.end) }
  }

  mutating func takeAll() -> [End] {
    defer {
      entries = [:]
      nextDeadline = nil
    }
    return entries.values.map(\.end)
  }
}
