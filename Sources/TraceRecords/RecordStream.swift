// From chunks of bytes to batches of records: lines are found, over-long and broken ones are skipped and counted.

import Glibc
import JSON

/// The reader's side of one source (a pipe, a file): a value that is fed chunks in order and gives one batch a chunk.
///
/// Its memory is bounded by `maxLineBytes` and the batch of one chunk. It never fails: what cannot be read is counted in `statistics`
/// and described in `problems`, and reading goes on at the next newline.
package struct RecordStream: Sendable {
  package private(set) var statistics = IngestStatistics()
  /// The latest lines that were not taken, oldest first, at most `maxProblems`.
  package private(set) var problems: [IngestProblem] = []
  package static let maxProblems = 8
  package static let defaultMaxLineBytes = 32 << 20

  private let maxLineBytes: Int
  private var decoder: any RecordDecoder
  private var batch = RecordBatch()
  private var buffer: [UInt8] = []
  /// Bytes of the buffer that are known to hold no newline.
  private var scanned = 0
  private var isDiscarding = false
  private var lineNumber: UInt64 = 1
  private var lineOffset: UInt64 = 0

  /// - Parameter decoder: what reads the lines; by default native and OTLP records, told apart line by line, of up to `maxLineBytes`.
  package init(decoder: (any RecordDecoder)? = nil, maxLineBytes: Int = RecordStream.defaultMaxLineBytes) {
    self.decoder = decoder ?? FormatDecoder(limits: JSONLimits(maxBytes: maxLineBytes))
    self.maxLineBytes = maxLineBytes
  }

  /// Takes the next chunk and hands its records on, in one or more batches that are valid only during the call of `sink`.
  /// - Complexity: O(bytes); a long line that arrives in many chunks is scanned once.
  package mutating func feed(_ chunk: UnsafeRawBufferPointer, sink: (RecordBatch, BatchTexts) -> Void) {
    statistics.bytes += UInt64(chunk.count)
    var rest = chunk
    if isDiscarding {
      guard let newline = rest.firstIndex(of: 0x0A) else { return discard(rest.count) }
      discard(newline)
      endDiscarding()
      rest = UnsafeRawBufferPointer(rebasing: rest[(newline + 1)...])
    }
    buffer.append(contentsOf: rest)
    takeLines(atEnd: false, sink: sink)
  }

  /// The source has ended: a last line without its newline counts as a line.
  package mutating func finish(sink: (RecordBatch, BatchTexts) -> Void) {
    takeLines(atEnd: true, sink: sink)
    if isDiscarding { endDiscarding() }
    release(sink: sink)
  }

  /// Hands on what formats hold back until they see more: the source has ended, or nothing came for a while.
  package mutating func release(sink: (RecordBatch, BatchTexts) -> Void) {
    let mark = prepareBatch()
    decoder.finish(into: &batch)
    account(since: mark)
    flush(UnsafeRawBufferPointer(start: nil, count: 0), sink: sink)
  }

  /// The end of an over-long line, whose bytes are counted without it, as those of every line.
  private mutating func endDiscarding() {
    isDiscarding = false
    lineNumber += 1
    lineOffset += 1
    statistics.lines += 1
  }

  private mutating func discard(_ count: Int) {
    statistics.oversizeBytes += UInt64(count)
    lineOffset += UInt64(count)
  }

  private mutating func takeLines(atEnd: Bool, sink: (RecordBatch, BatchTexts) -> Void) {
    // The buffer is lent out while its lines are decoded, so that ranges into it stay good until the batch is applied.
    var bytes: [UInt8] = []
    swap(&bytes, &buffer)
    var start = 0
    bytes.withUnsafeBytes { all in
      var searchFrom = scanned
      while let newline = RecordStream.newline(in: all, from: searchFrom) {
        takeLine(all, start..<newline, sink: sink)
        start = newline + 1
        searchFrom = start
      }
      if atEnd, start < all.count {
        takeLine(all, start..<all.count, sink: sink)
        start = all.count
      }
      flush(all, sink: sink)
    }
    if start > 0 {
      let tail = bytes.count - start
      // A buffer that one huge line had grown is given back.
      if bytes.capacity > 4 << 20, tail < 1 << 20 {
        bytes = Array(bytes[start...])
      } else {
        bytes.removeSubrange(0..<start)
      }
    }
    swap(&bytes, &buffer)
    scanned = buffer.count
    if buffer.count > maxLineBytes { skipOversizeTail() }
  }

  private mutating func skipOversizeTail() {
    statistics.oversizeLines += 1
    note("longer than \(maxLineBytes) bytes: skipped")
    discard(buffer.count)
    buffer = []
    scanned = 0
    isDiscarding = true
  }

  private static func newline(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard start < bytes.count, let base = bytes.baseAddress, let found = memchr(base + start, 0x0A, bytes.count - start) else { return nil }
    return UnsafeRawPointer(found) - base
  }

  private mutating func takeLine(_ all: UnsafeRawBufferPointer, _ range: Range<Int>, sink: (RecordBatch, BatchTexts) -> Void) {
    defer {
      lineNumber += 1
      lineOffset += UInt64(range.count + 1)
    }
    statistics.lines += 1
    // First the size: a line that arrives in pieces is skipped before anybody knows whether it is blank.
    guard range.count <= maxLineBytes else {
      statistics.oversizeLines += 1
      statistics.oversizeBytes += UInt64(range.count)
      return note("longer than \(maxLineBytes) bytes: skipped")
    }
    var end = range.upperBound
    while end > range.lowerBound, RecordStream.isBlank(all[end - 1]) { end -= 1 }
    guard end > range.lowerBound else { return }
    decode(all, range.lowerBound..<end)
    if batch.records.count >= 1_024 || batch.byteCount > 1 << 20 { flush(all, sink: sink) }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0D || byte == 0x09 }

  private mutating func decode(_ all: UnsafeRawBufferPointer, _ range: Range<Int>) {
    switch attempt(all, range) {
    case nil: return
    case .json(let error):
      if recover(all, range) {
        statistics.tornLines += 1
        note("torn: a whole record was found behind the torn part (\(error))")
      } else {
        statistics.malformedLines += 1
        note(error.description)
      }
    case .unrecognised(let what):
      statistics.unrecognisedLines += 1
      note(RecordError.unrecognised(what).description)
    case .some(let error):
      statistics.invalidRecords += 1
      note(error.description)
    }
  }

  /// Decodes one line, or the end of a torn one; nil where that went well.
  private mutating func attempt(_ all: UnsafeRawBufferPointer, _ range: Range<Int>, isTail: Bool = false) -> RecordError? {
    let mark = prepareBatch()
    do {
      try decoder.decode(UnsafeRawBufferPointer(rebasing: all[range]), offset: range.lowerBound, into: &batch)
      // Behind a torn part only what brings something is a find.
      if isTail, batch.records.count == mark.records {
        batch.rewind(to: mark)
        return .unrecognised("nothing behind a torn part")
      }
      // The `fields` of a torn line can look like a record (`{"log_type":"module"}`), but hold no instant.
      if isTail, batch.records[mark.records...].first?.timeNanos == Record.unknown {
        batch.rewind(to: mark)
        return .missing(field: "timestamp", kind: "a record behind a torn part")
      }
      account(since: mark)
      return nil
    } catch {
      batch.rewind(to: mark)
      return error
    }
  }

  /// What decoders set of a line is unset; returns where its records will begin.
  private mutating func prepareBatch() -> (records: Int, attributes: Int, scratch: Int) {
    batch.isLineRepaired = false
    batch.hasUnusableField = false
    batch.skippedRecords = 0
    batch.firstSkipped = nil
    batch.isMetricLine = false
    batch.isActivityLine = false
    batch.givenUpSpans = 0
    return batch.mark
  }

  private mutating func account(since mark: (records: Int, attributes: Int, scratch: Int)) {
    if batch.isLineRepaired { statistics.repairedLines += 1 }
    if batch.hasUnusableField { statistics.unusableFields += 1 }
    if batch.isMetricLine { statistics.metricLines += 1 }
    if batch.isActivityLine { statistics.activityLines += 1 }
    statistics.givenUpSpans += batch.givenUpSpans
    if let skipped = batch.firstSkipped {
      statistics.invalidRecords += batch.skippedRecords
      note(batch.skippedRecords == 1 ? skipped.description : "\(skipped), and \(batch.skippedRecords - 1) more in this line")
    }
    statistics.records += UInt64(batch.records.count - mark.records)
  }

  /// A writer that died in the middle of a line leaves its beginning; the next writer's record follows on the same line. Looks for a place from
  /// which the rest of the line is a whole record. Bounded, because the bytes are anybody's: 16 tries on lines of up to 1 MiB.
  private mutating func recover(_ all: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    guard range.count <= 1 << 20 else { return false }
    var tries = 0
    var index = range.lowerBound + 1
    while index + 1 < range.upperBound, tries < 16 {
      if all[index] == UInt8(ascii: "{"), all[index + 1] == UInt8(ascii: "\"") {
        tries += 1
        if attempt(all, index..<range.upperBound, isTail: true) == nil {
          statistics.recoveredRecords += 1
          return true
        }
      }
      index += 1
    }
    return false
  }

  private mutating func note(_ reason: String) {
    if problems.count == RecordStream.maxProblems { problems.removeFirst() }
    problems.append(IngestProblem(line: lineNumber, byteOffset: lineOffset, reason: reason))
  }

  private mutating func flush(_ source: UnsafeRawBufferPointer, sink: (RecordBatch, BatchTexts) -> Void) {
    guard !batch.isEmpty else { return }
    batch.withTexts(source: source) { sink(batch, $0) }
    batch.removeAll()
  }
}
