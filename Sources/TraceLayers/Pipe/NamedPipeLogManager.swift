// The object that a program uses: it accepts records without waiting, and a background thread writes them to the pipe.

import PipeBasics
import Platform
import Synchronization

/// Sends records to the named pipe that `trace-distiller serve` reads.
///
/// `send` never waits: not for a reader, not for the disk, not for another writer. Without a reader, records wait in memory up to
/// `maxBytes`; further ones are dropped, counted, and reported to the next reader in a gap record. If `Options.tier` is `.journal`, records
/// are written to files first and survive the death of the program. The program's signals, output and exit code are not affected. At a
/// normal exit waiting records are written, within a second, if there is a reader; `shutdown` does so earlier. After `fork` the child is a
/// producer of its own in the same run.
public final class NamedPipeLogManager: RecordTransport {
  /// Which events a record survives.
  public enum Tier: Sendable {
    /// Records wait in memory for a reader. They are lost when the program dies.
    case memory
    /// Records are written to `<pipe>.journal/` before they are offered to a reader. Once written (`PipeStatistics.committed`) they survive
    /// a killed program, and reach a server's store exactly once. They do not survive power loss: nothing is synced.
    case journal
  }

  /// Where records go, and the limits for waiting records.
  public struct Options: Sendable {
    /// The pipe's path; nil is the default for all programs of this user (`trace-distiller paths` prints it, `TRACE_DISTILLER_PIPE`
    /// overrides it).
    public var path: String?
    /// Memory for waiting records, in bytes, allocated at once.
    public var maxBytes = 8 << 20
    /// A longer record is dropped and counted.
    public var maxRecordBytes = 1 << 20
    /// Which events a record survives: see `Tier`.
    public var tier = Tier.memory
    /// Disk space for this program's journal, in bytes. When it is full the oldest 8 MiB are removed, counted and reported. A program whose
    /// journal cannot be written continues as in the memory tier (`problem` says why).
    public var maxJournalBytes = 64 << 20
    /// For tests: the size of a journal's segments.
    package var segmentBytes = 8 << 20

    /// 8 MiB in memory, no journal.
    public init(path: String? = nil) { self.path = path }
  }

  /// The state of one process: a child after `fork` creates its own.
  private final class Core: Sendable {
    let run: String
    let queue: SendQueue
    let writer: PipeWriter

    /// - Parameters:
    ///   - suffix: Distinguishes children of one run, whose process ids may be reused.
    ///   - isShutDown: Only counts records.
    init(path: String, options: Options, run: String, suffix: String = "", isShutDown: Bool = false) {
      self.run = run
      let maxBytes = max(64 << 10, options.maxBytes)
      let recordBytes = min(options.maxRecordBytes, maxBytes / 4)
      let producer = "\(run)-\(getpid())\(suffix)"
      queue = SendQueue(producer: producer, maxBytes: maxBytes, maxRecordBytes: recordBytes)
      var journal: JournalSettings?
      if options.tier == .journal {
        journal = JournalSettings(
          producer: producer,
          limits: .init(
            segmentBytes: options.segmentBytes, totalBytes: max(options.maxJournalBytes, 2 * options.segmentBytes), recordBytes: recordBytes
          ))
      }
      writer = PipeWriter(path: path, queue: queue, session: run, journal: journal)
      if isShutDown {
        queue.close()
        writer.noteEnd()
      } else {
        writer.start()
      }
    }
  }

  /// The path of the pipe.
  public let path: String
  private let options: Options
  private let core: Atomic<Unmanaged<Core>>
  private let generation: Atomic<UInt64>
  /// The generation for which a thread has begun to create a core.
  private let claim: Atomic<UInt64>
  private let isShutDown = Atomic<Bool>(false)

  /// Allocates `Options.maxBytes` and starts the writer thread. The pipe does not have to exist yet: the thread looks for it until it does.
  public init(options: Options = Options()) {
    self.options = options
    path = PipePath.resolve(option: options.path, environment: PipePath.environment()).path
    ForkGeneration.watch()
    let run = TraceID.random().description
    core = Atomic(Unmanaged.passRetained(Core(path: path, options: options, run: run)))
    generation = Atomic(ForkGeneration.current)
    claim = Atomic(ForkGeneration.current)
    ExitFlush.register(self)
  }

  deinit {
    // The state that a child of `fork` inherited is not touched: a thread that does not exist here may have been changing it.
    guard generation.load(ordering: .acquiring) == ForkGeneration.current else { return }
    flush()
    let core = core.load(ordering: .acquiring)
    core._withUnsafeGuaranteedRef { $0.writer.stop() }
    core.release()
  }

  /// Accepts one record; see `RecordTransport`. Takes a few tens of nanoseconds; never waits.
  public func send(_ record: UnsafeRawBufferPointer) {
    withCore { core in if core.queue.append(record) { core.writer.wake() } }
  }

  /// Counters of the records so far.
  public var statistics: PipeStatistics { withCore { $0.queue.statistics } }

  /// The same as `runID`, which is never nil.
  public var run: String? { runID }

  /// The id of this execution of the program in records.
  public var runID: String { withCore { $0.run } }

  /// Why the pipe cannot be used (its path is something else), or why the journal cannot be written; nil if there is no problem.
  public var problem: String? { withCore { $0.writer.problem } }

  /// Waits until everything sent before is written, at most a second. Returns at once if there is no reader.
  public func flush() { _ = flush(until: MonotonicClock.nanos + NamedPipeLogManager.flushNanos) }

  /// Waits until everything sent before is written to the pipe or the journal, at most for that time. Returns at once if there is no
  /// reader.
  /// - Returns: False if something is not written yet.
  @discardableResult
  public func flush(within bound: Duration) -> Bool { flush(until: Deadline(within: bound).nanos) }

  /// Flushes, closes the pipe and ends the thread, at most within the bound. Records sent later or not written by then are dropped and
  /// counted (`PipeStatistics.droppedShutdown`). A second call does nothing. A child after `fork` is shut down too.
  public func shutdown(within bound: Duration = .seconds(1)) {
    let deadline = Deadline(within: bound).nanos
    isShutDown.store(true, ordering: .releasing)
    // A child process that sent nothing has nothing to write and no thread.
    guard generation.load(ordering: .acquiring) == ForkGeneration.current else { return }
    withCore { core in
      core.queue.close()
      _ = core.writer.flush(until: deadline)
      core.writer.stop()
      core.writer.awaitEnd(until: deadline)
    }
  }

  /// How long a flush waits for a reader that does not read.
  static let flushNanos: Int64 = 1_000_000_000

  /// Flushes until a monotonic time.
  func flush(until deadline: Int64) -> Bool {
    // A child process that sent nothing has nothing to write, and does not need a thread for that.
    guard generation.load(ordering: .relaxed) == ForkGeneration.current else { return true }
    return withCore { $0.writer.flush(until: deadline) }
  }

  /// Passes this process's core to the body. Retaining it instead would make the sending threads contend for its reference count.
  @inline(__always)
  private func withCore<Result>(_ body: (Core) -> Result) -> Result {
    if generation.load(ordering: .acquiring) != ForkGeneration.current { makeCoreAfterFork() }
    return core.load(ordering: .acquiring)._withUnsafeGuaranteedRef(body)
  }

  /// The parent's core is not touched: its lock may be held by a thread that does not exist here.
  private func makeCoreAfterFork() {
    let now = ForkGeneration.current
    let claimed = claim.load(ordering: .acquiring)
    if claimed != now, claim.compareExchange(expected: claimed, desired: now, ordering: .acquiringAndReleasing).exchanged {
      let (run, segment) = core.load(ordering: .acquiring)._withUnsafeGuaranteedRef { ($0.run, $0.writer.journalDescriptor) }
      if segment >= 0 { close(segment) }
      ExitFlush.noteUse()
      let suffix = "-" + String(UInt32.random(in: 0...UInt32.max), radix: 16)
      let new = Core(path: path, options: options, run: run, suffix: suffix, isShutDown: isShutDown.load(ordering: .acquiring))
      core.store(Unmanaged.passRetained(new), ordering: .releasing)
      generation.store(now, ordering: .releasing)
    }
    // Another thread of this child is creating the core: this takes about a millisecond, once.
    while generation.load(ordering: .acquiring) != now { sched_yield() }
  }
}
