// The line that a thread writes its records into: after the first record it takes no memory.

package enum ThreadLine {
  private final class Slot {
    var line: RecordLine? = RecordLine()
  }

  private static let slots = ThreadSlots<Slot>()

  /// Makes what all threads share.
  static func prepare() { _ = slots }

  /// Lends this thread's line. A value's description, called while a record is written, may log itself: it then gets a line of its own.
  package static func withLine(_ body: (inout RecordLine) -> Void) {
    let slot = slots.own { Slot() }
    var line = slot.line.take() ?? RecordLine()
    body(&line)
    slot.line = consume line
  }
}
