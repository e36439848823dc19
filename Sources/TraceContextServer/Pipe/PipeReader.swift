// The thread that reads the pipes: bytes to records to store, whatever clients ask meanwhile.

import CAllocator
package import Platform
import Synchronization
package import TraceDistiller
package import TraceRecords

/// Reads named pipes into a store for the life of the process. One thread and one poll(2) for all of them, in turns: a pipe that never runs empty
/// gives `turnBytes`, then every other one that has something is read before it gives more.
package final class PipeReader: Sendable {
  /// What one pipe gives at a time, about 800 native records: a quarter of what it holds, so that its writer is woken seldom.
  private static let turnBytes = 256 << 10

  private let store: SharedTraceStore
  private let maxLineBytes: Int
  private let clock: @Sendable () -> Int64
  private let statuses: [PipeStatus]
  private let isOwner: [Bool]
  /// The pipes that are ours, until the thread has them: closed between, they would lose what is written meanwhile.
  private let opened: Mutex<[NamedPipe?]>
  private let wakeup = WakeupPipe()
  private let settling = Settling()

  /// Opens or makes every pipe and its lock, so that a bad path fails before the first byte is served. The pipes are the store's sources 0, 1, ….
  /// - Parameter group: may write to the pipes besides their owner.
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
    // Tried here already, so that the first status is true.
    var isOwner: [Bool] = []
    for status in statuses { isOwner.append(try status.own()) }
    self.isOwner = isOwner
    opened = Mutex(zip(pipes, isOwner).map { pipe, isOurs in isOurs ? pipe : nil })
  }

  /// What `server/status` shows of each pipe, and of the journal beside it where there is one.
  package var status: [SourceReport] { statuses.flatMap(\.reports) }

  /// Starts the thread. A pipe that another server reads is waited for, and taken over when that server ends.
  /// Without the thread the server would look alive and hear nothing: the caller ends then.
  package func start() throws(SystemThread.Refused) {
    // For a process that lives on and on.
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
