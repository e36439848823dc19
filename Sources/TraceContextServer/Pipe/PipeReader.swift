// The thread that reads the pipe: bytes to records to store, whatever clients ask meanwhile.

import Glibc
import Synchronization
package import TraceDistiller
package import TraceRecords

/// Reads one named pipe into a store for the life of the process.
package final class PipeReader: Sendable {
  private let path: PipePath
  private let store: SharedTraceStore
  private let source: SourceID
  private let clock: @Sendable () -> Int64
  private let maxLineBytes: Int
  private let onEvent: @Sendable (String) -> Void
  /// The lock that is held or waited for; a new one where its file was removed.
  private let lock: Mutex<PipeLock>
  private let report: Mutex<SourceReport>
  private let journalReport = Mutex<SourceReport?>(nil)

  /// Opens or makes the pipe and its lock, so that a bad path fails before the first byte is served.
  package init(
    path: PipePath, store: SharedTraceStore, source: SourceID, maxLineBytes: Int, clock: @escaping @Sendable () -> Int64,
    onEvent: @escaping @Sendable (String) -> Void
  ) throws(PipeError) {
    self.path = path
    self.store = store
    self.source = source
    self.clock = clock
    self.maxLineBytes = maxLineBytes
    self.onEvent = onEvent
    _ = try NamedPipe(opening: path.path)
    lock = Mutex(try PipeLock(path: path.lockPath))
    report = Mutex(SourceReport(kind: "pipe", path: path.path, state: "starting"))
  }

  /// What `server/status` shows of this pipe, and of the journal beside it where there is one.
  package var status: [SourceReport] {
    var status = report.withLock { $0 }
    if status.state == "owned" { status.ownerPID = lock.withLock { $0 }.ownerPID }
    return [status] + (journalReport.withLock { $0 }.map { [$0] } ?? [])
  }

  /// Starts the thread. A pipe that another server reads is waited for, and taken over when that server ends.
  package func start() {
    // Tried here already, so that the first status tells the truth.
    let first = lock.withLock { $0 }
    let isOwner = first.tryLock()
    if isOwner { report.withLock { $0.state = "reading" } } else { noteOwner(first) }
    ServerThread.start { [self] in run(first, isOwner: isOwner) }
  }

  private func noteOwner(_ lock: PipeLock) {
    report.withLock { $0.state = "owned" }
    onEvent("the pipe \(path.path) is read by another server (pid \(lock.ownerPID ?? 0)); waiting to take over")
  }

  /// For the life of the process: own the pipe, read it until it is no longer in its place, and begin again.
  private func run(_ first: PipeLock, isOwner: Bool) {
    var stream = RecordStream(maxLineBytes: maxLineBytes)
    var journal = JournalReplay(pipe: path.path, store: store, source: source, maxLineBytes: maxLineBytes)
    var lock = first
    var isOwner = isOwner
    while true {
      do throws(PipeError) {
        if !lock.isInPlace {
          // Opening makes the directory and the pipe where they are gone.
          _ = try NamedPipe(opening: path.path)
          lock = try PipeLock(path: path.lockPath)
          isOwner = lock.tryLock()
          let current = lock
          self.lock.withLock { $0 = current }
          if !isOwner { noteOwner(lock) }
        }
        if !isOwner {
          guard lock.waitForLock() else { throw .system(path: path.lockPath, call: "flock", errno: errno) }
          isOwner = true
          onEvent("took over the pipe \(path.path)")
          continue
        }
        let pipe = try NamedPipe(opening: path.path)
        report.withLock {
          $0.state = "reading"
          $0.message = nil
        }
        read(pipe, lock, &stream, &journal)
        onEvent("the pipe \(path.path) was removed or replaced; opening it again")
      } catch {
        fail(error.description)
        // Somebody has to mend it; until then a look every two seconds.
        sleep(2)
      }
    }
  }

  private func fail(_ message: String) {
    let isNews = report.withLock { report in
      defer {
        report.state = "unavailable"
        report.message = message
      }
      return report.message != message
    }
    if isNews { onEvent("the pipe \(path.path) is not read: \(message)") }
  }

  /// Reads until the path no longer leads to the pipe.
  private func read(_ pipe: borrowing NamedPipe, _ lock: PipeLock, _ stream: inout RecordStream, _ journal: inout JournalReplay) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
    defer { buffer.deallocate() }
    var nextLook: Int64 = 0
    var lastCheck = SystemState.monotonicNanos()
    var (lastRead, isHolding) = (lastCheck, false)
    while true {
      let now = SystemState.monotonicNanos()
      if now >= nextLook {
        // A piece at a time: the pipe must not wait for a large journal.
        let hasMore = look(&journal)
        nextLook = hasMore ? now : now + (journal.exists ? PipeReader.journalNanos : PipeReader.idleNanos)
      }
      let count = Glibc.read(pipe.reader, buffer.baseAddress, buffer.count)
      if count > 0 {
        feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]), &stream)
        isHolding = stream.holdsRecords
        lastRead = now
        continue
      }
      if isHolding, now - lastRead >= PipeReader.releaseNanos {
        release(&stream)
        isHolding = false
      }
      if now - lastCheck >= PipeReader.idleNanos {
        if !pipe.isInPlace || !lock.isInPlace { return }
        lastCheck = now
      }
      var entry = pollfd(fd: pipe.reader, events: Int16(POLLIN), revents: 0)
      let nextRelease = isHolding ? lastRead + PipeReader.releaseNanos : .max
      _ = poll(&entry, 1, Int32(max(0, (min(nextLook, lastCheck + PipeReader.idleNanos, nextRelease) - now) / 1_000_000 + 1)))
    }
  }

  private static let journalNanos: Int64 = 500_000_000
  /// Between two looks whether the pipe is still in its place, and whether there is a journal by now.
  private static let idleNanos: Int64 = 2_000_000_000

  /// Silence after which formats hand on what waits for later values.
  private static let releaseNanos: Int64 = 200_000_000

  private func look(_ journal: inout JournalReplay) -> Bool {
    let before = journal.status
    let hasMore = journal.look(now: clock(), budget: 4 << 20)
    let after = journal.status
    if let after, before != after {
      journalReport.withLock { $0 = after }
      if let problem = after.problems.last, before?.problems.last != problem { onEvent("\(after.path): \(problem)") }
      if let refusal = after.message, before?.message != refusal { onEvent("the journal \(after.path) is not read: \(refusal)") }
    }
    return hasMore
  }

  private func feed(_ chunk: UnsafeRawBufferPointer, _ stream: inout RecordStream) {
    let now = clock()
    take(&stream) { stream in
      stream.feed(chunk) { batch, texts in store.apply(batch, texts, source: source, now: now) }
    }
  }

  private func release(_ stream: inout RecordStream) {
    let now = clock()
    take(&stream) { stream in
      stream.release { batch, texts in store.apply(batch, texts, source: source, now: now) }
    }
  }

  /// Lets the stream give records, and tells what it could not take.
  private func take(_ stream: inout RecordStream, _ body: (inout RecordStream) -> Void) {
    let lostBefore = stream.statistics.lost
    body(&stream)
    let lost = stream.statistics.lost - lostBefore
    if lost > 0 { store.withLock { $0.count(lostLines: lost) } }
    let (statistics, problems) = (stream.statistics, stream.problems)
    report.withLock {
      $0.statistics = statistics
      if lost > 0 { $0.problems = problems }
    }
    if lost > 0, let problem = problems.last {
      onEvent("\(path.path): \(lost == 1 ? "a line was" : "\(lost) lines were") not taken, the latest: \(problem)")
    }
  }
}
