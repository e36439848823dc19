// What a program holds on to: records go in without waiting, a thread of ours carries them to the pipe.

import Glibc
import Synchronization
import TraceRecords

/// Sends records to the named pipe that `trace-distiller serve` reads.
///
/// `send` never waits: not for a reader, not for the disk, not for another writer. Without a reader, records wait in memory up to `maxBytes`;
/// what does not fit is dropped, counted, and told to the next reader in a gap record. The program's signals, output and exit code stay its own;
/// at a normal exit what waits is written, within a second, if somebody reads. After `fork` the child is a producer of its own.
public final class NamedPipeLogManager: RecordTransport {
  public struct Options: Sendable {
    /// The pipe; nil is where every program of this user looks (`trace-distiller paths` prints it, `TRACE_DISTILLER_PIPE` overrides it).
    public var path: String?
    /// Memory for records that wait, in bytes, allocated at once.
    public var maxBytes = 8 << 20
    /// A longer record is dropped and counted.
    public var maxRecordBytes = 1 << 20

    public init(path: String? = nil) { self.path = path }
  }

  /// One process's share: a child after `fork` makes its own.
  private final class Core: Sendable {
    let run: String
    let queue: SendQueue
    let writer: PipeWriter

    init(path: String, options: Options) {
      var generator = SystemRandomNumberGenerator()
      run = String(generator.next(), radix: 16) + String(generator.next(), radix: 16)
      let maxBytes = max(64 << 10, options.maxBytes)
      queue = SendQueue(producer: "\(run)-\(getpid())", maxBytes: maxBytes, maxRecordBytes: min(options.maxRecordBytes, maxBytes / 4))
      writer = PipeWriter(path: path, queue: queue, session: run)
      writer.start()
    }
  }

  public let path: String
  private let options: Options
  private let core: Atomic<Unmanaged<Core>>
  private let generation: Atomic<UInt64>

  public init(options: Options = Options()) {
    self.options = options
    path = PipePath.resolve(option: options.path, environment: PipePath.environment()).path
    ForkGeneration.watch()
    core = Atomic(Unmanaged.passRetained(Core(path: path, options: options)))
    generation = Atomic(ForkGeneration.current)
    ExitFlush.register(self)
  }

  deinit {
    flush()
    let core = core.load(ordering: .acquiring)
    core._withUnsafeGuaranteedRef { $0.writer.stop() }
    core.release()
  }

  /// Takes one record; see `RecordTransport`. A few tens of nanoseconds; never waits.
  public func send(_ record: UnsafeRawBufferPointer) {
    let core = current()
    if core.queue.append(record) { core.writer.wake() }
  }

  /// What became of the records so far.
  public var statistics: PipeStatistics { current().queue.statistics }

  /// This execution of the program, as records name it.
  public var runID: String { current().run }

  /// Why the pipe cannot be used, where something else stands at its path.
  public var problem: String? { current().writer.problem }

  /// Waits until what was sent is written, at most a second; returns at once where nobody reads.
  public func flush() { current().writer.flush(withinNanos: 1_000_000_000) }

  private func current() -> Core {
    if generation.load(ordering: .relaxed) == ForkGeneration.current {
      return core.load(ordering: .acquiring)._withUnsafeGuaranteedRef { $0 }
    }
    return afterFork()
  }

  /// The parent's core stays as it was at the fork: its lock may be held by a thread that does not exist here.
  private func afterFork() -> Core {
    let new = Core(path: path, options: options)
    core.store(Unmanaged.passRetained(new), ordering: .releasing)
    generation.store(ForkGeneration.current, ordering: .releasing)
    return new
  }
}
