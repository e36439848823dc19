// The counters of all records: a program can read them, and tests check that they add up.

/// What happened to every record that was sent. Always `accepted = delivered + journaled + dropped + inFlight`.
public struct PipeStatistics: Sendable, Equatable {
  /// The number of calls of `send`.
  public internal(set) var accepted: UInt64 = 0
  /// Written to the pipe completely, or read from the journal by a server, which then removed the segment.
  public internal(set) var delivered: UInt64 = 0
  /// Only in the journal: the pipe had no reader when they were sent. A server replays them.
  public internal(set) var journaled: UInt64 = 0
  /// Refused because the memory limit was reached: there is no reader, or it is too slow.
  public internal(set) var droppedFull: UInt64 = 0
  /// Longer than the limit for one record.
  public internal(set) var droppedOversize: UInt64 = 0
  /// Only in the journal, in a segment that was removed to make room.
  public internal(set) var droppedJournal: UInt64 = 0
  /// Sent after `shutdown`, or still waiting when its time was over.
  public internal(set) var droppedShutdown: UInt64 = 0
  /// Written to the journal, whatever happened to them later: these survive the death of the program. 0 in the memory tier.
  public internal(set) var committed: UInt64 = 0
  /// How often a reader was found.
  public internal(set) var connections: UInt64 = 0
  /// Gap records that reported drops to the reader.
  public internal(set) var gaps: UInt64 = 0

  /// Lost for any reason.
  public var dropped: UInt64 { droppedFull + droppedOversize + droppedJournal + droppedShutdown }
  /// Waiting in memory.
  public var inFlight: UInt64 { accepted - delivered - journaled - dropped }
}
