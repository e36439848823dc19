// The account of every record: what a program can ask, and what tests hold.

/// What became of every record that was sent: `accepted = delivered + journaled + dropped + inFlight`, always.
public struct PipeStatistics: Sendable, Equatable {
  /// Calls of `send`.
  public internal(set) var accepted: UInt64 = 0
  /// Written to the pipe, whole, or read from the journal by a server that has removed the segment.
  public internal(set) var delivered: UInt64 = 0
  /// In the journal alone: nobody read the pipe when they came. A server replays them.
  public internal(set) var journaled: UInt64 = 0
  /// Refused because the memory bound was reached: nobody reads, or not fast enough.
  public internal(set) var droppedFull: UInt64 = 0
  /// Longer than the bound of one record.
  public internal(set) var droppedOversize: UInt64 = 0
  /// Were in the journal alone, in a segment that had to make room.
  public internal(set) var droppedJournal: UInt64 = 0
  /// Sent after `shutdown`, or still waiting when its time was over.
  public internal(set) var droppedShutdown: UInt64 = 0
  /// Written to the journal, whatever became of them then: these survive the death of the program. 0 in the memory tier.
  public internal(set) var committed: UInt64 = 0
  /// Times that a reader was found.
  public internal(set) var connections: UInt64 = 0
  /// Gap records that reported drops to the reader.
  public internal(set) var gaps: UInt64 = 0

  /// Lost, by whatever cause.
  public var dropped: UInt64 { droppedFull + droppedOversize + droppedJournal + droppedShutdown }
  /// Waiting in memory.
  public var inFlight: UInt64 { accepted - delivered - journaled - dropped }
}
