// Between the program's threads and the writer thread: two buffers that are swapped, and counters that always add up.

import PipeBasics
import Platform

/// Numbers records, keeps them until the writer takes them, and reports records that it had to drop.
///
/// Gap records begin with a space, so that they are not counted as records when written lines are counted (`WrittenLines`).
///
/// The lock is held for a memcpy, never during a system call or an allocation. The memory is allocated once.
final class SendQueue: Sendable {
  struct State: ~Copyable {
    var filling: RecordBuffer
    /// A full buffer that waits for the writer.
    var full: RecordBuffer?
    /// Nil while the writer has it, or while it is in `full`.
    var spare: RecordBuffer?
    var nextSequence: UInt64 = 1
    /// The numbers dropped since the last record that was kept.
    var gap = Gap()
    /// The numbers that were only in journal segments that are gone.
    var journalGap = Gap()
    var statistics = PipeStatistics()
    var isWriterAsleep = false
    /// New records are dropped.
    var isClosed = false
  }

  /// Lost numbers that are not reported yet.
  struct Gap {
    var first: UInt64 = 0
    var last: UInt64 = 0
    var count: UInt64 = 0
  }

  /// The producer of the numbers.
  let producer: String
  private let state: PosixMutex<State>
  private let maxRecordBytes: Int
  /// `,"producer":"…","seq":`
  private let numberPrefix: [UInt8]
  private let gapPrefix: [UInt8]

  /// - Parameters:
  ///   - maxBytes: of both buffers together.
  init(producer: String, maxBytes: Int, maxRecordBytes: Int) {
    self.producer = producer
    self.maxRecordBytes = maxRecordBytes
    numberPrefix = Array(",\"producer\":\"\(producer)\",\"seq\":".utf8)
    gapPrefix = Array(
      " {\"target\":\"TraceLayers\",\"log_type\":\"trace\",\"message\":\"\",\"fields\":{\"event_type\":\"gap\",\"producer\":\"\(producer)\",\"reason\":\""
        .utf8)
    state = PosixMutex(State(filling: RecordBuffer(capacity: maxBytes / 2), spare: RecordBuffer(capacity: maxBytes / 2)))
  }

  /// Room for the number of a record, and for two gap records before it.
  private static let overhead = 1_024

  /// Adds a record that ends with `}}`. Returns true if the writer sleeps and must be woken, outside of the lock.
  func append(_ record: UnsafeRawBufferPointer) -> Bool {
    state.withLock { state in
      state.statistics.accepted += 1
      // No number is assigned: no thread is left to report the gap to a reader.
      guard !state.isClosed else {
        state.statistics.droppedShutdown += 1
        return false
      }
      let sequence = state.nextSequence
      state.nextSequence += 1
      guard record.count <= maxRecordBytes else {
        state.statistics.droppedOversize += 1
        state.drop(sequence)
        return false
      }
      guard state.hasRoom(for: record.count + SendQueue.overhead) else {
        state.statistics.droppedFull += 1
        state.drop(sequence)
        return false
      }
      if state.gap.count > 0 { writeGaps(&state) }
      state.filling.append(UnsafeRawBufferPointer(rebasing: record.dropLast(2)))
      numberPrefix.withUnsafeBytes { state.filling.append($0) }
      state.filling.append(sequence)
      SendQueue.braces.withUTF8Buffer { state.filling.append(UnsafeRawBufferPointer($0)) }
      state.filling.endRecord()
      defer { state.isWriterAsleep = false }
      return state.isWriterAsleep
    }
  }

  /// Whether records wait. If not, the writer is marked as asleep.
  func hasWaiting() -> Bool {
    state.withLock { state in
      let isWaiting = state.full != nil || !state.filling.isEmpty || state.gap.count > 0 || state.journalGap.count > 0
      state.isWriterAsleep = !isWaiting
      return isWaiting
    }
  }

  /// Gives the writer the oldest records in exchange for an empty buffer. Returns nil if there are none; the writer is then marked as
  /// asleep.
  func exchange(_ written: consuming RecordBuffer?) -> RecordBuffer? {
    var returned = written.take()
    return state.withLock { state -> RecordBuffer? in
      if var buffer = returned.take() {
        buffer.removeAll()
        state.spare = consume buffer
      }
      if state.full != nil { return state.full.take() }
      if state.filling.free >= SendQueue.overhead { writeGaps(&state) }
      guard !state.filling.isEmpty, var spare = state.spare.take() else {
        state.isWriterAsleep = true
        return nil
      }
      swap(&spare, &state.filling)
      return spare
    }
  }

  /// From now on new records are dropped; waiting ones are still written.
  func close() { state.withLock { $0.isClosed = true } }

  /// Waiting records will not be written: counts them as dropped.
  func abandon() { state.withLock { $0.statistics.droppedShutdown += $0.statistics.inFlight } }

  /// Updates the counters with what the writer did.
  func account(_ change: (inout PipeStatistics) -> Void) { state.withLock { change(&$0.statistics) } }

  /// Counts lost records that were only in the journal and reports them in a gap record, together with losses that were reported in lost
  /// gap records.
  func lose(_ lost: Journal.Left, untold: Journal.Left) {
    guard lost.records > 0 || untold.records > 0 else { return }
    state.withLock { state in
      state.statistics.journaled -= UInt64(lost.records)
      state.statistics.droppedJournal += UInt64(lost.records)
      for left in [lost, untold] where left.records > 0 {
        state.journalGap.first = state.journalGap.count == 0 ? left.first : min(state.journalGap.first, left.first)
        state.journalGap.last = max(state.journalGap.last, left.last)
        state.journalGap.count += UInt64(left.records)
      }
    }
  }

  var statistics: PipeStatistics { state.withLock { $0.statistics } }

  /// Whether the writer has nothing left to do, including gap records.
  var isDrained: Bool { state.withLock { $0.isWriterAsleep } }

  private func writeGaps(_ state: inout State) {
    if state.journalGap.count > 0 { writeGap(state.journalGap, SendQueue.journalFull, &state) }
    if state.gap.count > 0 { writeGap(state.gap, SendQueue.bufferFull, &state) }
    state.journalGap = Gap()
    state.gap = Gap()
  }

  private func writeGap(_ gap: Gap, _ reason: StaticString, _ state: inout State) {
    state.statistics.gaps += 1
    gapPrefix.withUnsafeBytes { state.filling.append($0) }
    reason.withUTF8Buffer { state.filling.append(UnsafeRawBufferPointer($0)) }
    for (name, value) in [(SendQueue.first, gap.first), (SendQueue.last, gap.last), (SendQueue.gapCount, gap.count)] {
      name.withUTF8Buffer { state.filling.append(UnsafeRawBufferPointer($0)) }
      state.filling.append(value)
    }
    SendQueue.braces.withUTF8Buffer { state.filling.append(UnsafeRawBufferPointer($0)) }
    state.filling.endUncountedLine()
  }

  private static let bufferFull: StaticString = "buffer full\""
  private static let journalFull: StaticString = "journal full\""
  private static let braces: StaticString = "}}"
  private static let first: StaticString = ",\"first_seq\":"
  private static let last: StaticString = ",\"last_seq\":"
  private static let gapCount: StaticString = ",\"count\":"
}

extension SendQueue.State {
  /// Whether the filling buffer has that much room, after swapping it with the spare one if necessary.
  fileprivate mutating func hasRoom(for bytes: Int) -> Bool {
    if filling.free >= bytes { return true }
    guard full == nil, !filling.isEmpty, var other = spare.take() else { return false }
    swap(&other, &filling)
    full = consume other
    return filling.free >= bytes
  }

  /// Consecutive dropped numbers are one gap.
  fileprivate mutating func drop(_ sequence: UInt64) {
    if gap.count == 0 { gap.first = sequence }
    gap.last = sequence
    gap.count += 1
  }
}
