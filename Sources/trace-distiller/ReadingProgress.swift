// The progress of reading a file, for a user at a terminal who waits longer than a second.

import Platform
import TraceContextServer

/// One line on stderr, rewritten ten times a second and removed at the end. If stderr is not a terminal, nothing is written: logs need no
/// progress.
struct ReadingProgress {
  private let isShown = isatty(STDERR_FILENO) == 1
  private let began = MonotonicClock.nanos
  private var next: Int64
  private var width = 0

  init() { next = began + 1_000_000_000 }

  mutating func tell(_ progress: RecordFile.Progress) {
    guard isShown, MonotonicClock.nanos >= next else { return }
    next = MonotonicClock.nanos + 100_000_000
    let share = progress.fileBytes.map { $0 > 0 ? "\(progress.bytesRead * 100 / $0) %" : "" } ?? "\(progress.bytesRead >> 20) MiB"
    show("reading \(progress.path): \(share), \(progress.records) records")
  }

  mutating func end() { if width > 0 { show("") } }

  private mutating func show(_ text: String) {
    let line = "\r" + text + String(repeating: " ", count: max(0, width - text.count)) + (text.isEmpty ? "\r" : "")
    width = text.count
    var bytes = line
    bytes.withUTF8 { _ = Platform.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
