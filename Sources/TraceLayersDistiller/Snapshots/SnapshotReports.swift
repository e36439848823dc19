// Reports of the program's own traces as files, for a while after its start and once at its exit: what a program that nobody could ask left behind.

import Dispatch
import Platform
import TraceLayers
import TraceRecords

/// Writes reports of a store: a few in the time after the start, one when the program calls `exit` or returns from main.
///
/// A file holds the list of traces and the distilled text of those that changed since the report before. It is called `<service>-<pid>-0001.txt`, stands
/// there whole or not at all, and never takes the place of another. A report that cannot be written is counted, see `statistics`; nothing else
/// happens. The program's signals and output stay its own. A child after `fork` writes none; nor does a program that is killed.
public final class SnapshotReports: Sendable {
  /// Where reports go, how often and for how long.
  public struct Options: Sendable {
    /// Made, with mode 0700, where it is missing and its parent is there. A relative path counts from where the program stands at `init`.
    public var directory: String
    /// From one report to the next; at least a millisecond.
    public var every: Duration
    /// For so long after `init`; zero leaves only the report at exit.
    public var duration: Duration
    /// Most bytes of one report, at least 4,096. What does not fit is named in it, and comes with a later report if it fits there.
    public var maxBytes = 256 << 10

    /// Every 5 s for 30 s, unless told otherwise; one at exit in any case.
    public init(directory: String, every: Duration = .seconds(5), for duration: Duration = .seconds(30)) {
      self.directory = directory
      self.every = every
      self.duration = duration
    }
  }

  /// What became of the reports.
  public struct Statistics: Sendable, Equatable {
    /// Reports that stand in the directory.
    public internal(set) var written: UInt64 = 0
    /// Reports that could not be written.
    public internal(set) var failed: UInt64 = 0
    /// Why the latest of those could not be.
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

  /// Begins at once; goes on until `stop()` or the end of the program, whoever holds on to this.
  /// - Parameters:
  ///   - store: Whose traces.
  ///   - service: What the program calls itself; files are named after it.
  ///   - run: One execution of the program, as its records name it.
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

  /// What became of the reports so far; in a child after `fork`, nothing.
  public var statistics: Statistics { isOurs ? state.withLock { $0.statistics } : Statistics() }

  /// Writes no more, not at exit either. Waits for a report that is being written, at most a second.
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

  /// Writes the report that would come at exit, and none later. Waits for it, at most for so long. A second call does nothing.
  public func shutdown(within bound: Duration = .seconds(1)) {
    let deadline = Deadline(within: bound)
    SnapshotExit.remove(self)
    beginExitReport()
    awaitExitReport(until: deadline.nanos)
  }

  /// The report at exit, written by the thread that writes all of them, as that one has every signal blocked.
  func beginExitReport() {
    guard isOurs else { return }
    state.withLock { $0.isExiting = true }
    wake.signal()
  }

  /// Waits for it, until a monotonic time.
  func awaitExitReport(until deadline: Int64) {
    guard isOurs else { return }
    awaitEnd(until: deadline)
  }

  private func awaitEnd(until deadline: Int64) {
    // Whoever waits next must not wait in vain.
    if hasEnded.wait(timeout: .now() + .nanoseconds(Int(max(0, deadline - MonotonicClock.nanos)))) == .success { hasEnded.signal() }
  }

  /// The process that began the reports: another has neither its thread nor, for certain, its lock.
  private var isOurs: Bool { generation == ForkGeneration.current }

  // MARK: The thread

  private func run() {
    var text = SnapshotText(program: header, maxBytes: maxBytes)
    let start = MonotonicClock.nanos
    var due = start
    while true {
      // A report that took longer than the period costs those that were due meanwhile.
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
    // At exit somebody waits: what takes too long to distil is left out, so that there is a report at all.
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
