// Recorded streams: a file or standard input read into a store as if it had come through the pipe.

import Platform
package import TraceDistiller
package import TraceRecords

/// Reads whole recorded streams, plain or gzip.
package enum RecordFile {
  package struct Failure: Error, CustomStringConvertible, Sendable {
    package var description: String
    /// It was open, and reading it failed.
    package var isOpen = false
  }

  /// How far the reading of a file is, for people who wait.
  package struct Progress: Sendable {
    package var path: String
    package var bytesRead: Int
    /// Nil where it is not known: standard input.
    package var fileBytes: Int?
    package var records: UInt64
  }

  /// Reads one file (`-` is standard input) to its end.
  /// - Parameter format: the name of the one format to read; nil recognises each by its content.
  /// - Returns: what was read and what was not taken, for the people who gave the file.
  /// - Complexity: O(bytes); memory is bounded by the store, one value, and what formats hold back.
  package static func read(
    _ path: String, into store: SharedTraceStore, source: SourceID, maxLineBytes: Int, format: String? = nil,
    progress: ((Progress) -> Void)? = nil
  ) throws(Failure) -> SourceReport {
    // A file has no clock of its own: its end counts as quiet.
    let report = try read(path, maxLineBytes: maxLineBytes, format: format, progress: progress) {
      store.apply($0, $1, source: source, now: 0)
    }
    let lost = report.statistics.lost
    store.withLock { $0.count(lostLines: lost) }
    return report
  }

  package static func read(
    _ path: String, maxLineBytes: Int, format: String? = nil, progress: ((Progress) -> Void)? = nil,
    sink: (RecordBatch, BatchTexts) -> Void
  ) throws(Failure) -> SourceReport {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(description: "\(path): \(String(cString: strerror(errno)))") }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    var stream = RecordStream(maxLineBytes: maxLineBytes, format: format)
    var unpacking = Unpacking.unknown
    var message: String?
    var told = Progress(path: path, bytesRead: 0, fileBytes: size(of: descriptor), records: 0)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
    defer { buffer.deallocate() }
    while true {
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
    if message == nil, !unpacking.isWhole { message = "the gzip file ends early; what it holds up to there was read" }
    stream.finish(sink: sink)
    return SourceReport(
      kind: "file", path: path, state: "ended", message: message, statistics: stream.statistics,
      problems: stream.problems.map(\.withoutSecrets),
      refusal: stream.refusal)
  }

  private static func size(of descriptor: Int32) -> Int? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }
}

/// Whether a file is packed shows in its first bytes.
private enum Unpacking: ~Copyable {
  case unknown
  case plain
  case gzip(GzipInflater)

  /// Returns what is wrong with the file, from where on nothing more can be read of it.
  mutating func feed(_ chunk: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) -> String? {
    switch consume self {
    case .unknown:
      guard GzipInflater.isGzip(chunk) else {
        self = .plain
        body(chunk)
        return nil
      }
      guard let inflater = GzipInflater() else {
        self = .plain
        return "no memory to unpack it"
      }
      self = .gzip(inflater)
      return feed(chunk, body)
    case .plain:
      self = .plain
      body(chunk)
      return nil
    case .gzip(var inflater):
      let outcome = inflater.feed(chunk, body)
      self = .gzip(inflater)
      guard case .broken(let reason) = outcome else { return nil }
      return "the gzip file is damaged (\(reason)); what it holds up to there was read"
    }
  }

  var isWhole: Bool {
    switch self {
    case .unknown: true
    case .plain: true
    case .gzip(let inflater): inflater.isWhole
    }
  }
}
