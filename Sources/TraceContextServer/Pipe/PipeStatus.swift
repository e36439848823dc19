// The status of one pipe, shared between the reading thread, requests and the log.

import Synchronization
import TraceDistiller
import TraceRecords

/// The reports of one pipe and of its journal: written by the reading thread, read by requests.
final class PipeStatus: Sendable {
  let path: PipePath
  /// The group that may write to the pipe in addition to its owner.
  let group: PipeGroup?
  /// Writes a line to the log.
  let tell: @Sendable (String) -> Void
  private let current: Mutex<PipeLock>
  private let pipe: Mutex<SourceReport>
  private let journal = Mutex<SourceReport?>(nil)

  init(path: PipePath, group: PipeGroup? = nil, lock: PipeLock, onEvent: @escaping @Sendable (String) -> Void) {
    self.path = path
    self.group = group
    tell = onEvent
    current = Mutex(lock)
    pipe = Mutex(SourceReport(kind: "pipe", path: path.path, state: "starting"))
  }

  /// The lock that is held or waited for; replaced if its file was removed.
  var lock: PipeLock { current.withLock { $0 } }

  func use(_ lock: PipeLock) { current.withLock { $0 = lock } }

  var reports: [SourceReport] {
    var report = pipe.withLock { $0 }
    if report.state == "owned" { report.ownerPID = lock.ownerPID }
    return [report] + (journal.withLock { $0.map { [$0] } ?? [] })
  }

  /// Takes the pipe if no other process has it.
  func own() throws(PipeError) -> Bool {
    let lock = lock
    if try lock.tryLock() {
      reading()
      return true
    }
    pipe.withLock { $0.state = "owned" }
    tell("the pipe \(path.path) is read by another server (pid \(lock.ownerPID ?? 0)); waiting to take over")
    return false
  }

  var isReading: Bool { pipe.withLock { $0.state == "reading" } }

  func reading() {
    pipe.withLock {
      $0.state = "reading"
      $0.message = nil
    }
  }

  func unavailable(_ message: String) {
    let isNews = pipe.withLock { report in
      defer {
        report.state = "unavailable"
        report.message = message
      }
      return report.message != message
    }
    if isNews { tell("the pipe \(path.path) is not read: \(message)") }
  }

  /// - Parameters:
  ///   - lost: lines that were not accepted since the last call.
  func count(_ statistics: IngestStatistics, problems: [IngestProblem], refusal: String?, lost: UInt64) {
    let problems = problems.map(\.withoutSecrets)
    pipe.withLock {
      $0.statistics = statistics
      $0.problems = problems
      $0.refusal = refusal
    }
    if lost > 0, let problem = problems.last {
      tell("\(path.path): \(lost == 1 ? "a record was" : "\(lost) records were") lost, the latest: \(problem)")
    }
  }

  /// The size of a line or value that has been unfinished since that instant; 0 if there is none.
  func unfinished(_ bytes: Int, since instant: Int64) {
    pipe.withLock { report in
      // Keeps the instant at which this size was first seen.
      if bytes == 0 {
        report.unfinished = nil
      } else if report.unfinished?.bytes != bytes {
        report.unfinished = SourceReport.Unfinished(bytes: bytes, since: instant)
      }
    }
  }

  func journal(_ report: SourceReport?, was before: SourceReport?) {
    guard let report else { return }
    journal.withLock { $0 = report }
    if let problem = report.problems.last, before?.problems.last != problem { tell("\(report.path): \(problem)") }
    if let refusal = report.message, before?.message != refusal { tell("the journal \(report.path) is not read: \(refusal)") }
  }
}
