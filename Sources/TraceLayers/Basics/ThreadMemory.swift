// Per-thread storage for creating spans, which then takes no lock and, after the first span, no allocation.

import Platform

package enum ThreadMemory {
  private final class Slot {
    var random = RandomBits()
    /// The latest `#fileID` and its module.
    var latestModule = (file: "", name: "")
  }

  private static let slots = ThreadSlots<Slot>()

  /// Creates what all threads share.
  static func prepare() { _ = slots }

  /// 64 random bits.
  static func randomBits() -> UInt64 { slot.random.next() }

  /// The module of a `#fileID`. The latest one is cached: a new String per span would be an allocation per span.
  static func module(of fileID: String) -> String {
    let slot = slot
    if slot.latestModule.file == fileID { return slot.latestModule.name }
    let name = fileID.utf8.firstIndex(of: UInt8(ascii: "/")).map { String(fileID[..<$0]) } ?? fileID
    slot.latestModule = (fileID, name)
    return name
  }

  private static var slot: Slot { slots.own { Slot() } }
}

/// An object per thread, which is released with its thread.
package struct ThreadSlots<Slot: AnyObject>: Sendable {
  private let key: pthread_key_t

  package init() {
    var key = pthread_key_t()
    let failure = pthread_key_create(&key) { Unmanaged<AnyObject>.fromOpaque(cArgument($0)).release() }
    // A process has 1,024 keys. If all are in use at start, no thread could store anything.
    precondition(failure == 0, "no thread-specific key is left in this process")
    self.key = key
  }

  /// The object of this thread, created on first access.
  @inline(__always)
  package func own(_ make: () -> Slot) -> Slot {
    if let known = pthread_getspecific(key) { return Unmanaged<Slot>.fromOpaque(known).takeUnretainedValue() }
    let slot = make()
    pthread_setspecific(key, Unmanaged.passRetained(slot).toOpaque())
    return slot
  }
}
