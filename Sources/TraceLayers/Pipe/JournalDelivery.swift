// The durable tier's order of things: first the segment, then whoever reads. What nobody reads at once is left to the journal, and to the server's
// replay.

import PipeBasics
import Platform

/// Where a journal is and how large it may be.
struct JournalSettings: Sendable {
  var producer: String
  var limits = Journal.Limits()
}

extension PipeDelivery {
  /// A reader that takes nothing for so long is slow: records go on to the journal alone for a while.
  private static let patienceNanos: Int64 = 5_000_000
  private static let slowReaderPauseNanos: Int64 = 250_000_000

  /// Commits a buffer and offers it to the reader. Where the disk takes nothing, it goes on as the memory tier does.
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

  /// Writes committed lines to the reader if it takes them now; the others are the journal's.
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

  /// The disk takes nothing: to whoever reads, or wait for one of the two.
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

  /// Writes the rest of a line that a slow reader has half of. False where it does not take it; the line itself is in the journal, or begins anew.
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

  /// Sleeps until records come; a half line is finished meanwhile, as soon as its reader takes it.
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
