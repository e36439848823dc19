// A recorded stream in chunks: text as pipes have it, or binary OTLP, which shows in how it begins.

/// The reader's side of a file: as `RecordStream`, of which it is one once it knows that the file is text.
package struct RecordedStream: Sendable {
  private enum Reader {
    /// The beginning, of which it is not known yet what it is.
    case unknown([UInt8])
    case text(RecordStream)
    case binary(OTLPFileReader)
  }

  private var reader: Reader
  private let maxLineBytes: Int
  private let format: String?

  /// - Parameter format: the name of the one format to read; nil reads all. Binary OTLP goes by the name of the other OTLP.
  package init(maxLineBytes: Int = RecordStream.defaultMaxLineBytes, format: String? = nil) {
    self.maxLineBytes = maxLineBytes
    self.format = format
    let mayBeBinary = format == nil || format == "\(OTLPFormat.name)"
    reader = mayBeBinary ? .unknown([]) : .text(RecordStream(maxLineBytes: maxLineBytes, format: format))
  }

  package mutating func feed(_ chunk: UnsafeRawBufferPointer, sink: RecordSink) {
    switch reader {
    case .unknown(let head):
      // The usual file tells by its first byte, and is not copied.
      guard !head.isEmpty || !chunk.isEmpty else { return }
      guard head.isEmpty else {
        let whole = head + chunk
        return whole.withUnsafeBytes { decide($0, isWhole: false, sink) }
      }
      decide(chunk, isWhole: false, sink)
    case .text(var stream):
      // Out of self, so that nothing of it is copied.
      reader = .unknown([])
      stream.feed(chunk, sink: sink)
      reader = .text(stream)
    case .binary(var file):
      reader = .unknown([])
      file.feed(chunk, sink: sink)
      reader = .binary(file)
    }
  }

  package mutating func finish(sink: RecordSink) {
    if case .unknown(let head) = reader { head.withUnsafeBytes { decide($0, isWhole: true, sink) } }
    switch reader {
    case .unknown: break
    case .text(var stream):
      stream.finish(sink: sink)
      reader = .text(stream)
    case .binary(var file):
      file.finish(sink: sink)
      reader = .binary(file)
    }
  }

  private mutating func decide(_ head: UnsafeRawBufferPointer, isWhole: Bool, _ sink: RecordSink) {
    switch OTLPFraming.recognise(head, isWhole: isWhole) {
    case .unknown:
      reader = .unknown(Array(head))
      return
    case .no: reader = .text(RecordStream(maxLineBytes: maxLineBytes, format: format))
    case .yes(let framing, let signal): reader = .binary(OTLPFileReader(framing, signal, maxBytes: maxLineBytes))
    }
    feed(head, sink: sink)
  }

  package var statistics: IngestStatistics {
    switch reader {
    case .unknown: IngestStatistics()
    case .text(let stream): stream.statistics
    case .binary(let file): file.statistics
    }
  }

  package var problems: [IngestProblem] {
    switch reader {
    case .unknown: []
    case .text(let stream): stream.problems
    case .binary(let file): file.problems
    }
  }

  /// What the input is that held no record, and what helps, where that is known.
  package var refusal: String? {
    if case .text(let stream) = reader { return stream.refusal }
    return nil
  }
}
