// Writes reports of the program's own traces to files, for a while after its start and once at its exit, for programs that cannot be
// queried.

import Dispatch
import Platform
import TraceLayers
import TraceRecords

/// Writes reports of a store: a few after the start, and one when the program calls `exit` or returns from main.
///
/// A file contains the list of traces and the distilled text of those that changed since the last report. It is named
/// `<service>-<pid>-0001.txt`, is complete as soon as it appears, and never replaces another file. A report that cannot be written is
/// counted, see `statistics`, and has no other effect. The program's signals and output are not affected. A child after `fork` writes none,
/// and neither does a killed program.
public final class SnapshotReports: Sendable {
  /// Where reports go, how often, and for how long.
  public struct Options: Sendable {
    /// Created with mode 0700 if it is missing and its parent exists. A relative path is resolved against the current directory at `init`.
    public var directory: String
    /// The time from one report to the next; at least a millisecond.
    public var every: Duration
    /// How long after `init` reports are written; zero leaves only the report at exit.
    public var duration: Duration
    /// The maximum size of one report in bytes, at least 4,096. Traces that do not fit are named in it, and are included in a later report
    /// if they fit there.
    public var maxBytes = 256 << 10

    /// Every 5 s for 30 s by default; one at exit in any case.
    public init(directory: String, every: Duration = .seconds(5), for duration: Duration = .seconds(30)) {
      self.directory = directory
      self.every = every
      self.duration = duration
    }
  }

  /// Counters of the reports.
  public struct Statistics: Sendable, Equatable {
    /// The number of reports in the directory.
    public internal(set) var written: UInt64 = 0
    /// The number of reports that could not be written.
    public internal(set) var failed: UInt64 = 0
    /// Why the latest failed report could not be written.
    public internal(set) var latestFailure: String?
    /// The time for periodic reports is over.
    public internal(set) var isPeriodOver = false
  }

  private struct State: Sendable {
    var statistics = Statistics()
    var isStopped = false
    var isExiting = false
  }

  /// How long the program's exit waits for its report.
  static let exitNanos: Int64 = 1_000_000_000

  private let store: TraceStore
  private let header: SnapshotText.Program
  private let directory: ReportDirectory
  private let periodNanos, durationNanos: Int64
  private let maxBytes: Int
  private let generation: UInt64
  private let state = PosixMutex(State())
  private let wake = DispatchSemaphore(value: 0)
  private let hasEnded = DispatchSemaphore(value: 0)

  /// Starts at once and continues until `stop()` or the end of the program, even if this object is not retained.
  /// - Parameters:
  ///   - store: The store whose traces are reported.
  ///   - service: The program's name, used in file names.
  ///   - run: The id of this execution of the program in its records.
  public init(store: TraceStore, service: String, run: String, options: Options) {
    self.store = store
    header = SnapshotText.Program(service: service, run: run, process: getpid())
    directory = ReportDirectory(options.directory, prefix: "\(ReportDirectory.fileName(service))-\(getpid())")
    periodNanos = max(1_000_000, options.every.clampedNanos)
    durationNanos = max(0, options.duration.clampedNanos)
    maxBytes = max(4_096, options.maxBytes)
    ForkGeneration.watch()
    generation = ForkGeneration.current
    do { try SystemThread.start(signals: .blocked) { self.run() } } catch {
      state.withLock { $0.statistics.count(failure: "no thread for reports could be started") }
      hasEnded.signal()
      return
    }
    SnapshotExit.register(self)
  }

  /// The counters so far; all zero in a child after `fork`.
  public var statistics: Statistics { isOurs ? state.withLock { $0.statistics } : Statistics() }

  /// Writes no more reports, not at exit either. Waits for a report that is being written, at most a second.
  public func stop() {
    SnapshotExit.remove(self)
    guard isOurs,
      state.withLock({ state in
        defer { state.isStopped = true }
        return !state.isStopped
      })
    else { return }
    wake.signal()
    awaitEnd(until: MonotonicClock.nanos + SnapshotReports.exitNanos)
  }

  /// Writes the report for exit now, and none later. Waits for it, at most for that time. A second call does nothing.
  public func shutdown(within bound: Duration = .seconds(1)) {
    let deadline = Deadline(within: bound)
    SnapshotExit.remove(self)
    beginExitReport()
    awaitExitReport(until: deadline.nanos)
  }

  /// Starts the report at exit. The reports' own thread writes it, because that thread has all signals blocked.
  func beginExitReport() {
    guard isOurs else { return }
    state.withLock { $0.isExiting = true }
    wake.signal()
  }

  /// Waits for it until a monotonic time.
  func awaitExitReport(until deadline: Int64) {
    guard isOurs else { return }
    awaitEnd(until: deadline)
  }

  private func awaitEnd(until deadline: Int64) {
    // Signal again, so that a second caller does not wait for ever.
    if hasEnded.wait(timeout: .now() + .nanoseconds(Int(max(0, deadline - MonotonicClock.nanos)))) == .success { hasEnded.signal() }
  }

  /// Whether this is the process that started the reports: a forked child does not have its thread, and the lock may be held.
  private var isOurs: Bool { generation == ForkGeneration.current }

  // MARK: The thread

  private func run() {
    var text = SnapshotText(program: header, maxBytes: maxBytes)
    let start = MonotonicClock.nanos
    var due = start
    while true {
      // A report that took longer than the period replaces those that were due meanwhile.
      due += ((MonotonicClock.nanos - due) / periodNanos + 1) * periodNanos
      let isOver = due - start > durationNanos
      if isOver { state.withLock { $0.statistics.isPeriodOver = true } }
      while MonotonicClock.nanos < due || isOver, !state.withLock({ $0.isStopped || $0.isExiting }) {
        if isOver { wake.wait() } else { _ = wake.wait(timeout: .now() + .nanoseconds(Int(due - MonotonicClock.nanos))) }
      }
      let (isStopped, isExiting) = state.withLock { ($0.isStopped, $0.isExiting) }
      if isStopped { break }
      write(&text, isExiting ? .exit : .periodic)
      if isExiting { break }
    }
    hasEnded.signal()
  }

  private func write(_ text: inout SnapshotText, _ reason: SnapshotText.Reason) {
    // The exit of the program waits for this report: traces that take too long to distil are left out.
    let body = text.next(of: store, deadline: reason == .exit ? MonotonicClock.nanos + SnapshotReports.exitNanos / 2 : .max)
    let time = WallClock.nanos
    switch directory.write({ text.header(number: $0, reason, time: time) + body.text }) {
    case .success:
      text.accept(body)
      state.withLock { $0.statistics.written += 1 }
    case .failure(let failure): state.withLock { $0.statistics.count(failure: failure.description) }
    }
  }
}

extension SnapshotReports.Statistics {
  fileprivate mutating func count(failure: String) {
    failed += 1
    latestFailure = failure
  }
}
