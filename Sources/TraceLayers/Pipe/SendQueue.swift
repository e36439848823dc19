// Between the program's threads and the writer thread: two buffers that change places, and an account that adds up.

import PipeBasics
import Platform

/// Numbers records, keeps them until the writer takes them, and reports those that it could not keep.
///
/// Gap records begin with a space, which distinguishes them from others when written lines are counted (`WrittenLines`).
///
/// The lock is held for a memcpy, never across a system call or an allocation. The memory is allocated once.
final class SendQueue: Sendable {
  struct State: ~Copyable {
    var filling: RecordBuffer
    /// Full, and waiting for the writer.
    var full: RecordBuffer?
    /// Nil while the writer has it, or while it is full.
    var spare: RecordBuffer?
    var nextSequence: UInt64 = 1
    /// Numbers that were dropped since the last record that was kept.
    var gap = Gap()
    /// Numbers that only journal segments held which are gone.
    var journalGap = Gap()
    var statistics = PipeStatistics()
    var isWriterAsleep = false
    /// What comes now is dropped.
    var isClosed = false
  }

  /// Lost numbers that are yet to be reported.
  struct Gap {
    var first: UInt64 = 0
    var last: UInt64 = 0
    var count: UInt64 = 0
  }

  private let state: PosixMutex<State>
  private let maxRecordBytes: Int
  /// `,"producer":"…","seq":`
  private let numberPrefix: [UInt8]
  private let gapPrefix: [UInt8]

  /// - Parameters:
  ///   - maxBytes: of both buffers together.
  init(producer: String, maxBytes: Int, maxRecordBytes: Int) {
    self.maxRecordBytes = maxRecordBytes
    numberPrefix = Array(",\"producer\":\"\(producer)\",\"seq\":".utf8)
    gapPrefix = Array(
      " {\"target\":\"TraceLayers\",\"log_type\":\"trace\",\"message\":\"\",\"fields\":{\"event_type\":\"gap\",\"producer\":\"\(producer)\",\"reason\":\""
        .utf8)
    state = PosixMutex(State(filling: RecordBuffer(capacity: maxBytes / 2), spare: RecordBuffer(capacity: maxBytes / 2)))
  }

  /// Room for the number of a record and for two gap records before it.
  private static let overhead = 1_024

  /// Takes a record that ends with `}}`. True where the writer sleeps and must be woken, outside of the lock.
  func append(_ record: UnsafeRawBufferPointer) -> Bool {
    state.withLock { state in
      state.statistics.accepted += 1
      // No number: nobody is left to report the hole to a reader.
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

  /// Whether anything waits; where nothing does, the writer is taken to sleep from now on.
  func hasWaiting() -> Bool {
    state.withLock { state in
      let isWaiting = state.full != nil || !state.filling.isEmpty || state.gap.count > 0 || state.journalGap.count > 0
      state.isWriterAsleep = !isWaiting
      return isWaiting
    }
  }

  /// Gives the writer the oldest of what has gathered, for an empty buffer. Nil where there is nothing; the writer is then taken to sleep.
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

  /// From now on everything is dropped; what waits is still to be written.
  func close() { state.withLock { $0.isClosed = true } }

  /// Nobody will write what waits: it is counted as dropped.
  func abandon() { state.withLock { $0.statistics.droppedShutdown += $0.statistics.inFlight } }

  /// Changes the account of what the writer did.
  func account(_ change: (inout PipeStatistics) -> Void) { state.withLock { change(&$0.statistics) } }

  /// Records that only the journal had are gone: counted, and reported in a gap record, with what was reported in records that are gone too.
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

  /// Whether the writer has nothing left to do, gap records included.
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
  /// Whether the filling buffer takes so much, after it changed places with the spare one if need be.
  fileprivate mutating func hasRoom(for bytes: Int) -> Bool {
    if filling.free >= bytes { return true }
    guard full == nil, !filling.isEmpty, var other = spare.take() else { return false }
    swap(&other, &filling)
    full = consume other
    return filling.free >= bytes
  }

  /// Dropped numbers between two kept ones are one gap.
  fileprivate mutating func drop(_ sequence: UInt64) {
    if gap.count == 0 { gap.first = sequence }
    gap.last = sequence
    gap.count += 1
  }
}
