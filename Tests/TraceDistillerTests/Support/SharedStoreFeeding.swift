// Feeds a shared store in tests: records in the short form of `storeLine`, one read per call.

@testable import TraceDistiller
@testable import TraceRecords

extension SharedTraceStore {
  convenience init(_ change: (inout StoreLimits) -> Void) {
    var limits = StoreLimits()
    change(&limits)
    self.init(limits: limits)
  }

  /// Applies all lines under one lock, like those of one read.
  func feed(_ sketch: String, now: Int64 = 0) {
    let lines = sketch.split(separator: "\n").map { storeLine(String($0)) }
    var stream = RecordStream()
    Array((lines.joined(separator: "\n") + "\n").utf8).withUnsafeBytes { bytes in
      stream.feed(bytes) { apply($0, $1, source: SourceID(0), now: now) }
    }
    precondition(stream.statistics.lost == 0, "\(sketch): \(stream.problems)")
  }

  func advance(to now: Int64) { withLock { $0.advance(to: now) } }
}
