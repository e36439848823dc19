// A time limit shared by several steps: each step gets the time that the steps before it left.
import Platform

/// The instant on the monotonic clock until which to wait.
package struct Deadline: Sendable {
  /// Monotonic nanoseconds.
  package let nanos: Int64

  package init(nanos: Int64) { self.nanos = nanos }

  /// That long from now, at most a hundred years; a negative duration counts as zero.
  package init(within bound: Duration) { nanos = MonotonicClock.nanos + max(0, bound.clampedNanos) }

  /// The remaining time; zero when it is over.
  package var left: Duration { .nanoseconds(max(0, nanos - MonotonicClock.nanos)) }
}

extension Duration {
  /// Clamped to plus or minus a hundred years.
  package var clampedNanos: Int64 {
    let (seconds, attoseconds) = components
    return min(max(seconds, -3_155_760_000), 3_155_760_000) * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
