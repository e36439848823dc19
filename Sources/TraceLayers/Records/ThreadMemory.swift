// What writing a record needs, kept per thread: then it takes neither a lock nor, after the first record, memory.

import Platform

package enum ThreadMemory {
  private final class Slot {
    var line: RecordLine? = RecordLine()
    var random = RandomBits()
    /// A `#fileID` and its module.
    var latestModule = (file: "", name: "")
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let failure = pthread_key_create(&key) { Unmanaged<Slot>.fromOpaque(cArgument($0)).release() }
    // Keys run out at 1,024 a process; every one of them in use at start means that no thread could keep a line.
    precondition(failure == 0, "no thread-specific key is left in this process")
    return key
  }()

  /// Makes what all threads share.
  static func prepare() { _ = key }

  /// Lends this thread's line. A value's description, called while a record is written, may log itself: it then gets a line of its own.
  package static func withLine(_ body: (inout RecordLine) -> Void) {
    let slot = slot
    var line = slot.line.take() ?? RecordLine()
    body(&line)
    slot.line = consume line
  }

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

  private static var slot: Slot {
    if let known = pthread_getspecific(key) { return Unmanaged<Slot>.fromOpaque(known).takeUnretainedValue() }
    let slot = Slot()
    pthread_setspecific(key, Unmanaged.passRetained(slot).toOpaque())
    return slot
  }
}
