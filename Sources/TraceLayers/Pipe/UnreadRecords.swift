// What a reader that went away had not read: the system still counts the bytes that lie in the pipe, and we know which records were the last.

/// The pieces that were written to a pipe lately: how far each reached, and the numbers of its records.
struct UnreadRecords {
  private struct Piece {
    /// Bytes that were written up to its end.
    var end: UInt64
    var numbers: ClosedRange<UInt64>
  }

  private var pieces: [Piece] = []
  private var written: UInt64 = 0
  /// What a pipe holds at most, as far as a user may enlarge it.
  private static let pipeBytes: UInt64 = 1 << 20
  /// Beyond this two neighbours become one: what is told may then be a little more than what was lost.
  static let maxPieces = 1_024

  /// - Parameter numbers: of the records that the bytes hold; nil where they hold none.
  mutating func note(bytes: Int, numbers: ClosedRange<UInt64>?) {
    written += UInt64(bytes)
    guard let numbers else { return }
    if pieces.count == UnreadRecords.maxPieces { makeRoom() }
    pieces.append(Piece(end: written, numbers: numbers))
  }

  /// The records that may be among so many bytes at the end of what was written.
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
