// From chunks of bytes to batches of records: lines are found, over-long and broken ones are skipped and counted.

import CScan
import JSON
import Platform

/// The reader's side of one source (a pipe, a file, standard input): a value that is fed chunks in order and gives one batch a chunk.
///
/// Its memory is bounded by `maxLineBytes` and the batch of one chunk. It never fails: what cannot be read is counted in `statistics`
/// and described in `problems`, and reading goes on with the next value. The same bytes give the same records however they are cut into chunks and
/// values into lines: whole lines go to the scanner, others to the decoder; what is no value by itself goes through `DocumentSplitter`.
package struct RecordStream: Sendable {
  package internal(set) var statistics = IngestStatistics()
  /// The latest lines that were not taken, oldest first, at most `maxProblems`.
  package internal(set) var problems: [IngestProblem] = []
  /// Problems since somebody asked.
  var noted: UInt64 = 0
  package static let maxProblems = IngestProblem.most
  package static let defaultMaxLineBytes = 16 << 20
  /// A batch of so many stays in the cache between decoder and store.
  private static let batchRecords = 256
  /// A quarter of a megabyte: long enough that what a piece of a document repeats costs nothing, short as a tree.
  static let pieceBytes = 256 << 10

  let maxLineBytes: Int
  /// The one format to read; nil reads all.
  let format: String?
  var decoder: any RecordDecoder
  /// Takes the lines of the usual forms before the decoder sees them. Nil while it is at work, and where the caller has a decoder of its own.
  private var scanner: RecordScanner?
  var batch = RecordBatch()
  /// The beginning of a line whose end has not come: no newline in it.
  private var buffer: [UInt8] = []
  private var isDiscarding = false
  /// What is discarded was counted already, as broken off.
  private var isDiscardingTorn = false
  /// The line at hand is longer than what is held of lines, and goes to the splitter as it comes; so many of its bytes went.
  private var isStreaming = false
  private var streamedBytes = 0
  /// Whether the beginning of the line at hand showed that it may be streamed; nil before somebody looked.
  private var isDocumentTail: Bool?
  /// The line at hand was taken before its end, after a silence.
  private var isMidLine = false
  /// Of the line at hand.
  var lineNumber: UInt64 = 1
  var lineOffset: UInt64 = 0
  /// Where in the line the value at hand begins, and which element of its list it is.
  var column = 0
  var elementIndex: Int?
  /// The value that is open over several lines, or glued to others on one.
  var splitter: DocumentSplitter
  /// Streams inside of this one, and how deep this one is inside of others.
  var wrapped: [WrappedStream] = []
  var wrappedCount: UInt64 = 0
  var wrapping = 0
  var hint = TextHint()

  /// - Parameters:
  ///   - decoder: what reads the values; by default every format of the registry, distinguished value by value, of up to `maxLineBytes`, the usual lines
  ///     by the scanner.
  ///   - format: the name of the one format to read; nil reads all.
  package init(decoder: (any RecordDecoder)? = nil, maxLineBytes: Int = RecordStream.defaultMaxLineBytes, format: String? = nil) {
    // The splitter bounds pieces, which are longer than one value.
    self.decoder = decoder ?? FormatDecoder(limits: JSONLimits(maxBytes: 2 * maxLineBytes + 4 * RecordStream.pieceBytes), only: format)
    scanner = decoder == nil && format == nil ? RecordScanner() : nil
    self.maxLineBytes = maxLineBytes
    self.format = format
    splitter = DocumentSplitter(pieceBytes: min(RecordStream.pieceBytes, maxLineBytes), maxValueBytes: maxLineBytes)
  }

  /// Lines beyond it are looked at for elements, at which they may be cut.
  var longBytes: Int { min(1 << 20, maxLineBytes) }

  /// What the input is that held no record, and what helps, where that is known.
  package var refusal: String? { statistics.records == 0 ? hint.sentence : nil }

  /// Takes the next chunk and hands its records on, in one or more batches that are valid only during the call of `sink`.
  /// - Complexity: O(bytes); a long line that arrives in many chunks is scanned once.
  package mutating func feed(_ chunk: UnsafeRawBufferPointer, sink: Sink) {
    if !chunk.isEmpty { isMidLine = false }
    statistics.bytes += UInt64(chunk.count)
    if hint.wantsHead { hint.begin(chunk) }
    var start = 0
    if isStreaming {
      let newline = RecordStream.newline(in: chunk, from: 0)
      stream(UnsafeRawBufferPointer(rebasing: chunk[..<(newline ?? chunk.count)]), chunk, sink)
      guard let newline else { return flush(chunk, sink: sink) }
      endStreaming(chunk, sink)
      start = newline + 1
    } else if isDiscarding {
      guard let newline = RecordStream.newline(in: chunk, from: 0) else { return discard(chunk.count) }
      discard(newline)
      endDiscarding()
      start = newline + 1
    }
    if !buffer.isEmpty, start < chunk.count {
      flush(chunk, sink: sink)
      let newline = RecordStream.newline(in: chunk, from: start)
      hold(chunk[start..<(newline ?? chunk.count)])
      guard let newline else { return limitTail(sink) }
      takeCarried(sink)
      start = newline + 1
    }
    let end = RecordStream.lastNewline(in: chunk, from: start, to: chunk.count).map { $0 + 1 } ?? start
    takeLines(chunk, start..<end, sink)
    flush(chunk, sink: sink)
    hold(chunk[end...])
    limitTail(sink)
  }

  /// The source has ended: a last line without its newline counts as a line, and what is open ends.
  package mutating func finish(sink: Sink) {
    if !buffer.isEmpty { takeCarried(sink) }
    if isStreaming { endStreaming(RecordStream.nothing, sink) }
    if isDiscarding { endDiscarding() }
    if isMidLine { statistics.lines += 1 }
    isMidLine = false
    endDocument(RecordStream.nothing, sink)
    flush(RecordStream.nothing, sink: sink)
    forEachWrapped { $0.finish(sink: sink) }
    finishDecoder(sink)
  }

  /// Something waits for more: a line for its end, a value for its brackets, a format for later values.
  package var holdsRecords: Bool { decoder.holdsRecords || isUnfinished || wrapped.contains { $0.reader.holdsRecords } }

  private var isUnfinished: Bool { !buffer.isEmpty || (splitter.isOpen && !splitter.isIdle) }

  /// Bytes of a line or a value that has not ended.
  package var unfinishedBytes: Int {
    buffer.count + (splitter.isIdle ? 0 : splitter.heldBytes) + wrapped.reduce(0) { $0 + $1.reader.unfinishedBytes }
  }

  /// What the beginning of a line or value takes that has not ended.
  package var heldBytes: Int { buffer.count + splitter.heldCapacity + wrapped.reduce(0) { $0 + $1.reader.heldBytes } }

  /// Nothing came for a while: takes what is whole although its line has not ended, and hands on what formats hold back until they see more.
  package mutating func release(sink: Sink) {
    takeWholeTail(sink)
    if splitter.cutNow() { takePiece(RecordStream.nothing, sink) }
    flush(RecordStream.nothing, sink: sink)
    forEachWrapped { $0.release(sink: sink) }
    // Inside of a document nothing else is due: what comes may be what formats wait for.
    if !splitter.isOpen || splitter.isInPlainList { finishDecoder(sink) }
  }

  private mutating func finishDecoder(_ sink: Sink) {
    let mark = batch.mark
    account(decoder.finish(into: &batch), since: mark, skipping: true)
    flush(RecordStream.nothing, sink: sink)
  }

  /// A line whose brackets are closed is one, whether its end came or not.
  private mutating func takeWholeTail(_ sink: Sink) {
    guard !buffer.isEmpty, !isDiscarding else { return }
    let isWhole = buffer.withUnsafeBytes { bytes in
      var end = bytes.count
      while end > 0, RecordStream.isBlank(bytes[end - 1]) { end -= 1 }
      let text = UnsafeRawBufferPointer(rebasing: bytes[..<end])
      guard splitter.isOpen else { return BalancedValues.isClosed(text) }
      guard !DocumentPlace.beginsRecord(text) else { return BalancedValues.isClosed(text) }
      var copy = splitter
      let (taken, event) = copy.take(text, from: 0, at: DocumentSplitter.Place())
      return event == .piece && !copy.isOpen && taken == text.count
    }
    guard isWhole else { return }
    takeCarried(sink)
    // What may follow belongs to the same line.
    statistics.lines -= 1
    lineNumber -= 1
    lineOffset -= 1
    isMidLine = true
  }

  /// The end of an over-long line, whose bytes are counted without it, as those of every line.
  private mutating func endDiscarding() {
    isDiscarding = false
    isDocumentTail = nil
    isDiscardingTorn = false
    lineNumber += 1
    lineOffset += 1
    statistics.lines += 1
  }

  private mutating func discard(_ count: Int) {
    if !isDiscardingTorn { statistics.oversizeBytes += UInt64(count) }
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

  // MARK: Lines that are longer than what is held of one

  /// What is left is a line without its end. A document is cut where its elements end; of any other nothing more is kept once it is too long.
  private mutating func limitTail(_ sink: Sink) {
    guard buffer.count > longBytes else { return }
    let isDocument =
      isDocumentTail
      ?? buffer.withUnsafeBytes { bytes in
        splitter.isOpen
          ? !DocumentPlace.beginsRecord(bytes)
          : RecordStream.holdsElements(UnsafeRawBufferPointer(rebasing: bytes[..<longBytes]), maxLineBytes)
      }
    isDocumentTail = isDocument
    let isScanners = buffer.withUnsafeBytes { scanner != nil && !splitter.isOpen && DocumentPlace.beginsRecord($0) }
    if isDocument, !isScanners || buffer.count > maxLineBytes {
      var bytes: [UInt8] = []
      swap(&bytes, &buffer)
      isStreaming = true
      streamedBytes = 0
      bytes.withUnsafeBytes { stream($0, RecordStream.nothing, sink) }
      return flush(RecordStream.nothing, sink: sink)
    }
    guard buffer.count > maxLineBytes else { return }
    statistics.oversizeLines += 1
    note("longer than \(maxLineBytes) bytes: skipped")
    discard(buffer.count)
    buffer = []
    isDiscarding = true
  }

  private mutating func stream(_ bytes: UnsafeRawBufferPointer, _ source: UnsafeRawBufferPointer, _ sink: Sink) {
    if !isDiscarding, !readValues(bytes, from: 0, 0, before: streamedBytes, isLong: true, endsLine: false, source, sink) {
      isDiscarding = true
      isDiscardingTorn = true
    }
    streamedBytes += bytes.count
  }

  private mutating func endStreaming(_ source: UnsafeRawBufferPointer, _ sink: Sink) {
    isStreaming = false
    if !isDiscarding { endLineOfValue(before: streamedBytes, isLong: true, RecordStream.nothing, 0, source, sink) }
    lineOffset += UInt64(streamedBytes)
    endDiscarding()
  }

  // MARK: Lines

  /// Whole lines of a chunk. Those with enough bytes behind them are scanned where they lie, the few others in a copy.
  private mutating func takeLines(_ chunk: UnsafeRawBufferPointer, _ range: Range<Int>, _ sink: Sink) {
    let inPlace = min(range.upperBound, chunk.count - LineCursor.padding)
    let middle = RecordStream.lastNewline(in: chunk, from: range.lowerBound, to: inPlace).map { $0 + 1 } ?? range.lowerBound
    takePadded(UnsafeRawBufferPointer(rebasing: chunk[range.lowerBound..<middle]), at: range.lowerBound, of: chunk, sink)
    guard middle < range.upperBound else { return }
    var copy: [UInt8] = []
    copy.reserveCapacity(range.upperBound - middle + LineCursor.padding)
    copy.append(contentsOf: chunk[middle..<range.upperBound])
    RecordStream.withPadding(&copy) { takePadded($0, at: middle, of: chunk, sink) }
  }

  /// The line that earlier chunks began, in a batch of its own: its texts lie elsewhere than those of the chunk.
  private mutating func takeCarried(_ sink: Sink) {
    // Taken out meanwhile, because its bytes are lent to code that changes the rest of self.
    var line: [UInt8] = []
    swap(&line, &buffer)
    isDocumentTail = nil
    line.append(0x0A)
    RecordStream.withPadding(&line) {
      takePadded($0, at: 0, of: $0, sink)
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
    _ lines: UnsafeRawBufferPointer, at offset: Int, of source: UnsafeRawBufferPointer, _ sink: Sink
  ) {
    // Taken out meanwhile, because it lends its memory.
    var scanner = self.scanner.take()
    scanner?.lend { scan in
      var start = 0
      while start < lines.count {
        start = scanLine(lines, start, offset, &scan) ?? takeLine(lines, start, offset, source, sink)
        flushIfFull(source, sink: sink)
      }
    }
    self.scanner = scanner
    guard scanner == nil else { return }
    var start = 0
    while start < lines.count {
      start = takeLine(lines, start, offset, source, sink)
      flushIfFull(source, sink: sink)
    }
  }

  /// Where the next line starts; nil where the scanner does not take this one.
  private mutating func scanLine(_ lines: UnsafeRawBufferPointer, _ start: Int, _ offset: Int, _ scan: inout LineScan) -> Int? {
    guard !splitter.isOpen else { return nil }
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

  /// Reads a line that the scanner did not take. Returns where the next one starts.
  private mutating func takeLine(
    _ lines: UnsafeRawBufferPointer, _ start: Int, _ offset: Int, _ source: UnsafeRawBufferPointer, _ sink: Sink
  ) -> Int {
    let newline = RecordStream.newline(in: lines, from: start) ?? lines.count
    let count = newline - start
    statistics.lines += 1
    isDocumentTail = nil
    let line = UnsafeRawBufferPointer(rebasing: lines[start..<newline])
    // First the size: a line that arrives in pieces is skipped before anybody knows whether it is blank.
    if count > maxLineBytes, !(splitter.isOpen && !DocumentPlace.beginsRecord(line)), !isLongDocument(line) {
      statistics.oversizeLines += 1
      statistics.oversizeBytes += UInt64(count)
      note("longer than \(maxLineBytes) bytes: skipped")
    } else {
      read(line, offset: offset + start, source, sink)
    }
    lineNumber += 1
    lineOffset += UInt64(count + 1)
    return newline + 1
  }

  private static func newline(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard start < bytes.count, let base = bytes.baseAddress, let found = memchr(base + start, 0x0A, bytes.count - start) else { return nil }
    return UnsafeRawPointer(found) - base
  }

  private static func lastNewline(in bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int? {
    guard start < end, let base = bytes.baseAddress, let found = memrchr(base + start, 0x0A, end - start) else { return nil }
    return UnsafeRawPointer(found) - base
  }

  private mutating func flushIfFull(_ source: UnsafeRawBufferPointer, sink: Sink) {
    if isFull { flush(source, sink: sink) }
  }

  var isFull: Bool { batch.records.count >= RecordStream.batchRecords || batch.byteCount > 1 << 20 }

  static var nothing: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

  /// What follows stands there.
  mutating func place(line: UInt64, offset: UInt64) {
    lineNumber = line
    lineOffset = offset
  }

  mutating func flush(_ source: UnsafeRawBufferPointer, sink: Sink) {
    guard !batch.isEmpty else { return }
    batch.withTexts(source: source) { sink(batch, $0) }
    batch.removeAll()
  }
}
