// A file of binary OTLP in chunks: each resource of a long message is read once it is there, so that memory does not grow with the file.

package struct OTLPFileReader: Sendable {
  package private(set) var statistics = IngestStatistics()
  package private(set) var problems: [IngestProblem] = []

  private let framing: OTLPFraming
  private let signal: OTLPSignal
  private let maxBytes: Int
  private var reader = OTLPProtobuf()
  /// What has not been read yet, from `start` on.
  private var buffer: [UInt8] = []
  private var start = 0
  /// Of the first byte of `buffer`.
  private var offset: UInt64 = 0
  /// Of a message that is too long, which are passed over.
  private var skipping = 0
  private var isBroken = false

  init(_ framing: OTLPFraming, _ signal: OTLPSignal, maxBytes: Int) {
    (self.framing, self.signal, self.maxBytes) = (framing, signal, maxBytes)
  }

  mutating func feed(_ chunk: UnsafeRawBufferPointer, sink: RecordSink) {
    statistics.bytes += UInt64(chunk.count)
    guard !isBroken else { return }
    let skipped = min(skipping, chunk.count)
    skipping -= skipped
    if skipped > 0 {
      statistics.oversizeBytes += UInt64(skipped)
      offset += UInt64(skipped)
    }
    buffer.append(contentsOf: chunk[skipped...])
    while let frame = nextFrame() { take(frame, sink) }
    offset += UInt64(start)
    buffer.removeFirst(start)
    start = 0
  }

  /// The file has ended: what is left of its last message is read as far as it is whole.
  mutating func finish(sink: RecordSink) {
    guard !isBroken, !buffer.isEmpty || skipping > 0 else { return }
    if !buffer.isEmpty {
      let content = buffer.withUnsafeBytes { framing.length($0, at: 0)?.start } ?? buffer.count
      decode(min(content, buffer.count)..<buffer.count, isCut: true, sink)
    }
    statistics.tornLines += 1
    note("the file ends inside of a message: what was whole before is taken", at: offset + UInt64(buffer.count))
    buffer = []
  }

  private enum Frame {
    /// Of the next message, which may go on behind what is there.
    case range(Range<Int>)
    case unknown, none
  }

  /// The next message that is there as a whole.
  private mutating func nextFrame() -> Range<Int>? {
    while start < buffer.count {
      switch buffer.withUnsafeBytes(frame) {
      case .unknown: return nil
      case .none:
        isBroken = true
        statistics.malformedLines += 1
        note("no message of OTLP begins here: what follows is not read", at: offset + UInt64(start))
        start = buffer.count
        return nil
      case .range(let range) where range.upperBound - start > maxBytes:
        statistics.oversizeLines += 1
        note("a message of \(range.count) bytes, longer than \(maxBytes): skipped", at: offset + UInt64(start))
        let end = min(range.upperBound, buffer.count)
        statistics.oversizeBytes += UInt64(end - start)
        skipping = range.upperBound - end
        start = end
      case .range(let range): return range.upperBound <= buffer.count ? range : nil
      }
    }
    return nil
  }

  private func frame(_ bytes: UnsafeRawBufferPointer) -> Frame {
    // No length and no number of a field is longer.
    let isCut = bytes.count - start < 20
    guard framing == .none, let base = bytes.baseAddress else {
      guard let (first, count) = framing.length(bytes, at: start), let count else { return isCut ? .unknown : .none }
      return .range(first..<first + count)
    }
    // One field of the one long message.
    var cursor = ProtobufCursor(base, start..<bytes.count)
    do throws(ProtobufFault) {
      guard let field = try cursor.field() else { return .unknown }
      if field.wire != 2 {
        try cursor.skip(field.wire)
        return .range(start..<cursor.at)
      }
      let count = try cursor.varint()
      return count <= UInt64(OTLPProtobuf.maxBytes) ? .range(start..<cursor.at + Int(count)) : .none
    } catch {
      return isCut ? .unknown : .none
    }
  }

  private mutating func take(_ frame: Range<Int>, _ sink: RecordSink) {
    start = frame.upperBound
    decode(frame, isCut: false, sink)
  }

  private mutating func decode(_ range: Range<Int>, isCut: Bool, _ sink: RecordSink) {
    let outcome = buffer.withUnsafeBytes { reader.decode(UnsafeRawBufferPointer(rebasing: $0[range]), signal, sink: sink) }
    let place = offset + UInt64(range.lowerBound)
    var counted = outcome
    // That it ends early is told once, as what it is.
    if isCut { counted.failure = nil }
    counted.add(to: &statistics, bytes: 0)
    if let failure = counted.failure { note("\(failure)", at: place + UInt64(failure.byteOffset)) }
    if let reason = outcome.reason {
      note(outcome.rejected == 1 ? reason : "\(reason), and \(outcome.rejected - 1) more in this message", at: place)
    }
  }

  private mutating func note(_ reason: String, at place: UInt64) {
    if problems.count == IngestProblem.most { problems.removeFirst() }
    problems.append(IngestProblem(line: statistics.lines, byteOffset: place, reason: reason))
  }
}
