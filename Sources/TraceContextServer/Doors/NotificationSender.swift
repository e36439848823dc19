// How the server speaks first: notifications, which find their way once the connection exists and are dropped before.

import JSON
import JSONRPC
import Synchronization

final class NotificationSender: Sendable {
  typealias Send = @Sendable (_ method: String, _ params: JSONValue, _ during: RequestID?) -> Void

  private let target = Mutex<Send?>(nil)

  func use(_ send: @escaping Send) { target.withLock { $0 = send } }

  /// - Parameter request: Nothing is sent unless it is running.
  func send(_ method: String, _ params: JSONValue, during request: RequestID? = nil) {
    guard let send = target.withLock({ $0 }) else { return }
    send(method, params, request)
  }
}
