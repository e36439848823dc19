// Requests of the server to its client. Nobody can be asked until the connection exists.

import JSON
import Synchronization

final class ClientRequests: Sendable {
  typealias Ask = @Sendable (_ method: String, _ params: JSONValue?) async throws -> JSONValue

  private let target = Mutex<Ask?>(nil)

  func use(_ ask: @escaping Ask) { target.withLock { $0 = ask } }

  /// The client's answer; nil where it gives none: what is asked is of use and not needed.
  func ask(_ method: String, _ params: JSONValue? = nil) async -> JSONValue? {
    guard let ask = target.withLock({ $0 }) else { return nil }
    return try? await ask(method, params)
  }
}
