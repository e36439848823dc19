// Requests of ours that the client has not answered yet: each ends once, by an answer, its time, a cancellation, or the end of the connection.

import JSON

/// Why a request of ours has no answer of the client.
package enum RequestFailure: Error, Equatable {
  /// Nobody reads yet or any more, too much waits to be read, or too many requests wait for their answers.
  case notSent
  case timedOut
  case connectionEnded
}

/// Pure state; `Connection` holds it behind its lock. Whoever takes a request out of this table ends it, so it ends once.
struct OutgoingRequests: Sendable {
  /// Requests that wait at a time.
  static let limit = 64

  typealias End = @Sendable (Result<JSONValue, any Error>) -> Void

  private struct Entry: Sendable {
    var deadline: Int64
    var end: End
  }

  private var entries: [RequestID: Entry] = [:]
  private var latest = 0
  /// Taken back before they were sent.
  private var cancelled: Set<RequestID> = []
  /// The first deadline, or an earlier time.
  private(set) var nextDeadline: Int64?

  /// A text, and one that clients are not likely to use: theirs are another space, but logs show both.
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

  /// Who is to be called with the outcome; nil where the id is none of ours, or has ended.
  mutating func take(_ id: RequestID) -> End? {
    let end = entries.removeValue(forKey: id)?.end
    if entries.isEmpty { nextDeadline = nil }
    return end
  }

  /// The same for a request that is taken back, perhaps before it is sent.
  mutating func cancel(_ id: RequestID) -> End? {
    if let end = take(id) { return end }
    cancelled.insert(id)
    return nil
  }

  /// Its caller has its outcome: nothing about it is remembered.
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
