// The rows of a record, kept per thread: creating a record then takes no lock and, after the first one, no allocation.

import Platform

enum RowMemory {
  private final class Slot {
    var rows: RecordRows? = RecordRows()
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let failure = pthread_key_create(&key) { Unmanaged<Slot>.fromOpaque($0!).release() }
    precondition(failure == 0, "no thread-specific key is left in this process")
    return key
  }()

  /// Creates what all threads share.
  static func prepare() { _ = key }

  /// Passes this thread's rows to the body. The description of a value, called while a record is written, may itself log: that log gets
  /// other rows.
  static func withRows(_ body: (inout RecordRows) -> Void) {
    let slot = slot
    var rows = slot.rows.take() ?? RecordRows()
    body(&rows)
    slot.rows = consume rows
  }

  private static var slot: Slot {
    if let known = pthread_getspecific(key) { return Unmanaged<Slot>.fromOpaque(known).takeUnretainedValue() }
    let slot = Slot()
    pthread_setspecific(key, Unmanaged.passRetained(slot).toOpaque())
    return slot
  }
}
