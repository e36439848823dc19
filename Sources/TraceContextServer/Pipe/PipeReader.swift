// The thread that reads the pipes: from bytes to records to the store, whatever clients request meanwhile.

import CAllocator
package import Platform
import Synchronization
package import TraceDistiller
package import TraceRecords

/// Reads named pipes into a store for the life of the process, with one thread and one poll(2) for all of them. They are read in turns: a
/// busy pipe is read for `turnBytes`, then every other pipe with data is read before it gets its next turn.
package final class PipeReader: Sendable {
  /// The bytes read from one pipe per turn, about 800 native records: a quarter of the pipe's buffer, so that its writer is not woken too
  /// often.
  private static let turnBytes = 256 << 10

  private let store: SharedTraceStore
  private let maxLineBytes: Int
  private let clock: @Sendable () -> Int64
  private let statuses: [PipeStatus]
  private let isOwner: [Bool]
  /// The pipes that we own, until the thread takes them over. If they were closed in between, records written meanwhile would be lost.
  private let opened: Mutex<[NamedPipe?]>
  private let wakeup = WakeupPipe()
  private let settling = Settling()

  /// Opens or creates every pipe and its lock, so that a bad path fails before the first byte is served. The pipes are the store's sources
  /// 0, 1, ….
  /// - Parameter group: may write to the pipes in addition to their owner.
  package init(
    paths: [PipePath], group: PipeGroup? = nil, store: SharedTraceStore, maxLineBytes: Int, clock: @escaping @Sendable () -> Int64,
    onEvent: @escaping @Sendable (String) -> Void
  ) throws(PipeError) {
    guard paths.count <= PipePath.maxPaths else { throw .tooMany(paths.count) }
    var pipes: [NamedPipe] = []
    var statuses: [PipeStatus] = []
    for path in paths {
      let pipe = try NamedPipe(opening: path.path, group: group)
      if let same = pipes.first(where: { $0.identity == pipe.identity }) { throw .twice(path: same.path, as: path.path) }
      pipes.append(pipe)
      statuses.append(PipeStatus(path: path, group: group, lock: try PipeLock(path: path.lockPath), onEvent: onEvent))
      if let correction = pipe.correction { onEvent(correction) }
    }
    self.store = store
    self.maxLineBytes = maxLineBytes
    self.clock = clock
    self.statuses = statuses
    // Locked here already, so that the first status is correct.
    var isOwner: [Bool] = []
    for status in statuses { isOwner.append(try status.own()) }
    self.isOwner = isOwner
    opened = Mutex(zip(pipes, isOwner).map { pipe, isOurs in isOurs ? pipe : nil })
  }

  /// The entries in `server/status`: each pipe, and its journal if there is one.
  package var status: [SourceReport] { statuses.flatMap(\.reports) }

  /// Starts the thread. It waits for a pipe that another server reads, and takes it over when that server ends. Without the thread the
  /// server would receive no records, so the caller must end the process if this throws.
  package func start() throws(SystemThread.Refused) {
    // For a long-running process.
    keep_little_free_memory()
    try SystemThread.start { [self] in run() }
  }

  /// Waits until everything is in the store that writers wrote before the call, what has no newline and what is in a journal with it.
  /// - Returns: false where writers go on and on.
  package func settle(within nanos: Int64) -> Bool { settling.wait(until: MonotonicClock.nanos + nanos) { wakeup.signal() } }

  /// The server ends by itself: what was read of the journals goes with it, and no later server tells of a kill.
  package func end() {
    for status in statuses where status.isReading { JournalTaken.forget(pipe: status.path.path) }
  }

  private func run() {
    let opened = self.opened.withLock { pipes in
      defer { pipes = [] }
      return pipes
    }
    let intakes = statuses.indices.map { index in
      PipeIntake(
        statuses[index], isOwner: isOwner[index], opened: opened[index], store: store, source: SourceID(index), maxLineBytes: maxLineBytes,
        clock: clock, wakeup)
    }
    var loop = IntakeLoop(intakes, wakeup: wakeup, settling: settling, turnBytes: PipeReader.turnBytes)
    loop.run()
  }
}
