// A value that is made when somebody first asks for it. Who asks meanwhile waits for it rather than making it a second time.

import Platform
import TraceRecords

/// Made at most once; a maker that throws leaves it to the next.
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
