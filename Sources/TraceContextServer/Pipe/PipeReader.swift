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

  /// What `server/status` shows of this pipe.
  package var status: SourceReport {
    var status = report.withLock { $0 }
    if status.state == "owned" { status.ownerPID = lock.withLock { $0 }.ownerPID }
    return status
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
        read(pipe, lock, &stream)
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
  private func read(_ pipe: borrowing NamedPipe, _ lock: PipeLock, _ stream: inout RecordStream) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
    defer { buffer.deallocate() }
    while true {
      let count = Glibc.read(pipe.reader, buffer.baseAddress, buffer.count)
      if count > 0 {
        feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]), &stream)
      } else if !wait(pipe, lock) {
        return
      }
    }
  }

  private func feed(_ chunk: UnsafeRawBufferPointer, _ stream: inout RecordStream) {
    let lostBefore = stream.statistics.lost
    let now = clock()
    stream.feed(chunk) { batch, texts in store.apply(batch, texts, source: source, now: now) }
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

  /// Waits for bytes. Every few seconds without any it looks whether the pipe is still in its place; false where it is not.
  private func wait(_ pipe: borrowing NamedPipe, _ lock: PipeLock) -> Bool {
    while true {
      var entry = pollfd(fd: pipe.reader, events: Int16(POLLIN), revents: 0)
      let ready = poll(&entry, 1, 2_000)
      if ready > 0 { return true }
      if ready < 0, errno == EINTR { continue }
      if !pipe.isInPlace || !lock.isInPlace { return false }
    }
  }
}
