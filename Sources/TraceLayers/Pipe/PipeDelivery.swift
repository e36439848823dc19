// What the writer thread does with a buffer of records: write it to whoever reads, and start over when the reader goes.

import PipeBasics
import Platform

/// The connection and the journal of one writer thread.
struct PipeDelivery: ~Copyable {
  let writer: PipeWriter
  let path: String
  let queue: SendQueue
  let session: String
  var connection: PipeConnection? = nil
  let journal: Journal?
  /// What was written on this connection, and what its predecessors' readers left in the pipe. Without a journal, which holds those records.
  private var recent = UnreadRecords()
  private var unread: ClosedRange<UInt64>?
  /// The end of a line that a slow reader has half of: nothing may come before it.
  var cutLine: [UInt8] = []
  /// Until then a slow reader is left alone.
  var resumeNanos: Int64 = 0
  /// When the next try to connect is due, and how long to wait after that one.
  private var connectNanos: Int64 = 0
  private var pauseMillis = 10

  init(writer: PipeWriter, path: String, queue: SendQueue, session: String, journal: JournalSettings?) {
    self.writer = writer
    self.path = path
    self.queue = queue
    self.session = session
    self.journal = journal.map { Journal(pipe: path, producer: $0.producer, limits: $0.limits) }
  }

  /// Whether a buffer may be taken: with a journal always, else once there is a reader. Sleeps where there is none, or nothing to send.
  mutating func isReady() -> Bool {
    if journal != nil || connection != nil { return true }
    guard queue.hasWaiting() else {
      writer.sleep()
      return false
    }
    return waitForReader()
  }

  /// Nothing is to be done until records come.
  mutating func rest() {
    if journal == nil { return writer.sleep() }
    restWithJournal()
  }

  /// Gets rid of a buffer.
  mutating func deliver(_ buffer: consuming RecordBuffer) -> RecordBuffer {
    if journal != nil { return deliverThroughJournal(buffer) }
    var offset = 0
    while offset < buffer.used, !writer.isStopped {
      if connection == nil, !waitForReader() { continue }
      let writer = writer
      offset = write(buffer, offset..<buffer.used) { _ in !writer.isStopped }
    }
    return buffer
  }

  /// Writes in pieces that end with lines.
  /// - Returns: Where to go on: the start of the first line that was not written whole. Where nobody reads any more the connection is closed.
  mutating func write(_ buffer: borrowing RecordBuffer, _ range: Range<Int>, isPatient: (Int64) -> Bool) -> Int {
    var offset = range.lowerBound
    while offset < range.upperBound, connection != nil {
      let end = min(range.upperBound, WrittenLines.pieceEnd(in: buffer, from: offset))
      let piece = UnsafeRawBufferPointer(start: buffer.base + offset, count: end - offset)
      switch connection!.write(piece, isPatient: isPatient) {
      case .written:
        note(piece, written: piece.count)
        offset = end
      case .readerGone(let done):
        note(UnsafeRawBufferPointer(rebasing: piece[..<WrittenLines.wholeLines(of: piece, upTo: done)]), written: done)
        noteUnread()
        connection = nil
        cutLine = []
        return offset + WrittenLines.wholeLines(of: piece, upTo: done)
      case .stalled(let done):
        let whole = WrittenLines.wholeLines(of: piece, upTo: done)
        note(UnsafeRawBufferPointer(rebasing: piece[..<whole]), written: done)
        if done > whole { cutLine = Array(piece[done...].prefix { $0 != 0x0A }) + [0x0A] }
        return offset + whole
      }
    }
    return offset
  }

  /// Counts the records of whole lines as delivered.
  /// - Parameter written: bytes, with those of a line that was cut.
  private mutating func note(_ lines: UnsafeRawBufferPointer, written: Int) {
    let records = WrittenLines.records(in: lines)
    queue.account { $0.delivered += UInt64(records) }
    if journal == nil { recent.note(bytes: written, numbers: WrittenLines.ends(of: lines)) }
  }

  /// The reader has gone: what lies in the pipe is lost, and told to the next one.
  private mutating func noteUnread() {
    guard journal == nil, let bytes = connection?.unreadBytes, let lost = recent.numbers(unread: bytes) else { return }
    unread = min(lost.lowerBound, unread?.lowerBound ?? .max)...max(lost.upperBound, unread?.upperBound ?? 0)
  }

  // MARK: Connecting

  /// Tries to reach a reader, and sleeps where there is none: 10 ms, then twice as long each time, up to a second; less when a flush asks.
  private mutating func waitForReader() -> Bool {
    if connect() { return true }
    writer.noteFailure()
    writer.sleep(millis: pauseMillis)
    pauseMillis = min(1_000, pauseMillis * 2)
    return false
  }

  /// Tries to reach a reader unless it was tried just now. Never waits.
  mutating func connectIfDue() {
    let now = MonotonicClock.nanos
    guard connection == nil, now >= connectNanos, !connect() else { return }
    connectNanos = now + Int64(pauseMillis) * 1_000_000
    pauseMillis = min(1_000, pauseMillis * 2)
  }

  private mutating func connect() -> Bool {
    do {
      var opened = try PipeConnection(opening: path)
      let marker = Array(sessionMarker().utf8)
      // Longer than a stuck lock is waited for: without a journal, records have no other way.
      let patience: Int64 = journal == nil ? 2_000_000_000 : 5_000_000
      // Less than an atomic write: it goes whole or not at all.
      guard marker.withUnsafeBytes({ opened.write($0, isPatient: { $0 < patience }) }) == .written else { return false }
      writer.note(problem: journal?.problem)
      queue.account { $0.connections += 1 }
      connection = consume opened
      (recent, unread) = (UnreadRecords(), nil)
      pauseMillis = 10
      return true
    } catch {
      if case .refused(let why) = error { writer.note(problem: "\(path) \(why)") }
      return false
    }
  }

  private func sessionMarker() -> String {
    let lost = unread.map { ",\"producer\":\"\(queue.producer)\",\"first_seq\":\($0.lowerBound),\"last_seq\":\($0.upperBound)" } ?? ""
    return """
      {"timestamp":"\(Timestamp.format(WallClock.nanos))","level":"INFO","target":"TraceLayers","message":"SESSION_START","fields":{"session_start":true,"session_id":"\(session)","run":"\(session)"\(lost)}}\n
      """
  }
}
