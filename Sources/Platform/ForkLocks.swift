// What `fork` waits for: no thread may be in the middle of a change that the child would inherit half done, under a lock that nobody would ever release.

package import Synchronization

/// The locks that a forking thread holds across the fork. Both processes release them behind it.
package enum ForkLocks {
  /// Guards `locks`; held across a fork, too.
  private nonisolated(unsafe) static let registry: UnsafeMutablePointer<pthread_mutex_t> = {
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    return mutex
  }()

  /// A fork waits for its locks: who is about to take one lets it go first, or threads that never pause would keep it waiting.
  @usableFromInline package static let isWanted = Atomic<Bool>(false)

  /// Before every lock of the list. Waits a millisecond at most, whatever becomes of the fork: the caller may hold another of the locks.
  @inlinable @inline(__always)
  package static func giveWay() { if isWanted.load(ordering: .relaxed) { waitForFork() } }

  @usableFromInline
  static func waitForFork() {
    for _ in 0..<20 where isWanted.load(ordering: .relaxed) { usleep(50) }
  }

  /// Reached under `registry` alone.
  private nonisolated(unsafe) static var locks: [UnsafeMutablePointer<pthread_mutex_t>] = []

  /// Runs once, with the first lock.
  private static let handler: Int32 = pthread_atfork(
    {
      ForkLocks.prepare()
      ForkLocks.holdAll()
    }, { ForkLocks.releaseAll() }, { ForkLocks.releaseAll() })

  /// Reached under `registry` alone.
  private nonisolated(unsafe) static var preparations: [@Sendable () -> Void] = []

  /// Runs once, before the next fork, on the thread that forks, which holds none of the locks then.
  ///
  /// For what a child may do first: the Swift runtime makes the types that code needs when it needs them for the first time, under locks of its own, which
  /// a child may find held by a thread that it does not have. What was done before is done without these locks.
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

  /// All or none at a time: a thread that holds one of them may be about to take another, to add one or to remove one.
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
