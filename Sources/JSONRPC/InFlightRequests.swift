// The requests that run as tasks. Whoever takes a request out of this table writes its reply, so there is exactly one.

/// Pure state; `Connection` holds it behind its lock.
struct InFlightRequests: Sendable {
  private let limit: Int
  /// Nil between the decision to run a request and the start of its task.
  private var tasks: [RequestID: Task<Void, Never>?] = [:]
  /// Requests whose reply is being written by their task.
  private var replying = 0

  init(limit: Int) { self.limit = limit }

  /// Every request that was admitted has its reply in the outbox.
  var isEmpty: Bool { tasks.isEmpty && replying == 0 }

  func contains(_ id: RequestID) -> Bool { tasks[id] != nil }

  /// False when the table is full.
  mutating func admit(_ id: RequestID) -> Bool {
    guard tasks.count < limit else { return false }
    tasks[id] = .some(nil)
    return true
  }

  /// Makes the task cancellable, unless it has finished already.
  mutating func attach(_ task: Task<Void, Never>, to id: RequestID) {
    if tasks[id] != nil { tasks[id] = .some(task) }
  }

  /// The task of a running request.
  func task(of id: RequestID) -> Task<Void, Never>? { tasks[id] ?? nil }

  /// True for the caller that shall reply, and then say `replied`.
  mutating func finish(_ id: RequestID) -> Bool {
    guard tasks.removeValue(forKey: id) != nil else { return false }
    replying += 1
    return true
  }

  mutating func replied() { replying -= 1 }

  /// All that are left; the caller shall reply to them.
  mutating func removeAll() -> [RequestID: Task<Void, Never>?] {
    defer { tasks = [:] }
    return tasks
  }
}
