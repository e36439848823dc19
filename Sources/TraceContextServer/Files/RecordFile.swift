// Recorded streams: a file or standard input read into a store as if it had come through the pipe.

import Glibc
package import TraceDistiller
import TraceRecords

/// Reads whole recorded streams.
package enum RecordFile {
  package struct Failure: Error, CustomStringConvertible, Sendable {
    package var description: String
  }

  /// Reads one file (`-` is standard input) to its end.
  /// - Returns: what was read and what was not taken, for the people who gave the file.
  /// - Complexity: O(bytes); memory is bounded by the store and one line.
  package static func read(_ path: String, into store: SharedTraceStore, source: SourceID, maxLineBytes: Int) throws(Failure)
    -> SourceReport
  {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(description: "\(path): \(String(cString: strerror(errno)))") }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    var stream = RecordStream(maxLineBytes: maxLineBytes)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
    defer { buffer.deallocate() }
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw Failure(description: "\(path): \(String(cString: strerror(errno)))")
      }
      guard count > 0 else { break }
      // A file has no clock of its own: its end counts as quiet.
      stream.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { store.apply($0, $1, source: source, now: 0) }
    }
    stream.finish { store.apply($0, $1, source: source, now: 0) }
    let lost = stream.statistics.lost
    store.withLock { $0.count(lostLines: lost) }
    return SourceReport(kind: "file", path: path, state: "ended", statistics: stream.statistics, problems: stream.problems)
  }
}
