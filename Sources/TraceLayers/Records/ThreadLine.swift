// The buffer in which a thread writes its records: after the first record it needs no allocation.

package enum ThreadLine {
  private final class Slot {
    var line: RecordLine? = RecordLine()
  }

  private static let slots = ThreadSlots<Slot>()

  /// Creates what all threads share.
  static func prepare() { _ = slots }

  /// Passes this thread's line to the body. The description of a value, called while a record is written, may itself log: that log gets
  /// another line.
  package static func withLine(_ body: (inout RecordLine) -> Void) {
    let slot = slots.own { Slot() }
    var line = slot.line.take() ?? RecordLine()
    body(&line)
    slot.line = consume line
  }
}
