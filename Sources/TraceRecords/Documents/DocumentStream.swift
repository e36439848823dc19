// Whole-document formats and sequences of documents, as records: pieces from the splitter, counted and described as the lines of a pipe are.

import JSON

/// The reader's side of a source of JSON documents: fed chunks in order, like `RecordStream`, and with the same counters.
package struct DocumentStream: Sendable {
  /// A quarter of a megabyte: long enough that what a piece repeats costs nothing, short as a tree.
  static let pieceBytes = 256 << 10

  private var stream: RecordStream
  private var splitter: DocumentSplitter
  /// Lines before the chunk at hand and before the piece at hand.
  private var lines: UInt64 = 0
  private var pieceLines: UInt64 = 0
  private var chunkOffset = 0
  private var endsInLine = false
  private var oversizeBytes = 0

  /// - Parameter format: the name of the one format to read; nil reads all.
  package init(format: String? = nil, maxValueBytes: Int = RecordStream.defaultMaxLineBytes) {
    // The splitter bounds the pieces, which are longer than one value.
    stream = RecordStream(decoder: FormatDecoder(limits: JSONLimits(maxBytes: .max), only: format), maxLineBytes: maxValueBytes)
    splitter = DocumentSplitter(pieceBytes: min(DocumentStream.pieceBytes, maxValueBytes), maxValueBytes: maxValueBytes)
  }

  package var statistics: IngestStatistics { stream.statistics }
  package var problems: [IngestProblem] { stream.problems }

  package mutating func feed(_ chunk: UnsafeRawBufferPointer, sink: (RecordBatch, BatchTexts) -> Void) {
    guard !chunk.isEmpty else { return }
    split(chunk, isEnd: false, sink)
    if splitter.pieceOffset >= chunkOffset { pieceLines = lines(before: splitter.pieceOffset, chunk) }
    lines += DocumentStream.newlines(chunk)
    chunkOffset += chunk.count
    endsInLine = chunk.last != 0x0A
    stream.account(bytes: chunk.count, lines: DocumentStream.newlines(chunk))
  }

  package mutating func finish(sink: (RecordBatch, BatchTexts) -> Void) {
    split(UnsafeRawBufferPointer(start: nil, count: 0), isEnd: true, sink)
    if endsInLine { stream.account(bytes: 0, lines: 1) }
    stream.finish(sink: sink)
  }

  /// Lets the splitter work, and takes what comes out of it: pieces and faults in their order.
  private mutating func split(_ chunk: UnsafeRawBufferPointer, isEnd: Bool, _ sink: (RecordBatch, BatchTexts) -> Void) {
    // Taken out meanwhile, because it lends its memory to code that changes the rest of self.
    var splitter = DocumentSplitter(pieceBytes: 0, maxValueBytes: 0)
    swap(&splitter, &self.splitter)
    func emit(_ piece: UnsafeRawBufferPointer, _ offset: Int, _ faults: [DocumentSplitter.Fault]) {
      note(faults, chunk)
      take(piece, at: offset, chunk, sink)
    }
    if isEnd { splitter.finish(emit: emit) } else { splitter.feed(chunk, emit: emit) }
    note(splitter.takeFaults(), chunk)
    stream.account(oversizeBytes: splitter.oversizeBytes - oversizeBytes)
    oversizeBytes = splitter.oversizeBytes
    swap(&splitter, &self.splitter)
  }

  private mutating func take(
    _ piece: UnsafeRawBufferPointer, at offset: Int, _ chunk: UnsafeRawBufferPointer, _ sink: (RecordBatch, BatchTexts) -> Void
  ) {
    stream.place(line: lines(before: offset, chunk) + 1, offset: UInt64(offset))
    guard case .json(let error)? = stream.takeValue(piece, sink: sink) else { return }
    // One element that is no JSON does not take its neighbours with it.
    var parts = DocumentSplitter(pieceBytes: 0, maxValueBytes: .max)
    var isWhole = true
    func takePart(_ part: UnsafeRawBufferPointer, _ offset: Int, _ faults: [DocumentSplitter.Fault]) {
      if part.count == piece.count { isWhole = false } else if let error = stream.takeValue(part, sink: sink) { stream.refuse(error) }
    }
    parts.feed(piece, emit: takePart)
    parts.finish(emit: takePart)
    if !isWhole { stream.refuse(.json(error)) }
  }

  private mutating func note(_ faults: [DocumentSplitter.Fault], _ chunk: UnsafeRawBufferPointer) {
    for fault in faults {
      stream.place(line: lines(before: fault.offset, chunk) + 1, offset: UInt64(fault.offset))
      stream.account(fault.kind)
    }
  }

  private func lines(before offset: Int, _ chunk: UnsafeRawBufferPointer) -> UInt64 {
    guard offset >= chunkOffset else { return pieceLines }
    return lines + DocumentStream.newlines(UnsafeRawBufferPointer(rebasing: chunk.prefix(offset - chunkOffset)))
  }

  private static func newlines(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    // In bytes of a block, which the compiler makes vectors of; 255 of them cannot overflow one.
    var (count, at): (UInt64, Int) = (0, 0)
    while at < bytes.count {
      let end = min(bytes.count, at + 255)
      var block: UInt8 = 0
      for index in at..<end { block &+= bytes[index] == 0x0A ? 1 : 0 }
      count &+= UInt64(block)
      at = end
    }
    return count
  }
}

extension RecordStream {
  /// What follows stands there.
  mutating func place(line: UInt64, offset: UInt64) {
    lineNumber = line
    lineOffset = offset
  }

  mutating func account(bytes: Int, lines: UInt64) {
    statistics.bytes += UInt64(bytes)
    statistics.lines += lines
  }

  mutating func account(oversizeBytes: Int) { statistics.oversizeBytes += UInt64(oversizeBytes) }

  mutating func account(_ fault: DocumentSplitter.Fault.Kind) {
    switch fault {
    case .torn:
      statistics.tornLines += 1
      note("broken off: what was whole before is taken")
    case .stray:
      statistics.malformedLines += 1
      note("no JSON between two values")
    case .oversize:
      statistics.oversizeLines += 1
      note("a value longer than \(maxLineBytes) bytes: skipped")
    }
  }

  /// Decodes one value and hands its records on. Text that is no JSON is the caller's to judge; what else is wrong is counted here.
  mutating func takeValue(_ value: UnsafeRawBufferPointer, sink: (RecordBatch, BatchTexts) -> Void) -> RecordError? {
    let error = attempt(value, 0)
    flush(value, sink: sink)
    switch error {
    case .json: return error
    case .some(let error): refuse(error)
    case nil: break
    }
    return nil
  }

  mutating func refuse(_ error: RecordError) {
    switch error {
    case .json: statistics.malformedLines += 1
    case .unrecognised: statistics.unrecognisedLines += 1
    case .missing, .invalid: statistics.invalidRecords += 1
    }
    note(error.description)
  }
}
