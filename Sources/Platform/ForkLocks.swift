// Locks that `fork` waits for: no thread may be in the middle of a change when the process forks, or the child would inherit a half-done
// change under a lock that is never released.

package import Synchronization

/// The locks that a forking thread holds during the fork. Both processes release them afterwards.
package enum ForkLocks {
  /// Guards `locks`; also held during a fork.
  private nonisolated(unsafe) static let registry: UnsafeMutablePointer<pthread_mutex_t> = {
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    return mutex
  }()

  /// A fork waits for its locks. Threads that are about to take one let the fork go first, or busy threads would make it wait for ever.
  @usableFromInline package static let isWanted = Atomic<Bool>(false)

  /// Called before every lock of the list. Waits about a millisecond at most, even if the fork is still waiting: the caller may hold
  /// another of the locks.
  @inlinable @inline(__always)
  package static func giveWay() { if isWanted.load(ordering: .relaxed) { waitForFork() } }

  @usableFromInline
  static func waitForFork() {
    for _ in 0..<20 where isWanted.load(ordering: .relaxed) { usleep(50) }
  }

  /// Accessed only under `registry`.
  private nonisolated(unsafe) static var locks: [UnsafeMutablePointer<pthread_mutex_t>] = []

  /// Registered once, with the first lock.
  private static let handler: Int32 = pthread_atfork(
    {
      ForkLocks.prepare()
      ForkLocks.holdAll()
    }, { ForkLocks.releaseAll() }, { ForkLocks.releaseAll() })

  /// Accessed only under `registry`.
  private nonisolated(unsafe) static var preparations: [@Sendable () -> Void] = []

  /// The body runs once, before the next fork, on the forking thread, which holds none of the locks then.
  ///
  /// Use it for code that a child may run first. The Swift runtime creates type metadata on first use, under locks of its own, and in a
  /// child such a lock may be held by a thread that does not exist there. Code that ran before the fork does not need these locks again.
  package static func prepare(_ body: @escaping @Sendable () -> Void) {
    _ = handler
    pthread_mutex_lock(registry)
    preparations.append(body)
    pthread_mutex_unlock(registry)
  }

  private static func prepare() {
    pthread_mutex_lock(registry)
    let all = preparations
    preparations = []
    pthread_mutex_unlock(registry)
    for body in all { body() }
  }

  /// From now on every fork takes this lock, a `pthread_mutex_t`.
  /// - Complexity: O(1); a fork costs O(locks).
  package static func add(_ lock: UnsafeMutableRawPointer) {
    _ = handler
    pthread_mutex_lock(registry)
    locks.append(lock.assumingMemoryBound(to: pthread_mutex_t.self))
    pthread_mutex_unlock(registry)
  }

  /// - Complexity: O(locks).
  package static func remove(_ lock: UnsafeMutableRawPointer) {
    pthread_mutex_lock(registry)
    if let index = locks.lastIndex(where: { UnsafeMutableRawPointer($0) == lock }) { locks.remove(at: index) }
    pthread_mutex_unlock(registry)
  }

  /// Takes all locks or none: a thread that holds one of them may be about to take another, to add one or to remove one.
  private static func holdAll() {
    while true {
      pthread_mutex_lock(registry)
      let busy = locks.firstIndex { pthread_mutex_trylock($0) != 0 }
      guard let busy else { return }
      isWanted.store(true, ordering: .relaxed)
      for lock in locks[..<busy] { pthread_mutex_unlock(lock) }
      pthread_mutex_unlock(registry)
      sched_yield()
    }
  }

  private static func releaseAll() {
    isWanted.store(false, ordering: .relaxed)
    for lock in locks { pthread_mutex_unlock(lock) }
    pthread_mutex_unlock(registry)
  }
}
