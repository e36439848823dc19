// Between the program's threads and the writer thread: two buffers that change places, and an account that adds up.

import Synchronization

/// What became of every record that was sent: `accepted = delivered + droppedFull + droppedOversize + inFlight`, always.
public struct PipeStatistics: Sendable, Equatable {
  /// Calls of `send`.
  public internal(set) var accepted: UInt64 = 0
  /// Written to the pipe, whole.
  public internal(set) var delivered: UInt64 = 0
  /// Refused because the memory bound was reached: nobody reads, or not fast enough.
  public internal(set) var droppedFull: UInt64 = 0
  /// Longer than the bound of one record.
  public internal(set) var droppedOversize: UInt64 = 0
  /// Times that a reader was found.
  public internal(set) var connections: UInt64 = 0
  /// Gap records that told the reader of drops.
  public internal(set) var gaps: UInt64 = 0

  public var dropped: UInt64 { droppedFull + droppedOversize }
  /// Waiting in memory.
  public var inFlight: UInt64 { accepted - delivered - dropped }
}

/// Numbers records, keeps them until the writer takes them, and tells of those that it could not keep.
///
/// The lock is held for a memcpy, never across a system call or an allocation. The memory is allocated once.
final class SendQueue: Sendable {
  struct State: ~Copyable {
    var filling: RecordBuffer
    /// Nil while the writer has it.
    var spare: RecordBuffer?
    var nextSequence: UInt64 = 1
    /// Numbers that were dropped since the last record that was kept.
    var gapFirst: UInt64 = 0
    var gapLast: UInt64 = 0
    var statistics = PipeStatistics()
    var isWriterAsleep = false
  }

  private let state: Mutex<State>
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
      "\"target\":\"TraceLayers\",\"log_type\":\"trace\",\"message\":\"\",\"fields\":{\"event_type\":\"gap\",\"producer\":\"\(producer)\",\"reason\":\"buffer full\""
        .utf8)
    state = Mutex(State(filling: RecordBuffer(capacity: maxBytes / 2), spare: RecordBuffer(capacity: maxBytes / 2)))
  }

  /// Room for the number of a record and for a gap record before it.
  private static let overhead = 640

  /// Takes a record that ends with `}}`. True where the writer sleeps and must be woken, outside of the lock.
  func append(_ record: UnsafeRawBufferPointer) -> Bool {
    state.withLock { state in
      let sequence = state.nextSequence
      state.nextSequence += 1
      state.statistics.accepted += 1
      guard record.count <= maxRecordBytes else {
        state.statistics.droppedOversize += 1
        state.drop(sequence)
        return false
      }
      guard state.filling.free >= record.count + SendQueue.overhead else {
        state.statistics.droppedFull += 1
        state.drop(sequence)
        return false
      }
      if state.gapFirst > 0 { writeGap(&state) }
      state.filling.append(UnsafeRawBufferPointer(rebasing: record.dropLast(2)))
      numberPrefix.withUnsafeBytes { state.filling.append($0) }
      state.filling.append(sequence)
      SendQueue.braces.withUTF8Buffer { state.filling.append(UnsafeRawBufferPointer($0)) }
      state.filling.endRecord()
      defer { state.isWriterAsleep = false }
      return state.isWriterAsleep
    }
  }

  /// Gives the writer what has gathered, for an empty buffer. Nil where there is nothing; the writer is then taken to sleep where it says so.
  func exchange(_ written: consuming RecordBuffer?, orSleep: Bool) -> RecordBuffer? {
    var returned = written.take()
    return state.withLock { state -> RecordBuffer? in
      if var buffer = returned.take() {
        buffer.removeAll()
        state.spare = consume buffer
      }
      if state.gapFirst > 0, state.filling.free >= SendQueue.overhead { writeGap(&state) }
      guard !state.filling.isEmpty, var spare = state.spare.take() else {
        state.isWriterAsleep = orSleep
        return nil
      }
      swap(&spare, &state.filling)
      return spare
    }
  }

  func count(delivered: Int = 0, connections: UInt64 = 0) {
    state.withLock {
      $0.statistics.delivered += UInt64(delivered)
      $0.statistics.connections += connections
    }
  }

  var statistics: PipeStatistics { state.withLock { $0.statistics } }

  private func writeGap(_ state: inout State) {
    state.statistics.gaps += 1
    SendQueue.brace.withUTF8Buffer { state.filling.append(UnsafeRawBufferPointer($0)) }
    gapPrefix.withUnsafeBytes { state.filling.append($0) }
    for (name, value) in [
      (SendQueue.first, state.gapFirst), (SendQueue.last, state.gapLast), (SendQueue.gapCount, state.gapLast - state.gapFirst + 1),
    ] {
      name.withUTF8Buffer { state.filling.append(UnsafeRawBufferPointer($0)) }
      state.filling.append(value)
    }
    SendQueue.braces.withUTF8Buffer { state.filling.append(UnsafeRawBufferPointer($0)) }
    state.filling.endUncountedLine()
    state.gapFirst = 0
    state.gapLast = 0
  }

  /// The space tells gap records from others when written lines are counted (`WrittenLines`).
  private static let brace: StaticString = " {"
  private static let braces: StaticString = "}}"
  private static let first: StaticString = ",\"first_seq\":"
  private static let last: StaticString = ",\"last_seq\":"
  private static let gapCount: StaticString = ",\"count\":"
}

extension SendQueue.State {
  /// Dropped numbers between two kept ones are one gap.
  mutating func drop(_ sequence: UInt64) {
    if gapFirst == 0 { gapFirst = sequence }
    gapLast = sequence
  }
}
