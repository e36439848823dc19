// Determines which records a reader had not read when it ended: the system still counts the bytes in the pipe, and we know the last
// records.

/// The pieces recently written to a pipe: the end of each, and the numbers of its records.
struct UnreadRecords {
  private struct Piece {
    /// The total number of bytes written up to its end.
    var end: UInt64
    var numbers: ClosedRange<UInt64>
  }

  private var pieces: [Piece] = []
  private var written: UInt64 = 0
  /// The largest pipe that an ordinary user can create.
  private static let pipeBytes: UInt64 = 1 << 20
  /// Above this, neighbouring pieces are merged. Then slightly more may be reported than was lost.
  static let maxPieces = 1_024

  /// - Parameter numbers: of the records in the bytes; nil if there are none.
  mutating func note(bytes: Int, numbers: ClosedRange<UInt64>?) {
    written += UInt64(bytes)
    guard let numbers else { return }
    if pieces.count == UnreadRecords.maxPieces { makeRoom() }
    pieces.append(Piece(end: written, numbers: numbers))
  }

  /// The records that may be among the last `bytes` bytes written.
  func numbers(unread bytes: Int) -> ClosedRange<UInt64>? {
    let read = written - min(written, UInt64(max(0, bytes)))
    guard bytes > 0, let first = pieces.first(where: { $0.end > read }), let last = pieces.last else { return nil }
    return first.numbers.lowerBound...max(first.numbers.lowerBound, last.numbers.upperBound)
  }

  private mutating func makeRoom() {
    let kept = pieces.filter { $0.end + UnreadRecords.pipeBytes > written }
    guard kept.count == pieces.count else {
      pieces = kept
      return
    }
    pieces = stride(from: 0, to: kept.count - 1, by: 2).map { index in
      let (left, right) = (kept[index], kept[index + 1])
      let low = min(left.numbers.lowerBound, right.numbers.lowerBound)
      return Piece(end: right.end, numbers: low...max(left.numbers.upperBound, right.numbers.upperBound))
    }
  }
}
