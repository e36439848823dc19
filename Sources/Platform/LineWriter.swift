// Writes lines for people to a descriptor whose reader may never read: a line that would block is dropped and counted.

import Synchronization

/// Writes whole lines if that is possible at once. A client that never reads stderr must not stop the server, nor may a terminal stop the
/// program that writes to it.
package final class LineWriter: Sendable {
  /// A descriptor that poll(2) reports as writable takes this many bytes at once, without blocking.
  package static let maxBytes = Int(PIPE_BUF)
  package static let standardError = LineWriter(descriptor: STDERR_FILENO)

  private let descriptor: Int32
  private let droppedLines = Atomic<Int>(0)

  package init(descriptor: Int32) { self.descriptor = descriptor }

  /// Lines dropped since the writer was created.
  package var dropped: Int { droppedLines.load(ordering: .relaxed) }

  /// Writes a line with its newline, of at most `maxBytes`. Returns false, and counts the line as dropped, if that would block or the line
  /// is longer.
  @discardableResult
  package func write(line: [UInt8]) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    // If the reader is gone, poll reports POLLERR. Writing would raise SIGPIPE in a program that is not ours.
    guard line.count <= Self.maxBytes, poll(&entry, 1, 0) == 1, entry.revents == Int16(POLLOUT),
      Platform.write(descriptor, line, line.count) == line.count
    else {
      droppedLines.add(1, ordering: .relaxed)
      return false
    }
    return true
  }

  /// Writes a whole text of any length and waits until it is written: for commands that print an error and exit.
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
