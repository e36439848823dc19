// The requests that run as tasks. The code that removes a request from this table writes its reply, so there is exactly one reply.

/// A plain value; `Connection` holds it behind its lock.
struct InFlightRequests: Sendable {
  struct Entry: Sendable {
    var place: ReplyPlace
    /// Cancels its task; nil between the decision to run a request and the start of its task.
    var cancel: (@Sendable () -> Void)?
  }

  private let limit: Int
  private var entries: [RequestID: Entry] = [:]
  /// Requests whose reply is being written by their task.
  private var replying = 0

  init(limit: Int) { self.limit = limit }

  /// Every admitted request has its reply in the outbox.
  var isEmpty: Bool { entries.isEmpty && replying == 0 }

  func contains(_ id: RequestID) -> Bool { entries[id] != nil }

  /// Returns false if the table is full.
  mutating func admit(_ id: RequestID, at place: ReplyPlace) -> Bool {
    guard entries.count < limit else { return false }
    entries[id] = Entry(place: place)
    return true
  }

  /// Makes the task cancellable, unless it has already finished.
  mutating func attach(_ cancel: @escaping @Sendable () -> Void, to id: RequestID) { entries[id]?.cancel = cancel }

  /// The closure that cancels a running request.
  func cancellation(of id: RequestID) -> (@Sendable () -> Void)? { entries[id]?.cancel }

  /// The place of the reply. The caller must write the reply and then call `replied`.
  mutating func finish(_ id: RequestID) -> ReplyPlace? {
    guard let entry = entries.removeValue(forKey: id) else { return nil }
    replying += 1
    return entry.place
  }

  mutating func replied() { replying -= 1 }

  /// Removes a request that gets no reply.
  mutating func remove(_ id: RequestID) -> Entry? { entries.removeValue(forKey: id) }

  /// Removes all remaining requests; the caller must reply to them.
  mutating func removeAll() -> [RequestID: Entry] {
    defer { entries = [:] }
    return entries
  }
}
