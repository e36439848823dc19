// A bound of waiting that several parts share: each gets what the ones before it left.
import Platform

/// A moment on the monotonic clock until which is waited.
package struct Deadline: Sendable {
  /// Monotonic nanoseconds.
  package let nanos: Int64

  package init(nanos: Int64) { self.nanos = nanos }

  /// So long from now; at most a hundred years, and not at all where it is negative.
  package init(within bound: Duration) { nanos = MonotonicClock.nanos + max(0, bound.clampedNanos) }

  /// Zero when it is over.
  package var left: Duration { .nanoseconds(max(0, nanos - MonotonicClock.nanos)) }
}

extension Duration {
  /// Held between plus and minus a hundred years.
  package var clampedNanos: Int64 {
    let (seconds, attoseconds) = components
    return min(max(seconds, -3_155_760_000), 3_155_760_000) * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
