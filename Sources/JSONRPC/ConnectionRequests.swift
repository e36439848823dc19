// What the server asks of its client: requests in the other direction, such as LSP's workspace/*/refresh or client/registerCapability.

package import JSON
import Platform
import Synchronization

extension Connection {
  /// Asks the client, from any task, and waits for its answer. Throws the client's `ResponseError`, a `RequestFailure`, or a `CancellationError`
  /// where the task is cancelled; the client gets a notice then that nobody waits any more, also when the time is over.
  package func request(method: String, params: JSONValue? = nil, timeoutNanos: Int64 = 10_000_000_000) async throws -> JSONValue {
    let id = shared.withLock { $0.outgoing.newID() }
    defer { shared.withLock { $0.outgoing.forget(id) } }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        ask(id, method, params, until: MonotonicClock.nanos + min(max(0, timeoutNanos), 86_400_000_000_000)) {
          continuation.resume(with: $0)
        }
      }
    } onCancel: {
      guard let end = shared.withLock({ $0.outgoing.cancel(id) }) else { return }
      withdraw(id)
      end(.failure(CancellationError()))
    }
  }

  private func ask(
    _ id: RequestID, _ method: String, _ params: JSONValue?, until deadline: Int64, _ end: @escaping OutgoingRequests.End
  ) {
    guard outbox.status.takesNotifications else { return end(.failure(RequestFailure.notSent)) }
    let admission = shared.withLock { shared in
      // After the end nobody would read the answer.
      shared.isEnding ? .full : shared.outgoing.admit(id, until: deadline, end)
    }
    switch admission {
    case .full: end(.failure(RequestFailure.notSent))
    case .cancelled: end(.failure(CancellationError()))
    case .admitted:
      outbox.send(OutgoingMessage.request(id: id, method: method, params: params))
      // The reader waits until the first deadline, which may be this one.
      wakeup.signal()
    }
  }

  /// The client's answer. What belongs to no request of ours is counted and let pass: an error could make two peers quarrel for ever.
  func take(_ response: Response) {
    guard let id = response.id, let end = shared.withLock({ $0.outgoing.take(id) }) else {
      return count { $0.unmatchedResponses += 1 }
    }
    end(response.outcome.mapError { $0 })
  }

  /// Ends what is overdue.
  func endOverdue() {
    for (id, end) in shared.withLock({ $0.outgoing.takeDue(MonotonicClock.nanos) }) {
      withdraw(id)
      end(.failure(RequestFailure.timedOut))
    }
  }

  /// Nobody will answer any more.
  func endOutgoing() {
    for end in shared.withLock({ $0.outgoing.takeAll() }) { end(.failure(RequestFailure.connectionEnded)) }
  }

  private func withdraw(_ id: RequestID) {
    let notice = handler.rules.cancellation
    guard let name = try? JSONValue(parsing: id.text) else { return }
    notify(method: notice.method, params: .object([notice.member: name]))
  }
}
