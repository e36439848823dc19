// From chunks of bytes to batches of records: finds lines, and skips and counts those that are too long or broken.

import CScan
import JSON
import Platform

/// The reader for one source (a pipe, a file, standard input): a value that receives chunks in order and produces batches.
///
/// Its memory is bounded by `maxLineBytes` and the batch of one chunk. It never fails: what cannot be read is counted in `statistics` and
/// described in `problems`, and reading continues with the next value. The same bytes give the same records, however they are cut into
/// chunks, and values into lines: complete lines go to the scanner, others to the decoder, and what is not a value by itself goes through
/// `DocumentSplitter`.
package struct RecordStream: Sendable {
  package internal(set) var statistics = IngestStatistics()
  /// The latest lines that were not accepted, the oldest first, at most `maxProblems`.
  package internal(set) var problems: [IngestProblem] = []
  /// The number of problems since the last query.
  var noted: UInt64 = 0
  package static let maxProblems = IngestProblem.most
  package static let defaultMaxLineBytes = 16 << 20
  /// A batch of this size stays in the cache between decoder and store.
  private static let batchRecords = 256
  /// A quarter of a megabyte: long enough that the repeated parts of a document's pieces cost nothing, short enough as a tree.
  static let pieceBytes = 256 << 10

  let maxLineBytes: Int
  /// The only format to read; nil reads all.
  let format: String?
  var decoder: any RecordDecoder
  /// Reads lines of the usual forms before the decoder sees them. Nil while it is in use, and if the caller provides a decoder.
  private var scanner: RecordScanner?
  var batch = RecordBatch()
  /// The beginning of a line whose end has not arrived: it contains no newline.
  private var buffer: [UInt8] = []
  private var isDiscarding = false
  /// The discarded rest of the line was already counted as torn.
  private var isDiscardingTorn = false
  /// The current line is longer than the buffer for lines, and is passed to the splitter as it arrives; and the number of bytes passed so
  /// far.
  private var isStreaming = false
  private var streamedBytes = 0
  /// Whether the beginning of the current line showed that it may be streamed; nil before that was checked.
  private var isDocumentTail: Bool?
  /// The current line was decoded before its end, after a silence.
  private var isMidLine = false
  /// The number of the current line.
  var lineNumber: UInt64 = 1
  var lineOffset: UInt64 = 0
  /// The offset of the current value in its line, and its index in its list.
  var column = 0
  var elementIndex: Int?
  /// The value that is open over several lines, or that shares a line with others.
  var splitter: DocumentSplitter
  /// Streams inside this one, and the depth of this one inside others.
  var wrapped: [WrappedStream] = []
  var wrappedCount: UInt64 = 0
  var wrapping = 0
  var hint = TextHint()

  /// - Parameters:
  ///   - decoder: reads the values. By default every format of the registry, recognised value by value, up to `maxLineBytes`; the scanner
  ///     reads the usual lines.
  ///   - format: the name of the only format to read; nil reads all.
  package init(decoder: (any RecordDecoder)? = nil, maxLineBytes: Int = RecordStream.defaultMaxLineBytes, format: String? = nil) {
    // The splitter limits pieces, which are longer than one value.
    self.decoder = decoder ?? FormatDecoder(limits: JSONLimits(maxBytes: 2 * maxLineBytes + 4 * RecordStream.pieceBytes), only: format)
    scanner = decoder == nil && format == nil ? RecordScanner() : nil
    self.maxLineBytes = maxLineBytes
    self.format = format
    splitter = DocumentSplitter(pieceBytes: min(RecordStream.pieceBytes, maxLineBytes), maxValueBytes: maxLineBytes)
  }

  /// Longer lines are checked for elements at which they may be cut.
  var longBytes: Int { min(1 << 20, maxLineBytes) }

  /// What the input without records is, and what to do, if that is known.
  package var refusal: String? { statistics.records == 0 ? hint.sentence : nil }

  /// Reads the next chunk and hands on its records, in one or more batches that are valid only during the call of `sink`.
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

  /// Ends the source: a last line without newline counts as a line, and open values end.
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

  /// Whether something waits for more input: a line for its end, a value for its brackets, a format for later values.
  package var holdsRecords: Bool { decoder.holdsRecords || isUnfinished || wrapped.contains { $0.reader.holdsRecords } }

  private var isUnfinished: Bool { !buffer.isEmpty || (splitter.isOpen && !splitter.isIdle) }

  /// The bytes of an unfinished line or value.
  package var unfinishedBytes: Int {
    buffer.count + (splitter.isIdle ? 0 : splitter.heldBytes) + wrapped.reduce(0) { $0 + $1.reader.unfinishedBytes }
  }

  /// The memory of an unfinished line or value.
  package var heldBytes: Int { buffer.count + splitter.heldCapacity + wrapped.reduce(0) { $0 + $1.reader.heldBytes } }

  /// Called after a silence: decodes a complete value whose line has not ended, and hands on what formats hold back.
  package mutating func release(sink: Sink) {
    takeWholeTail(sink)
    if splitter.cutNow() { takePiece(RecordStream.nothing, sink) }
    flush(RecordStream.nothing, sink: sink)
    forEachWrapped { $0.release(sink: sink) }
    // Inside a document nothing else is due: formats may still be waiting for the rest of it.
    if !splitter.isOpen || splitter.isInPlainList { finishDecoder(sink) }
  }

  private mutating func finishDecoder(_ sink: Sink) {
    let mark = batch.mark
    account(decoder.finish(into: &batch), since: mark, skipping: true)
    flush(RecordStream.nothing, sink: sink)
  }

  /// A line whose brackets are closed is complete, even if its newline has not arrived.
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
    // What follows may belong to the same line.
    statistics.lines -= 1
    lineNumber -= 1
    lineOffset -= 1
    isMidLine = true
  }

  /// The newline of a line that was too long. Its bytes are counted without it, as for every line.
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

  /// Keeps a part of a line. A long line gets memory for the longest possible one at once (pages are not used until they are written):
  /// growing in steps would hold the line twice while it moves.
  private mutating func hold(_ part: Slice<UnsafeRawBufferPointer>) {
    let count = buffer.count + part.count
    if count > 1 << 20, buffer.capacity < count {
      buffer.reserveCapacity(max(count, min(maxLineBytes, 64 << 20)) + part.count + 1 + LineCursor.padding)
    }
    buffer.append(contentsOf: part)
  }

  // MARK: Lines longer than the buffer

  /// The rest is an unfinished line. A document is cut at its elements; any other line is dropped once it is too long.
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

  /// Reads the complete lines of a chunk. Lines with enough bytes after them are scanned in place, the few others in a copy.
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

  /// Reads the line that earlier chunks began, in a batch of its own: its texts are not in the chunk's memory.
  private mutating func takeCarried(_ sink: Sink) {
    // Moved out meanwhile, because its bytes are used by code that changes the rest of self.
    var line: [UInt8] = []
    swap(&line, &buffer)
    isDocumentTail = nil
    line.append(0x0A)
    RecordStream.withPadding(&line) {
      takePadded($0, at: 0, of: $0, sink)
      flush($0, sink: sink)
    }
    // Releases a buffer that a single huge line had grown.
    line.removeAll(keepingCapacity: line.capacity <= 1 << 20)
    swap(&line, &buffer)
  }

  private static func withPadding(_ lines: inout [UInt8], _ body: (UnsafeRawBufferPointer) -> Void) {
    let count = lines.count
    lines.append(contentsOf: repeatElement(0, count: LineCursor.padding))
    lines.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }

  /// Reads complete lines at `offset` of the source, with the scanner's padding after them.
  private mutating func takePadded(
    _ lines: UnsafeRawBufferPointer, at offset: Int, of source: UnsafeRawBufferPointer, _ sink: Sink
  ) {
    // Moved out meanwhile, because the scan uses its memory.
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

  /// The start of the next line; nil if the scanner does not accept this one.
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

  /// Reads a line that the scanner did not accept. Returns the start of the next one.
  private mutating func takeLine(
    _ lines: UnsafeRawBufferPointer, _ start: Int, _ offset: Int, _ source: UnsafeRawBufferPointer, _ sink: Sink
  ) -> Int {
    let newline = RecordStream.newline(in: lines, from: start) ?? lines.count
    let count = newline - start
    statistics.lines += 1
    isDocumentTail = nil
    let line = UnsafeRawBufferPointer(rebasing: lines[start..<newline])
    // The size is checked first: a line that arrives in pieces is skipped before it is known whether it is blank.
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

  /// Sets the position of what follows.
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
