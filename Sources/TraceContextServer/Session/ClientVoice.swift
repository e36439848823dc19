// How the server speaks first: notifications, which find their way once the connection exists and are dropped before.

import JSON
import JSONRPC
import Synchronization

final class ClientVoice: Sendable {
  typealias Send = @Sendable (_ method: String, _ params: JSONValue, _ during: RequestID?) -> Void

  private let send = Mutex<Send?>(nil)

  func speak(through send: @escaping Send) { self.send.withLock { $0 = send } }

  /// - Parameter request: Nothing is sent unless it is running.
  func tell(_ method: String, _ params: JSONValue, during request: RequestID?) {
    guard let send = send.withLock({ $0 }) else { return }
    send(method, params, request)
  }
}
