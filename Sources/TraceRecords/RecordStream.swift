// From chunks of bytes to batches of records: lines are found, over-long and broken ones are skipped and counted.

import CScan
import JSON
import Platform

/// The reader's side of one source (a pipe, a file of lines): a value that is fed chunks in order and gives one batch a chunk.
///
/// Its memory is bounded by `maxLineBytes` and the batch of one chunk. It never fails: what cannot be read is counted in `statistics`
/// and described in `problems`, and reading goes on at the next newline.
package struct RecordStream: Sendable {
  package internal(set) var statistics = IngestStatistics()
  /// The latest lines that were not taken, oldest first, at most `maxProblems`.
  package internal(set) var problems: [IngestProblem] = []
  package static let maxProblems = 8
  package static let defaultMaxLineBytes = 16 << 20
  /// A batch of so many stays in the cache between decoder and store.
  private static let batchRecords = 256

  let maxLineBytes: Int
  var decoder: any RecordDecoder
  /// Takes the lines of the usual forms before the decoder sees them. Nil while it is at work, and where the caller has a decoder of its own.
  private var scanner: RecordScanner?
  var batch = RecordBatch()
  /// The beginning of a line whose end has not come: no newline in it.
  private var buffer: [UInt8] = []
  private var isDiscarding = false
  /// Of the line at hand.
  var lineNumber: UInt64 = 1
  var lineOffset: UInt64 = 0
  var assembly = LineAssembly()
  /// Where the latest value over several lines began that was too long: it is counted once.
  var latestOversize: UInt64 = 0

  /// - Parameter decoder: what reads the lines; by default every format of the registry, told apart value by value, of up to `maxLineBytes`, the
  ///   usual lines by the scanner.
  package init(decoder: (any RecordDecoder)? = nil, maxLineBytes: Int = RecordStream.defaultMaxLineBytes) {
    self.decoder = decoder ?? FormatDecoder(limits: JSONLimits(maxBytes: maxLineBytes))
    scanner = decoder == nil ? RecordScanner() : nil
    self.maxLineBytes = maxLineBytes
  }

  /// Takes the next chunk and hands its records on, in one or more batches that are valid only during the call of `sink`.
  /// - Complexity: O(bytes); a long line that arrives in many chunks is scanned once.
  package mutating func feed(_ chunk: UnsafeRawBufferPointer, sink: (RecordBatch, BatchTexts) -> Void) {
    statistics.bytes += UInt64(chunk.count)
    var start = 0
    if isDiscarding {
      guard let newline = RecordStream.newline(in: chunk, from: 0) else { return discard(chunk.count) }
      discard(newline)
      endDiscarding()
      start = newline + 1
    }
    if !buffer.isEmpty, start < chunk.count {
      let newline = RecordStream.newline(in: chunk, from: start)
      hold(chunk[start..<(newline ?? chunk.count)])
      guard let newline else { return limitTail() }
      takeCarried(sink: sink)
      start = newline + 1
    }
    let end = RecordStream.lastNewline(in: chunk, from: start, to: chunk.count).map { $0 + 1 } ?? start
    takeLines(chunk, start..<end, sink: sink)
    flush(chunk, sink: sink)
    hold(chunk[end...])
    limitTail()
  }

  /// The source has ended: a last line without its newline counts as a line.
  package mutating func finish(sink: (RecordBatch, BatchTexts) -> Void) {
    if !buffer.isEmpty { takeCarried(sink: sink) }
    takeAssembledLines()
    release(sink: sink)
    if isDiscarding { endDiscarding() }
  }

  package var holdsRecords: Bool { decoder.holdsRecords }

  /// What the beginning of a line takes that has not ended.
  package var heldBytes: Int { buffer.count + assembly.bytes.capacity }

  /// Hands on what formats hold back until they see more: the source has ended, or nothing came for a while.
  package mutating func release(sink: (RecordBatch, BatchTexts) -> Void) {
    let mark = batch.mark
    account(decoder.finish(into: &batch), since: mark)
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

  /// Keeps a part of a line. A long one gets the memory for the longest at once, which is nobody's until it is written to: growing step by step
  /// would hold the line twice while it moves.
  private mutating func hold(_ part: Slice<UnsafeRawBufferPointer>) {
    let count = buffer.count + part.count
    if count > 1 << 20, buffer.capacity < count {
      buffer.reserveCapacity(max(count, min(maxLineBytes, 64 << 20)) + part.count + 1 + LineCursor.padding)
    }
    buffer.append(contentsOf: part)
  }

  // MARK: Lines

  /// Whole lines of a chunk. Those with enough bytes behind them are scanned where they lie, the few others in a copy.
  private mutating func takeLines(_ chunk: UnsafeRawBufferPointer, _ range: Range<Int>, sink: (RecordBatch, BatchTexts) -> Void) {
    let inPlace = min(range.upperBound, chunk.count - LineCursor.padding)
    let middle = RecordStream.lastNewline(in: chunk, from: range.lowerBound, to: inPlace).map { $0 + 1 } ?? range.lowerBound
    takePadded(UnsafeRawBufferPointer(rebasing: chunk[range.lowerBound..<middle]), at: range.lowerBound, of: chunk, sink: sink)
    guard middle < range.upperBound else { return }
    var copy: [UInt8] = []
    copy.reserveCapacity(range.upperBound - middle + LineCursor.padding)
    copy.append(contentsOf: chunk[middle..<range.upperBound])
    RecordStream.withPadding(&copy) { takePadded($0, at: middle, of: chunk, sink: sink) }
  }

  /// The line that earlier chunks began, in a batch of its own: its texts lie elsewhere than those of the chunk.
  private mutating func takeCarried(sink: (RecordBatch, BatchTexts) -> Void) {
    // Taken out meanwhile, because its bytes are lent to code that changes the rest of self.
    var line: [UInt8] = []
    swap(&line, &buffer)
    line.append(0x0A)
    RecordStream.withPadding(&line) {
      takePadded($0, at: 0, of: $0, sink: sink)
      flush($0, sink: sink)
    }
    // A buffer that one huge line had grown is given back.
    line.removeAll(keepingCapacity: line.capacity <= 1 << 20)
    swap(&line, &buffer)
  }

  private static func withPadding(_ lines: inout [UInt8], _ body: (UnsafeRawBufferPointer) -> Void) {
    let count = lines.count
    lines.append(contentsOf: repeatElement(0, count: LineCursor.padding))
    lines.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }

  /// Whole lines that lie at `offset` of the source, with the scanner's padding behind them.
  private mutating func takePadded(
    _ lines: UnsafeRawBufferPointer, at offset: Int, of source: UnsafeRawBufferPointer, sink: (RecordBatch, BatchTexts) -> Void
  ) {
    // Taken out meanwhile, because it lends its memory.
    var scanner = self.scanner.take()
    scanner?.lend { scan in
      var start = 0
      while start < lines.count {
        start = scanLine(lines, start, offset, &scan) ?? takeLine(lines, start, offset)
        flushIfFull(source, sink: sink)
      }
    }
    self.scanner = scanner
    guard scanner == nil else { return }
    var start = 0
    while start < lines.count {
      start = takeLine(lines, start, offset)
      flushIfFull(source, sink: sink)
    }
  }

  /// Where the next line starts; nil where the scanner does not take this one.
  private mutating func scanLine(_ lines: UnsafeRawBufferPointer, _ start: Int, _ offset: Int, _ scan: inout LineScan) -> Int? {
    guard !assembly.isOpen else { return nil }
    let mark = batch.mark
    let line = LineCursor(line: lines.baseAddress! + start)
    guard let count = scan.take(line, TextOrigin(source: offset + start), into: &batch) else { return nil }
    guard count <= maxLineBytes else {
      batch.rewind(to: mark)
      return nil
    }
    statistics.lines += 1
    statistics.records += UInt64(batch.records.count - mark.records)
    lineNumber += 1
    lineOffset += UInt64(count + 1)
    return start + count + 1
  }

  /// Reads a line with the decoder. Returns where the next one starts.
  private mutating func takeLine(_ lines: UnsafeRawBufferPointer, _ start: Int, _ offset: Int) -> Int {
    let newline = RecordStream.newline(in: lines, from: start) ?? lines.count
    let count = newline - start
    statistics.lines += 1
    // First the size: a line that arrives in pieces is skipped before anybody knows whether it is blank.
    if count > maxLineBytes {
      statistics.oversizeLines += 1
      statistics.oversizeBytes += UInt64(count)
      note("longer than \(maxLineBytes) bytes: skipped")
    } else {
      var end = newline
      while end > start, RecordStream.isBlank(lines[end - 1]) { end -= 1 }
      if end > start { assemble(UnsafeRawBufferPointer(rebasing: lines[start..<end]), offset: offset + start) }
    }
    lineNumber += 1
    lineOffset += UInt64(count + 1)
    return newline + 1
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0D || byte == 0x09 }

  private static func newline(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard start < bytes.count, let base = bytes.baseAddress, let found = memchr(base + start, 0x0A, bytes.count - start) else { return nil }
    return UnsafeRawPointer(found) - base
  }

  private static func lastNewline(in bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int? {
    guard start < end, let base = bytes.baseAddress, let found = memrchr(base + start, 0x0A, end - start) else { return nil }
    return UnsafeRawPointer(found) - base
  }

  /// What is left is a line without its end: nothing more is kept of one that is too long already.
  private mutating func limitTail() {
    guard buffer.count > maxLineBytes else { return }
    statistics.oversizeLines += 1
    note("longer than \(maxLineBytes) bytes: skipped")
    discard(buffer.count)
    buffer = []
    isDiscarding = true
  }

  private mutating func flushIfFull(_ source: UnsafeRawBufferPointer, sink: (RecordBatch, BatchTexts) -> Void) {
    if batch.records.count >= RecordStream.batchRecords || batch.byteCount > 1 << 20 { flush(source, sink: sink) }
  }

  mutating func flush(_ source: UnsafeRawBufferPointer, sink: (RecordBatch, BatchTexts) -> Void) {
    guard !batch.isEmpty else { return }
    batch.withTexts(source: source) { sink(batch, $0) }
    batch.removeAll()
  }
}
