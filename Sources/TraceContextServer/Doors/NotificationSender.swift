// Sends notifications of the server. They are dropped until the connection exists.

import JSON
import JSONRPC
import Synchronization

final class NotificationSender: Sendable {
  typealias Send = @Sendable (_ method: String, _ params: JSONValue, _ during: RequestID?) -> Void

  private let target = Mutex<Send?>(nil)

  func use(_ send: @escaping Send) { target.withLock { $0 = send } }

  /// - Parameter request: The notification is sent only while this request is running.
  func send(_ method: String, _ params: JSONValue, during request: RequestID? = nil) {
    guard let send = target.withLock({ $0 }) else { return }
    send(method, params, request)
  }
}
