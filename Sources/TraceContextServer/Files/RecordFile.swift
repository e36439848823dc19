// Recorded streams: reads a file or standard input into a store as if it had arrived through the pipe.

package import Platform
package import TraceDistiller
package import TraceRecords

/// Reads whole recorded streams, plain or gzip.
package enum RecordFile {
  package struct Failure: Error, CustomStringConvertible, Sendable {
    package var description: String
    /// The file was open, and reading it failed.
    package var isOpen = false
  }

  /// The progress of reading a file, for people who wait.
  package struct Progress: Sendable {
    package var path: String
    package var bytesRead: Int
    /// Nil if it is not known: standard input.
    package var fileBytes: Int?
    package var records: UInt64
  }

  /// Reads one file (`-` is standard input) to its end.
  /// - Parameters:
  ///   - format: the name of the one format to read; nil recognises each by its content.
  ///   - interruption: once signalled, what is still to come is waited for a second at a time; signalled again, no more is read. What came is answered.
  /// - Returns: what was read and what was not taken, for the people who gave the file.
  /// - Complexity: O(bytes). Memory is bounded by the store, one value, and what formats hold back.
  package static func read(
    _ path: String, into store: SharedTraceStore, source: SourceID, maxLineBytes: Int, format: String? = nil,
    interruption: WakeupPipe? = nil, progress: ((Progress) -> Void)? = nil
  ) throws(Failure) -> SourceReport {
    // A file has no clock, so its end counts as the quiet period after the last record.
    let report = try read(path, maxLineBytes: maxLineBytes, format: format, interruption: interruption, progress: progress) {
      store.apply($0, $1, source: source, now: 0)
    }
    let lost = report.statistics.lost
    store.withLock { $0.count(lostLines: lost) }
    return report
  }

  package static func read(
    _ path: String, maxLineBytes: Int, format: String? = nil, interruption: WakeupPipe? = nil, progress: ((Progress) -> Void)? = nil,
    sink: (RecordBatch, BatchTexts) -> Void
  ) throws(Failure) -> SourceReport {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(description: "\(path): \(String(cString: strerror(errno)))") }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    guard !isDirectory(descriptor) else { throw Failure(description: "\(path) is a directory; name the files in it: \(path)/*.json") }
    var stream = RecordedStream(maxLineBytes: maxLineBytes, format: format)
    var unpacking = Unpacking.unknown
    var message: String?
    var told = Progress(path: path, bytesRead: 0, fileBytes: size(of: descriptor), records: 0)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
    defer { buffer.deallocate() }
    var waiting = interruption.map { InterruptibleWait(descriptor, $0) }
    while waiting?.isWorthReading() ?? true {
      let count = Platform.read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw Failure(description: "\(path): \(String(cString: strerror(errno)))", isOpen: true)
      }
      guard count > 0, message == nil else { break }
      let chunk = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      message = unpacking.feed(chunk) { stream.feed($0, sink: sink) }
      told.bytesRead += count
      told.records = stream.statistics.records
      progress?(told)
    }
    unpacking.finish { stream.feed($0, sink: sink) }
    if message == nil { message = unpacking.complaint }
    stream.finish(sink: sink)
    return SourceReport(
      kind: "file", path: path, state: "ended", message: message, statistics: stream.statistics,
      problems: stream.problems.map(\.withoutSecrets),
      refusal: stream.refusal)
  }

  private static func isDirectory(_ descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func size(of descriptor: Int32) -> Int? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }
}

/// Waits for a descriptor that may never end, until somebody has enough of it.
private struct InterruptibleWait {
  private let descriptor: Int32
  private let interruption: WakeupPipe
  private var isInterrupted = false

  init(_ descriptor: Int32, _ interruption: WakeupPipe) { (self.descriptor, self.interruption) = (descriptor, interruption) }

  /// Returns once there is something to read, or the end; false where nothing more is to be read.
  mutating func isWorthReading() -> Bool {
    while true {
      var entries = [
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: interruption.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      // The program before us in the pipe was interrupted too: what it still says comes soon.
      let ready = poll(&entries, 2, isInterrupted ? 1_000 : -1)
      if ready < 0, errno == EINTR { continue }
      if ready <= 0 { return ready < 0 }
      if entries[1].revents != 0 {
        interruption.clear()
        if isInterrupted { return false }
        isInterrupted = true
      }
      if entries[0].revents != 0 { return true }
    }
  }
}

/// Whether a file is compressed is known after its first two bytes, which may arrive one at a time.
private enum Unpacking: ~Copyable {
  case unknown
  /// Only the first byte of gzip has arrived.
  case begun
  case plain
  case gzip(GzipInflater)

  /// Returns what is wrong with the file, if nothing more can be read from it.
  mutating func feed(_ chunk: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) -> String? {
    switch consume self {
    case .unknown:
      switch GzipInflater.isGzip(chunk) {
      case nil:
        self = chunk.isEmpty ? .unknown : .begun
        return nil
      case false?:
        self = .plain
        body(chunk)
        return nil
      case true?:
        self = .unknown
        return unpack([], chunk, body)
      }
    case .begun:
      let isPacked = [GzipInflater.firstByte, chunk.first ?? 0].withUnsafeBytes { GzipInflater.isGzip($0) } ?? false
      self = .plain
      guard !isPacked else { return unpack([GzipInflater.firstByte], chunk, body) }
      [GzipInflater.firstByte].withUnsafeBytes { body($0) }
      body(chunk)
      return nil
    case .plain:
      self = .plain
      body(chunk)
      return nil
    case .gzip(var inflater):
      let outcome = inflater.feed(chunk, body)
      self = .gzip(inflater)
      return Unpacking.complaint(outcome)
    }
  }

  private mutating func unpack(_ head: [UInt8], _ chunk: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) -> String? {
    guard var inflater = GzipInflater() else {
      self = .plain
      return "no memory to unpack it"
    }
    var outcome = head.withUnsafeBytes { inflater.feed($0, body) }
    if case .more = outcome { outcome = inflater.feed(chunk, body) }
    self = .gzip(inflater)
    return Unpacking.complaint(outcome)
  }

  private static func complaint(_ outcome: GzipInflater.Outcome) -> String? {
    guard case .broken(let reason) = outcome else { return nil }
    return "the gzip file is damaged (\(reason)); what it holds up to there was read"
  }

  /// The end of the file. A single byte is one byte of text.
  mutating func finish(_ body: (UnsafeRawBufferPointer) -> Void) {
    switch consume self {
    case .begun:
      self = .plain
      [GzipInflater.firstByte].withUnsafeBytes { body($0) }
    case let other: self = other
    }
  }

  /// What to report about a file that was read to its end.
  var complaint: String? {
    switch self {
    case .gzip(let inflater):
      if !inflater.isWhole { return "the gzip file ends early; what it holds up to there was read" }
      let foreign = inflater.foreignBytes
      return foreign == 0
        ? nil : "\(foreign) \(foreign == 1 ? "byte" : "bytes") between or behind the parts of the gzip file: no gzip, skipped"
    default: return nil
    }
  }
}
