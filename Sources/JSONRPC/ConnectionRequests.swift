// Requests from the server to its client, such as LSP's workspace/*/refresh or client/registerCapability.

package import JSON
import Platform
import Synchronization

extension Connection {
  /// Sends a request to the client, from any task, and waits for the response. Throws the client's `ResponseError`, a `RequestFailure`, or
  /// a `CancellationError` if the task is cancelled. After a cancellation or a timeout the client is notified that no one waits for its
  /// response any more.
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
      // After the end the response would not be read.
      shared.isEnding ? .full : shared.outgoing.admit(id, until: deadline, end)
    }
    switch admission {
    case .full: end(.failure(RequestFailure.notSent))
    case .cancelled: end(.failure(CancellationError()))
    case .admitted:
      outbox.send(OutgoingMessage.request(id: id, method: method, params: params))
      // The reader polls until the first deadline, which may be this one.
      wakeup.signal()
    }
  }

  /// Handles a response of the client. One that matches no request of ours is counted and ignored: answering it with an error could start
  /// an endless exchange between two peers.
  func take(_ response: Response) {
    guard let id = response.id, let end = shared.withLock({ $0.outgoing.take(id) }) else {
      return count { $0.unmatchedResponses += 1 }
    }
    end(response.outcome.mapError { $0 })
  }

  /// Ends the requests whose deadline has passed.
  func endOverdue() {
    for (id, end) in shared.withLock({ $0.outgoing.takeDue(MonotonicClock.nanos) }) {
      withdraw(id)
      end(.failure(RequestFailure.timedOut))
    }
  }

  /// Ends all requests: no more responses will come.
  func endOutgoing() {
    for end in shared.withLock({ $0.outgoing.takeAll() }) { end(.failure(RequestFailure.connectionEnded)) }
  }

  private func withdraw(_ id: RequestID) {
    let notice = handler.rules.cancellation
    guard let name = try? JSONValue(parsing: id.text) else { return }
    notify(method: notice.method, params: .object([notice.member: name]))
  }
}
