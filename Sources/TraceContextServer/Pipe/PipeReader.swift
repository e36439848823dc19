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
  private let lock: PipeLock
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
    lock = try PipeLock(path: path.lockPath)
    report = Mutex(SourceReport(kind: "pipe", path: path.path, state: "starting"))
  }

  /// What `server/status` shows of this pipe.
  package var status: SourceReport {
    var status = report.withLock { $0 }
    if status.state == "owned" { status.ownerPID = lock.ownerPID }
    return status
  }

  /// Starts the thread. A pipe that another server reads is waited for, and taken over when that server ends.
  package func start() {
    let isOwner = lock.tryLock()
    report.withLock { $0.state = isOwner ? "reading" : "owned" }
    if !isOwner { onEvent("the pipe \(path.path) is read by another server (pid \(lock.ownerPID ?? 0)); waiting to take over") }
    ServerThread.start { [self] in
      if !isOwner {
        guard lock.waitForLock() else { return fail("the lock cannot be taken: \(String(cString: strerror(errno)))") }
        report.withLock { $0.state = "reading" }
        onEvent("took over the pipe \(path.path)")
      }
      run()
    }
  }

  private func fail(_ message: String) {
    onEvent("the pipe \(path.path) is not read: \(message)")
    report.withLock {
      $0.state = "unavailable"
      $0.message = message
    }
  }

  private func run() {
    var stream = RecordStream(maxLineBytes: maxLineBytes)
    while true {
      do {
        let pipe = try NamedPipe(opening: path.path)
        read(pipe, &stream)
        onEvent("the pipe \(path.path) was removed or replaced; opening it again")
      } catch {
        fail(error.description)
        return
      }
    }
  }

  /// Reads until the path no longer leads to the pipe.
  private func read(_ pipe: borrowing NamedPipe, _ stream: inout RecordStream) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
    defer { buffer.deallocate() }
    while true {
      let count = Glibc.read(pipe.reader, buffer.baseAddress, buffer.count)
      if count > 0 {
        feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]), &stream)
      } else if !wait(pipe) {
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
  private func wait(_ pipe: borrowing NamedPipe) -> Bool {
    while true {
      var entry = pollfd(fd: pipe.reader, events: Int16(POLLIN), revents: 0)
      let ready = poll(&entry, 1, 5_000)
      if ready > 0 { return true }
      if ready < 0, errno == EINTR { continue }
      if !pipe.isInPlace { return false }
    }
  }
}
