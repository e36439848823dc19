// What requests and the log see of the receiver: how many requests of which kind came, and which were refused why.

import Platform
import Synchronization
import TraceRecords

/// Counters of requests, written by the thread of the connections and read by `server/status`.
final class ListenerStatus: Sendable {
  private struct Counts {
    var signals = [UInt64](repeating: 0, count: 3)
    var refusals = [UInt64](repeating: 0, count: Refusal.allCases.count)
    var connections: UInt64 = 0
  }

  private let counts = Mutex(Counts())
  private let tell: @Sendable (String) -> Void
  /// Requests whose answer has not been sent.
  private let open = Atomic<Int>(0)

  init(tell: @escaping @Sendable (String) -> Void) { self.tell = tell }

  var openRequests: Int { open.load(ordering: .acquiring) }
  func begin() { open.add(1, ordering: .acquiringAndReleasing) }
  func end() { open.subtract(1, ordering: .acquiringAndReleasing) }

  func countConnection() { counts.withLock { $0.connections += 1 } }

  func count(_ signal: OTLPSignal) { counts.withLock { $0.signals[ListenerStatus.place(signal)] += 1 } }

  /// Told at the first, tenth, hundredth time: the log stays readable whatever comes.
  func count(_ refusal: Refusal, _ reason: String) {
    let count = counts.withLock { counts in
      let place = Refusal.allCases.firstIndex(of: refusal)!
      counts.refusals[place] += 1
      return counts.refusals[place]
    }
    var power: UInt64 = 1
    while power < count { power *= 10 }
    guard power == count else { return }
    tell("a request over HTTP was refused (\(refusal.rawValue)\(count > 1 ? ", \(count) times by now" : "")): \(reason)")
  }

  /// Every counter with its name as `server/status` shows it.
  var named: [(name: String, value: UInt64)] {
    let counts = counts.withLock { $0 }
    let names = ["connections", "traces", "logs", "metrics"] + Refusal.allCases.map(\.rawValue)
    return zip(names, [counts.connections] + counts.signals + counts.refusals).map { ($0, $1) }
  }

  private static func place(_ signal: OTLPSignal) -> Int {
    switch signal {
    case .traces: 0
    case .logs: 1
    case .metrics: 2
    }
  }
}
