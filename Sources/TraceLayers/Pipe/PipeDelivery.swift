// What the writer thread does with a buffer of records: it writes it to the reader, and starts over when the reader goes.

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
  /// The records written on this connection, and those that earlier readers left in the pipe. Used only without a journal, which would
  /// contain those records.
  private var recent = UnreadRecords()
  private var unread: ClosedRange<UInt64>?
  /// The rest of a line of which a slow reader has a part: it must be written before anything else.
  var cutLine: [UInt8] = []
  /// A slow reader is not written to before this time.
  var resumeNanos: Int64 = 0
  /// The time of the next connection attempt, and the wait after that one.
  private var connectNanos: Int64 = 0
  private var pauseMillis = 10

  init(writer: PipeWriter, path: String, queue: SendQueue, session: String, journal: JournalSettings?) {
    self.writer = writer
    self.path = path
    self.queue = queue
    self.session = session
    self.journal = journal.map { Journal(pipe: path, producer: $0.producer, limits: $0.limits) }
  }

  /// Whether a buffer can be delivered: always with a journal, otherwise if there is a reader. Sleeps if there is no reader, or nothing to
  /// send.
  mutating func isReady() -> Bool {
    if journal != nil || connection != nil { return true }
    guard queue.hasWaiting() else {
      writer.sleep()
      return false
    }
    return waitForReader()
  }

  /// Waits until records arrive.
  mutating func rest() {
    if journal == nil { return writer.sleep() }
    restWithJournal()
  }

  /// Delivers a buffer.
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

  /// Writes in pieces that end at line ends.
  /// - Returns: Where to continue: the start of the first line that was not written completely. If the reader is gone, the connection is
  ///   closed.
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
  /// - Parameter written: bytes, including those of an incomplete line.
  private mutating func note(_ lines: UnsafeRawBufferPointer, written: Int) {
    let records = WrittenLines.records(in: lines)
    queue.account { $0.delivered += UInt64(records) }
    if journal == nil { recent.note(bytes: written, numbers: WrittenLines.ends(of: lines)) }
  }

  /// The reader is gone: what is in the pipe is lost, and is reported to the next reader.
  private mutating func noteUnread() {
    guard journal == nil, let bytes = connection?.unreadBytes, let lost = recent.numbers(unread: bytes) else { return }
    unread = min(lost.lowerBound, unread?.lowerBound ?? .max)...max(lost.upperBound, unread?.upperBound ?? 0)
  }

  // MARK: Connecting

  /// Tries to reach a reader, and sleeps if there is none: 10 ms, then twice as long each time, up to a second; less if a flush is waiting.
  private mutating func waitForReader() -> Bool {
    if connect() { return true }
    writer.noteFailure()
    writer.sleep(millis: pauseMillis)
    pauseMillis = min(1_000, pauseMillis * 2)
    return false
  }

  /// Tries to reach a reader, unless an attempt was just made. Never waits.
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
      // Longer than the wait for a stuck lock: without a journal there is no other way for records.
      let patience: Int64 = journal == nil ? 2_000_000_000 : 5_000_000
      // Smaller than an atomic write: it is written completely or not at all.
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
    let place = Self.workingDirectory()
    let lost = unread.map { ",\"producer\":\"\(queue.producer)\",\"first_seq\":\($0.lowerBound),\"last_seq\":\($0.upperBound)" } ?? ""
    return """
      {"timestamp":"\(Timestamp.format(WallClock.nanos))","level":"INFO","target":"TraceLayers","message":"SESSION_START","fields":{"session_start":true,"session_id":"\(session)","run":"\(session)"\(place)\(lost)}}\n
      """
  }

  /// Where the program works, so that clients in the same directory find its traces first. A marker has to stay smaller than an atomic write.
  private static func workingDirectory() -> String {
    guard let text = WorkingDirectory.path else { return "" }
    // A path that JSON would have to escape is left out: this is a hint.
    guard text.utf8.first == UInt8(ascii: "/"), text.utf8.count <= 1_024,
      !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C })
    else { return "" }
    return ",\"working_directory\":\"\(text)\""
  }
}
