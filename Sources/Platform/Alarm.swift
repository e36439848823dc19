// Lets a thread sleep until an instant or until it is woken. The one timer behind all waits uses it.

/// A POSIX condition variable on the monotonic clock. A ring before the sleep is not lost: the sleep then ends at once.
///
/// `@unchecked Sendable`: `isRung` is accessed only under the mutex.
package final class Alarm: @unchecked Sendable {
  // On the heap, because neither may move in memory.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var isRung = false

  package init() {
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    condition.initialize(to: pthread_cond_t())
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    #if !canImport(Darwin)
      pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    #endif
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    condition.deallocate()
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  package func ring() {
    pthread_mutex_lock(mutex)
    isRung = true
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Sleeps for that time (nil: without a limit), or until the next ring.
  package func sleep(nanos: Int64?) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if let nanos {
      // Limited to a day, so that the sum cannot overflow.
      let end = MonotonicClock.nanos + min(max(0, nanos), 86_400_000_000_000)
      while !isRung, wait(until: end) {}
    } else {
      while !isRung { pthread_cond_wait(condition, mutex) }
    }
    isRung = false
  }

  /// Called with the mutex held. Returns false once the time is over.
  private func wait(until end: Int64) -> Bool {
    #if canImport(Darwin)
      // Darwin has no condition variable on the monotonic clock, so this waits for the remaining time.
      let left = max(0, end - MonotonicClock.nanos)
      var time = timespec(tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
      return pthread_cond_timedwait_relative_np(condition, mutex, &time) == 0
    #else
      var time = timespec(tv_sec: time_t(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
      return pthread_cond_timedwait(condition, mutex, &time) == 0
    #endif
  }
}
