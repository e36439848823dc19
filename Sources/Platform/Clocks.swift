// The two clocks, as nanoseconds.

/// Time for durations and deadlines. Changes of the wall clock do not affect it.
package enum MonotonicClock {
  @inlinable
  package static var nanos: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// Nanoseconds since 1970, by the system's clock.
package enum WallClock {
  @inlinable
  package static var nanos: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
