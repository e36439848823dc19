// Tells a child process that it is one, for the price of reading a number.

import Platform
import Synchronization

/// Counts forks between the first process and this one.
package enum ForkGeneration {
  private static let count = Atomic<UInt64>(0)
  /// Runs once, whoever comes first.
  private static let handler: Int32 = pthread_atfork(nil, nil, { ForkGeneration.count.wrappingAdd(1, ordering: .relaxed) })

  package static var current: UInt64 { count.load(ordering: .relaxed) }
  package static func watch() { _ = handler }
}
