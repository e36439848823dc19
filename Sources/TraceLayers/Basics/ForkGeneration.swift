// Lets a process detect that it is a forked child, at the cost of reading a number.

import Platform
import Synchronization

/// Counts the forks between the first process and this one.
package enum ForkGeneration {
  private static let count = Atomic<UInt64>(0)
  /// Registered once, on first use.
  private static let handler: Int32 = pthread_atfork(nil, nil, { ForkGeneration.count.wrappingAdd(1, ordering: .relaxed) })

  package static var current: UInt64 { count.load(ordering: .relaxed) }
  package static func watch() { _ = handler }
}
