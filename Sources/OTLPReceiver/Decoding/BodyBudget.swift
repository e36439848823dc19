// The memory that bodies of requests may take together while they come and are read: what is over it is asked to come again.

import Synchronization

/// Bytes that are lent to bodies. Nobody waits for any: who gets none is told to come again, which senders of OTLP do.
final class BodyBudget: Sendable {
  let limit: Int
  private let used = Mutex(0)

  init(limit: Int) { self.limit = limit }

  func take(_ bytes: Int) -> Bool {
    used.withLock { used in
      guard used + bytes <= limit else { return false }
      used += bytes
      return true
    }
  }

  func giveBack(_ bytes: Int) { used.withLock { $0 -= bytes } }
}
