// A thread that sleeps until an instant or until it is woken: the one timer behind all waits.

import Glibc

/// A POSIX condition on the monotonic clock. A ring before the sleep is not lost: the sleep ends at once.
///
/// `@unchecked Sendable`: `isRung` is reached under the mutex alone.
final class Alarm: @unchecked Sendable {
  // On the heap: neither may move.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var isRung = false

  init() {
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    condition.initialize(to: pthread_cond_t())
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    condition.deallocate()
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func ring() {
    pthread_mutex_lock(mutex)
    isRung = true
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Sleeps for so long, without an end where nil, or until the next ring.
  func sleep(nanos: Int64?) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if let nanos {
      // No sleep is longer than a day: sums stay far from any limit.
      let end = SystemState.monotonicNanos() + min(max(0, nanos), 86_400_000_000_000)
      var time = timespec(tv_sec: Int(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
      while !isRung, pthread_cond_timedwait(condition, mutex, &time) == 0 {}
    } else {
      while !isRung { pthread_cond_wait(condition, mutex) }
    }
    isRung = false
  }
}
