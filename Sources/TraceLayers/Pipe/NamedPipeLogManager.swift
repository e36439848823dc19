// What a program holds on to: records go in without waiting, a thread of ours carries them to the pipe.

import PipeBasics
import Platform
import Synchronization

/// Sends records to the named pipe that `trace-distiller serve` reads.
///
/// `send` never waits: not for a reader, not for the disk, not for another writer. Without a reader, records wait in memory up to `maxBytes`;
/// what does not fit is dropped, counted, and reported to the next reader in a gap record. With `Options.tier` set to `.journal` they go to files first, and
/// survive the death of the program. The program's signals, output and exit code stay its own; at a normal exit what waits is written, within a
/// second, if somebody reads; `shutdown` does so earlier. After `fork` the child is a producer of its own, in the same run.
public final class NamedPipeLogManager: RecordTransport {
  /// What a record survives.
  public enum Tier: Sendable {
    /// Records wait in memory for a reader: they are lost with the program.
    case memory
    /// Records are written to `<pipe>.journal/` before they are offered to a reader; those that were (`PipeStatistics.committed`) survive a killed
    /// program, and are in a server's store exactly once. They do not survive the loss of power: nothing is synced.
    case journal
  }

  /// Where records go, and the bounds of what waits on the way.
  public struct Options: Sendable {
    /// The pipe; nil is where every program of this user looks (`trace-distiller paths` prints it, `TRACE_DISTILLER_PIPE` overrides it).
    public var path: String?
    /// Memory for records that wait, in bytes, allocated at once.
    public var maxBytes = 8 << 20
    /// A longer record is dropped and counted.
    public var maxRecordBytes = 1 << 20
    /// What a record survives: see `Tier`.
    public var tier = Tier.memory
    /// Disk space of this program's journal, in bytes. When it is full the oldest 8 MiB go, counted and reported. A program whose journal cannot be
    /// written goes on as in the memory tier (`problem` says why).
    public var maxJournalBytes = 64 << 20
    /// For tests: a journal's segments.
    package var segmentBytes = 8 << 20

    /// 8 MiB in memory, no journal.
    public init(path: String? = nil) { self.path = path }
  }

  /// One process's share: a child after `fork` makes its own.
  private final class Core: Sendable {
    let run: String
    let queue: SendQueue
    let writer: PipeWriter

    /// - Parameters:
    ///   - suffix: Tells children of one run apart, whose process ids may return.
    ///   - isShutDown: Only counts.
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

  /// The pipe that is written to.
  public let path: String
  private let options: Options
  private let core: Atomic<Unmanaged<Core>>
  private let generation: Atomic<UInt64>
  /// The generation that a thread has begun to make a core for.
  private let claim: Atomic<UInt64>
  private let isShutDown = Atomic<Bool>(false)

  /// Allocates `Options.maxBytes` and starts the writer thread. There need be no pipe yet: it is looked for until it is there.
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
    // What a child of `fork` got of its parent stays as it is: a thread that does not exist here may be in the middle of it.
    guard generation.load(ordering: .acquiring) == ForkGeneration.current else { return }
    flush()
    let core = core.load(ordering: .acquiring)
    core._withUnsafeGuaranteedRef { $0.writer.stop() }
    core.release()
  }

  /// Takes one record; see `RecordTransport`. A few tens of nanoseconds; never waits.
  public func send(_ record: UnsafeRawBufferPointer) {
    withCore { core in if core.queue.append(record) { core.writer.wake() } }
  }

  /// What became of the records so far.
  public var statistics: PipeStatistics { withCore { $0.queue.statistics } }

  /// The same as `runID`, which is never nil.
  public var run: String? { runID }

  /// This execution of the program, as records name it.
  public var runID: String { withCore { $0.run } }

  /// Why the pipe cannot be used, where something else stands at its path; or why the journal takes nothing.
  public var problem: String? { withCore { $0.writer.problem } }

  /// Waits until what was sent is written, at most a second; returns at once where nobody reads.
  public func flush() { _ = flush(until: MonotonicClock.nanos + NamedPipeLogManager.flushNanos) }

  /// Waits until what was sent is written to the pipe or the journal, at most for so long; returns at once where nobody reads.
  /// - Returns: False where something still waits.
  @discardableResult
  public func flush(within bound: Duration) -> Bool { flush(until: Deadline(within: bound).nanos) }

  /// Flushes, closes the pipe and ends the thread, at most within the bound. What is sent later, and what is not written by then, is dropped and counted
  /// (`PipeStatistics.droppedShutdown`). A second call does nothing. A child after `fork` is shut down, too.
  public func shutdown(within bound: Duration = .seconds(1)) {
    let deadline = Deadline(within: bound).nanos
    isShutDown.store(true, ordering: .releasing)
    // A child process that never sent anything has nothing to write and no thread.
    guard generation.load(ordering: .acquiring) == ForkGeneration.current else { return }
    withCore { core in
      core.queue.close()
      _ = core.writer.flush(until: deadline)
      core.writer.stop()
      core.writer.awaitEnd(until: deadline)
    }
  }

  /// How long a flush waits for a reader that does not take what it should.
  static let flushNanos: Int64 = 1_000_000_000

  /// Until a monotonic time.
  func flush(until deadline: Int64) -> Bool {
    // A child process that never sent anything has nothing to write, and needs no thread for that.
    guard generation.load(ordering: .relaxed) == ForkGeneration.current else { return true }
    return withCore { $0.writer.flush(until: deadline) }
  }

  /// Lends this process's share. Taking hold of it instead, threads that send would meet at its count of references.
  @inline(__always)
  private func withCore<Result>(_ body: (Core) -> Result) -> Result {
    if generation.load(ordering: .acquiring) != ForkGeneration.current { makeCoreAfterFork() }
    return core.load(ordering: .acquiring)._withUnsafeGuaranteedRef(body)
  }

  /// The parent's core stays as it was at the fork: its lock may be held by a thread that does not exist here.
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
    // Another thread of this child was first: a millisecond, once.
    while generation.load(ordering: .acquiring) != now { sched_yield() }
  }
}
