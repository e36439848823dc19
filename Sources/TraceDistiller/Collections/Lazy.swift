// A value that is computed on first use. Concurrent callers wait for it instead of computing it again.

import Platform
import TraceRecords

/// Computed at most once. If a computation throws, the next caller tries again.
final class Lazy<Value: Sendable>: Sendable {
  private let made = PosixMutex<Value?>(nil)

  func value<Failure>(_ make: () throws(Failure) -> Value) throws(Failure) -> Value {
    try made.withLock { made throws(Failure) in
      if let made { return made }
      let new = try make()
      made = new
      return new
    }
  }
}
