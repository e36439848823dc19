// What making a span needs, kept per thread: then it takes neither a lock nor, after the first span, memory.

import Platform

package enum ThreadMemory {
  private final class Slot {
    var random = RandomBits()
    /// A `#fileID` and its module.
    var latestModule = (file: "", name: "")
  }

  private static let slots = ThreadSlots<Slot>()

  /// Makes what all threads share.
  static func prepare() { _ = slots }

  /// 64 random bits.
  static func randomBits() -> UInt64 { slot.random.next() }

  /// The module of a `#fileID`. The latest is kept: a text of its own for every span would take memory for each.
  static func module(of fileID: String) -> String {
    let slot = slot
    if slot.latestModule.file == fileID { return slot.latestModule.name }
    let name = fileID.utf8.firstIndex(of: UInt8(ascii: "/")).map { String(fileID[..<$0]) } ?? fileID
    slot.latestModule = (fileID, name)
    return name
  }

  private static var slot: Slot { slots.own { Slot() } }
}

/// An object for each thread, which goes with its thread.
package struct ThreadSlots<Slot: AnyObject>: Sendable {
  private let key: pthread_key_t

  package init() {
    var key = pthread_key_t()
    let failure = pthread_key_create(&key) { Unmanaged<AnyObject>.fromOpaque(cArgument($0)).release() }
    // Keys run out at 1,024 a process; every one of them in use at start means that no thread could keep anything.
    precondition(failure == 0, "no thread-specific key is left in this process")
    self.key = key
  }

  /// That of this thread, made when it is asked for first.
  @inline(__always)
  package func own(_ make: () -> Slot) -> Slot {
    if let known = pthread_getspecific(key) { return Unmanaged<Slot>.fromOpaque(known).takeUnretainedValue() }
    let slot = make()
    pthread_setspecific(key, Unmanaged.passRetained(slot).toOpaque())
    return slot
  }
}
