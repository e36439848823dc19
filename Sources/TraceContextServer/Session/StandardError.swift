// The log: lines on stderr, dropped if they would block. A client that never reads stderr must not stop the server.

import Platform
import Synchronization
import TraceDistiller

package enum StandardError {
  /// Lines dropped since the last line that was written.
  private static let dropped = Mutex(0)

  /// Writes one line if that is possible at once. The next line that can be written reports how many were dropped.
  package static func write(_ message: String) {
    dropped.withLock { dropped in
      var text = VisibleText.make(message, limit: 2_000)
      if dropped > 0 { text += " (\(dropped) earlier lines were dropped)" }
      dropped = LineWriter.standardError.write(line: Array((text + "\n").utf8)) ? 0 : dropped + 1
    }
  }
}
