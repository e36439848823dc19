// What a shell offers behind `--trace`: the selectors, and the traces of the files that stand on the line already.

import Platform
import TraceContextServer
import TraceDistiller
import TraceRecords

enum TraceNames {
  private static let selectors = ["latest", "latest-error", "slowest"]
  /// Whoever presses a key waits: more is not read.
  private static let maxBytes = 64 << 20

  /// - Parameter words: of the command line so far. What stands at `index`, and how it begins, the shell looks at itself.
  static func complete(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    let store = SharedTraceStore()
    var read = 0
    for file in Set(words.dropFirst()).sorted() {
      var status = stat()
      guard stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, read + Int(status.st_size) <= maxBytes else { continue }
      read += Int(status.st_size)
      _ = try? RecordFile.read(file, into: store, source: SourceID(0), maxLineBytes: RecordStream.defaultMaxLineBytes)
    }
    return selectors + store.withLock { $0.overviews(now: 0).reversed().prefix(200).map(\.handle) }
  }
}
