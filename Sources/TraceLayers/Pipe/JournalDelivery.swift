// Delivery in the durable tier: first to the segment, then to the reader. Records that the reader does not take at once stay in the
// journal, and the server replays them from there.

import PipeBasics
import Platform

/// Where a journal is and how large it may be.
struct JournalSettings: Sendable {
  var producer: String
  var limits = Journal.Limits()
}

extension PipeDelivery {
  /// A reader that takes nothing for this long is slow: records then go only to the journal for a while.
  private static let patienceNanos: Int64 = 5_000_000
  private static let slowReaderPauseNanos: Int64 = 250_000_000

  /// Commits a buffer and offers it to the reader. If the disk takes nothing, records are handled as in the memory tier.
  mutating func deliverThroughJournal(_ buffer: consuming RecordBuffer) -> RecordBuffer {
    var offset = 0
    while offset < buffer.used, !writer.isStopped {
      let end = journal!.commit(buffer, from: offset)
      takeChanges()
      if end > offset {
        let count = WrittenLines.records(in: UnsafeRawBufferPointer(start: buffer.base + offset, count: end - offset))
        queue.account { $0.committed += UInt64(count) }
        offer(buffer, offset..<end)
        offset = end
      } else {
        writer.note(problem: journal!.problem)
        offset = deliverUncommitted(buffer, from: offset)
      }
    }
    return buffer
  }

  /// Writes committed lines to the reader if it takes them now. The others stay in the journal.
  private mutating func offer(_ buffer: borrowing RecordBuffer, _ range: Range<Int>) {
    connectIfDue()
    var offset = range.lowerBound
    if connection != nil, MonotonicClock.nanos >= resumeNanos, finishCutLine() {
      offset = write(buffer, range) { $0 < PipeDelivery.patienceNanos }
      if offset < range.upperBound { resumeNanos = MonotonicClock.nanos + PipeDelivery.slowReaderPauseNanos }
    }
    guard offset < range.upperBound else { return }
    let left = WrittenLines.numbers(in: UnsafeRawBufferPointer(start: buffer.base + offset, count: range.upperBound - offset))
    journal!.leave(left)
    queue.account { $0.journaled += UInt64(left.records) }
  }

  /// The disk takes nothing: write to the reader if there is one, or wait for either of them.
  private mutating func deliverUncommitted(_ buffer: borrowing RecordBuffer, from start: Int) -> Int {
    connectIfDue()
    if connection != nil, finishCutLine() {
      let offset = write(buffer, start..<buffer.used) { $0 < 100_000_000 }
      if offset > start { return offset }
    }
    writer.noteFailure()
    writer.sleep(millis: 20)
    return start
  }

  /// Writes the rest of a line of which a slow reader has a part. Returns false if the reader does not take it. The line itself is in the
  /// journal, or is sent again from its beginning.
  mutating func finishCutLine() -> Bool {
    guard !cutLine.isEmpty else { return true }
    guard connection != nil else { return false }
    switch cutLine.withUnsafeBytes({ connection!.write($0, isPatient: { _ in false }) }) {
    case .written: cutLine = []
    case .stalled(let done): cutLine.removeFirst(done)
    case .readerGone:
      cutLine = []
      connection = nil
    }
    return cutLine.isEmpty && connection != nil
  }

  /// Sleeps until records arrive. Meanwhile an incomplete line is finished as soon as the reader takes it.
  mutating func restWithJournal() {
    takeChanges()
    if cutLine.isEmpty { return writer.sleep() }
    _ = finishCutLine()
    writer.sleep(millis: 250)
  }

  private mutating func takeChanges() {
    let changes = journal!.takeChanges()
    queue.lose(changes.lost, untold: changes.untold)
    if changes.taken > 0 {
      queue.account {
        $0.journaled -= UInt64(changes.taken)
        $0.delivered += UInt64(changes.taken)
      }
    }
    writer.noteJournal(descriptor: journal!.descriptor)
  }
}
