// The log: lines on stderr that are dropped rather than waited for. A client that never drains stderr must not stop the server.

import Glibc
import Synchronization
import TraceDistiller

package enum StandardError {
  /// Writes a whole text of ours, however long, for commands that print an error and end.
  package static func write(raw text: String) {
    let line = Array((text + "\n").utf8)
    var written = 0
    while written < line.count {
      let count = line.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress! + written, line.count - written) }
      if count < 0, errno != EINTR { return }
      written += max(0, count)
    }
  }

  private static let dropped = Mutex(0)

  /// Writes one line if that is possible at once. What had to be dropped is told with the next line that fits.
  package static func write(_ message: String) {
    dropped.withLock { dropped in
      var text = VisibleText.make(message, limit: 2_000)
      if dropped > 0 { text += " (\(dropped) earlier lines were dropped)" }
      let line = Array((text + "\n").utf8)
      var entry = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
      // poll(2) calls a pipe writable when it takes a whole page.
      guard line.count <= 4_096, poll(&entry, 1, 0) == 1, entry.revents & Int16(POLLOUT) != 0,
        Glibc.write(STDERR_FILENO, line, line.count) == line.count
      else {
        dropped += 1
        return
      }
      dropped = 0
    }
  }
}
