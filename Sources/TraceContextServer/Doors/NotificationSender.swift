// Sends notifications and requests of the server. They are dropped until the connection exists.

import JSON
import JSONRPC
import Synchronization

final class NotificationSender: Sendable {
  typealias Send = @Sendable (_ method: String, _ params: JSONValue, _ during: RequestID?) -> Void
  typealias Ask = @Sendable (_ method: String, _ params: JSONValue?) async throws -> JSONValue

  private let target = Mutex<Send?>(nil)
  private let asked = Mutex<Ask?>(nil)

  func use(_ send: @escaping Send) { target.withLock { $0 = send } }
  func use(asking ask: @escaping Ask) { asked.withLock { $0 = ask } }

  /// - Parameter request: The notification is sent only while this request is running.
  func send(_ method: String, _ params: JSONValue, during request: RequestID? = nil) {
    guard let send = target.withLock({ $0 }) else { return }
    send(method, params, request)
  }

  /// Asks the client and waits for its answer.
  func request(_ method: String, _ params: JSONValue?) async throws -> JSONValue {
    guard let ask = asked.withLock({ $0 }) else { throw RequestFailure.notSent }
    return try await ask(method, params)
  }

  /// Asks the client, whatever it answers.
  func ask(_ method: String) {
    guard let ask = asked.withLock({ $0 }) else { return }
    Task.detached { _ = try? await ask(method, nil) }
  }
}
