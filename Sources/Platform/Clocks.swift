// The two clocks, as nanoseconds.

/// Time for durations and deadlines, which no setting of the wall clock moves.
package enum MonotonicClock {
  @inlinable
  package static var nanos: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// Nanoseconds since 1970, as the system believes.
package enum WallClock {
  @inlinable
  package static var nanos: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
