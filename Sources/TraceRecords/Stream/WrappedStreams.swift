// Streams inside a stream: the output of several programs, forwarded line by line with prefixes or in envelopes.

/// One of these streams, with the reader of its lines.
struct WrappedStream: Sendable {
  var key: [UInt8]
  var reader: RecordStream
  var latest: UInt64
}

extension RecordStream {
  /// The maximum number of streams that are distinguished; the one that was silent longest is removed.
  static let maxWrapped = 64
  /// An envelope in an envelope after a prefix, and no deeper.
  static let maxWrapping = 4

  /// Reads a line after a prefix of a known form; false if it has none.
  mutating func unwrapPrefix(_ line: UnsafeRawBufferPointer, _ source: UnsafeRawBufferPointer, _ sink: Sink) -> Bool {
    guard wrapping < RecordStream.maxWrapping, let prefix = LinePrefix(of: line) else { return false }
    var content = Array(line[prefix.end...])
    if !prefix.isPart { content.append(0x0A) }
    feed(content, of: prefix.key, column: prefix.end, source, sink)
    return true
  }

  /// Reads the contents of envelopes; false if there are none.
  mutating func unwrap(_ value: UnsafeRawBufferPointer, _ source: UnsafeRawBufferPointer, _ sink: Sink) -> Bool {
    guard wrapping < RecordStream.maxWrapping else { return false }
    let envelopes = Envelope.contents(of: value)
    for envelope in envelopes { feed(envelope.content, of: envelope.key, column: 0, source, sink) }
    return !envelopes.isEmpty
  }

  private mutating func feed(_ content: [UInt8], of key: [UInt8], column: Int, _ source: UnsafeRawBufferPointer, _ sink: Sink) {
    // To keep the order of records.
    flush(source, sink: sink)
    wrappedCount += 1
    let index = indexOfWrapped(key, sink)
    wrapped[index].latest = wrappedCount
    wrapped[index].reader.place(line: lineNumber, offset: lineOffset + UInt64(column))
    content.withUnsafeBytes { bytes in wrapped[index].reader.feed(bytes, sink: sink) }
    adopt(index)
  }

  private mutating func indexOfWrapped(_ key: [UInt8], _ sink: Sink) -> Int {
    if let index = wrapped.firstIndex(where: { $0.key == key }) { return index }
    if wrapped.count == RecordStream.maxWrapped, let oldest = wrapped.indices.min(by: { wrapped[$0].latest < wrapped[$1].latest }) {
      wrapped[oldest].reader.finish(sink: sink)
      adopt(oldest)
      wrapped.remove(at: oldest)
    }
    var reader = RecordStream(maxLineBytes: maxLineBytes, format: format)
    reader.wrapping = wrapping + 1
    wrapped.append(WrappedStream(key: key, reader: reader, latest: wrappedCount))
    return wrapped.count - 1
  }

  /// Adds the counters and problems of an inner stream to this one. Its bytes and lines were already counted.
  mutating func adopt(_ index: Int) {
    let counted = wrapped[index].reader.takeStatistics()
    statistics.add(counted)
    let news = Int(min(wrapped[index].reader.noted, UInt64(RecordStream.maxProblems)))
    wrapped[index].reader.noted = 0
    for problem in wrapped[index].reader.problems.suffix(news) {
      if problems.count == RecordStream.maxProblems { problems.removeFirst() }
      problems.append(problem)
      noted += 1
    }
    if hint.kind == nil { hint.kind = wrapped[index].reader.hint.kind }
  }

  mutating func forEachWrapped(_ body: (inout RecordStream) -> Void) {
    for index in wrapped.indices {
      body(&wrapped[index].reader)
      adopt(index)
    }
  }

  private mutating func takeStatistics() -> IngestStatistics {
    defer { statistics = IngestStatistics() }
    var counted = statistics
    (counted.bytes, counted.lines) = (0, 0)
    return counted
  }
}
