// The durable tier: once the write of a record to a segment has returned, a server will read the record, even if this process dies.

import PipeBasics
import Platform

/// The segments of one producer. Used only on the writer thread.
///
/// Not durable against power loss: nothing is synced.
final class Journal {
  /// Records of a segment that the pipe did not take: only the segment contains them.
  struct Left: Equatable {
    var records = 0
    var first: UInt64 = 0
    var last: UInt64 = 0

    mutating func add(_ other: Left) {
      guard other.records > 0 else { return }
      first = records == 0 ? other.first : min(first, other.first)
      last = max(last, other.last)
      records += other.records
    }
  }

  struct Segment {
    var number: Int
    var bytes = 0
    var left = Left()
    /// The records that its gap records report. They are reported again if the segment is removed unread.
    var told = Left()
  }

  /// What happened to records that only segments contained.
  struct Changes {
    /// A server removed their segment, so it has read them.
    var taken = 0
    /// Their segment was removed to make room for later ones.
    var lost = Left()
    /// The records reported by gap records in removed segments.
    var untold = Left()
  }

  struct Limits {
    var segmentBytes = 8 << 20
    var totalBytes = 64 << 20
    var recordBytes = 1 << 20
  }

  private let pipe: String
  private let producer: String
  private let limits: Limits
  private var directory: JournalDirectory?
  private var file: Int32 = -1
  private var newest = Segment(number: 0)
  private var older: [Segment] = []
  private let staging: UnsafeMutableRawBufferPointer
  private var nextAttempt: Int64 = 0
  private(set) var changes = Changes()
  /// Why nothing can be written at the moment.
  private(set) var problem: String?

  init(pipe: String, producer: String, limits: Limits) {
    self.pipe = pipe
    self.producer = producer
    self.limits = limits
    staging = .allocate(byteCount: limits.recordBytes + (64 << 10), alignment: 64)
  }

  deinit {
    if file >= 0 { close(file) }
    staging.deallocate()
  }

  /// The open segment while segments are written. A child process must close it, or its copy would keep the segment locked.
  var descriptor: Int32 { file }

  /// Writes lines from `start` on to the newest segment, as many as fit.
  /// - Returns: The end of the committed lines; `start` if the disk takes nothing.
  func commit(_ buffer: borrowing RecordBuffer, from start: Int) -> Int {
    if problem != nil, MonotonicClock.nanos < nextAttempt { return start }
    var offset = start
    var isFirst = true
    while offset < buffer.used {
      // One call writes to one segment only, so that records which the pipe does not take belong to that segment.
      guard prepareSegment(mayBegin: isFirst) else { break }
      isFirst = false
      let (end, count) = stage(buffer, from: offset)
      guard end > offset else { break }
      let isWhole = write(count)
      offset = isWhole ? end : committedEnd(buffer, from: offset)
      if !isWhole { break }
    }
    if offset > start { problem = nil }
    return offset
  }

  /// Notes that the pipe did not take these records of the newest segment.
  func leave(_ left: Left) { newest.left.add(left) }

  /// The changes since the last call.
  func takeChanges() -> Changes {
    defer { changes = Changes() }
    return changes
  }

  // MARK: Segments

  /// Makes sure that there is a segment with room. Returns false if that fails, or if the current one is full and no new one may begin.
  private func prepareSegment(mayBegin: Bool) -> Bool {
    if file >= 0, newest.bytes < limits.segmentBytes, isInPlace { return true }
    return mayBegin && beginSegment()
  }

  private var isInPlace: Bool {
    var status = stat()
    return fstat(file, &status) == 0 && status.st_nlink > 0
  }

  private func beginSegment() -> Bool {
    do throws(JournalDirectory.Failure) {
      if !(directory?.isInPlace ?? false) { directory = try JournalDirectory(ofPipe: pipe) }
      guard makeRoom() else { throw JournalDirectory.Failure(text: "the journal is full, and a server holds its oldest segment") }
      var number = newest.number
      var made: Int32?
      repeat {
        number += 1
        made = try directory!.create(JournalPlace.fileName(producer: producer, number: number))
      } while made == nil && number < newest.number + 100
      guard let made else { throw JournalDirectory.Failure(text: "\(directory!.path): no name is free") }
      if file >= 0 {
        close(file)
        older.append(newest)
      }
      file = made
      newest = Segment(number: number)
      return true
    } catch {
      fail(error.text)
      return false
    }
  }

  /// Removes the oldest segments while a new one would exceed the total. Returns false if one cannot be removed.
  private func makeRoom() -> Bool {
    forgetTakenSegments()
    while let oldest = older.first, older.reduce(newest.bytes, { $0 + $1.bytes }) + limits.segmentBytes > limits.totalBytes {
      switch directory!.remove(JournalPlace.fileName(producer: producer, number: oldest.number)) {
      case .removed:
        changes.lost.add(oldest.left)
        changes.untold.add(oldest.told)
      case .wasGone: changes.taken += oldest.left.records
      case .isBeingRead: return false
      }
      older.removeFirst()
    }
    return true
  }

  private func forgetTakenSegments() {
    var kept: [Segment] = []
    for segment in older {
      if directory!.contains(JournalPlace.fileName(producer: producer, number: segment.number)) {
        kept.append(segment)
      } else {
        changes.taken += segment.left.records
      }
    }
    older = kept
  }

  private func fail(_ text: String) {
    problem = text
    nextAttempt = MonotonicClock.nanos + 100_000_000
  }

  // MARK: Bytes

  /// Adds checksums to lines and copies them to the staging memory, until it or the segment is full.
  private func stage(_ buffer: borrowing RecordBuffer, from start: Int) -> (end: Int, count: Int) {
    var offset = start
    var count = 0
    while offset < buffer.used, newest.bytes + count < limits.segmentBytes {
      guard let found = memchr(buffer.base + offset, 0x0A, buffer.used - offset) else { break }
      let length = UnsafeRawPointer(found) - UnsafeRawPointer(buffer.base) - offset
      let sealed = length + JournalLine.sealBytes
      guard count + sealed + 1 <= staging.count else { break }
      let line = UnsafeRawBufferPointer(start: buffer.base + offset, count: length)
      if line.first == UInt8(ascii: " "), let gap = JournalLine.numbers(of: line) {
        newest.told.add(Left(records: Int(clamping: gap.count), first: gap.range.lowerBound, last: gap.range.upperBound))
      }
      JournalLine.seal(line, into: staging.baseAddress! + count)
      count += sealed
      staging[count] = 0x0A
      count += 1
      offset += length + 1
    }
    return (offset, count)
  }

  /// Writes the staged lines. If the disk takes only a part, an incomplete line is removed again.
  private func write(_ count: Int) -> Bool {
    var done = 0
    while done < count {
      let written = Platform.write(file, staging.baseAddress! + done, count - done)
      if written < 0, errno == EINTR { continue }
      if written <= 0 {
        fail("\(directory!.path): \(String(cString: strerror(errno)))")
        break
      }
      done += written
    }
    let whole = done == count ? count : wholeLines(upTo: done)
    let isTorn = whole < done && ftruncate(file, off_t(newest.bytes + whole)) != 0
    // A torn line that cannot be removed must be the last one of its segment: readers count and skip it.
    newest.bytes = isTorn ? max(newest.bytes + whole, limits.segmentBytes) : newest.bytes + whole
    stagedWhole = whole
    return whole == count
  }

  private var stagedWhole = 0

  private func wholeLines(upTo done: Int) -> Int {
    UnsafeRawBufferPointer(rebasing: staging[..<done]).lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
  }

  /// The end in the buffer of the lines that were written as `stagedWhole` staged bytes.
  private func committedEnd(_ buffer: borrowing RecordBuffer, from start: Int) -> Int {
    var lines = 0
    for byte in staging[..<stagedWhole] where byte == 0x0A { lines += 1 }
    var offset = start
    for _ in 0..<lines {
      guard let found = memchr(buffer.base + offset, 0x0A, buffer.used - offset) else { break }
      offset = UnsafeRawPointer(found) - UnsafeRawPointer(buffer.base) + 1
    }
    return offset
  }
}
