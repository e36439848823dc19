// Lines for people on a descriptor that somebody else may never drain: dropped rather than waited for, and counted.

import Synchronization

/// Writes whole lines where that is possible at once. A client that never drains stderr must not stop the server, nor a terminal the program it shows.
package final class LineWriter: Sendable {
  /// What poll(2) calls writable takes so much without blocking, and whole.
  package static let maxBytes = Int(PIPE_BUF)
  package static let standardError = LineWriter(descriptor: STDERR_FILENO)

  private let descriptor: Int32
  private let droppedLines = Atomic<Int>(0)

  package init(descriptor: Int32) { self.descriptor = descriptor }

  /// Lines that were dropped since the writer was made.
  package var dropped: Int { droppedLines.load(ordering: .relaxed) }

  /// Writes a line with its newline, of at most `maxBytes`. False, and counted, where that would block or is longer.
  @discardableResult
  package func write(line: [UInt8]) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    // A reader that is gone shows POLLERR; writing to it would raise SIGPIPE in a program that is not ours.
    guard line.count <= Self.maxBytes, poll(&entry, 1, 0) == 1, entry.revents == Int16(POLLOUT),
      Platform.write(descriptor, line, line.count) == line.count
    else {
      droppedLines.add(1, ordering: .relaxed)
      return false
    }
    return true
  }

  /// Writes a whole text, however long, and waits for it to be taken: for commands that print an error and end.
  package func writeAll(_ text: String) {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { Platform.write(descriptor, $0.baseAddress! + written, bytes.count - written) }
      if count < 0, errno != EINTR { return }
      written += max(0, count)
    }
  }
}
