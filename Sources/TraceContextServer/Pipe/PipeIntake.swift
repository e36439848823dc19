// The state of one pipe on the reading thread: owned by another server, open or closed, and its counters.

import CAllocator
import Platform
import TraceDistiller
import TraceRecords

/// Owned by the reading thread. `attend` is called before every poll(2), `read` when the pipe has data.
struct PipeIntake: Intake {
  private enum Stage {
    /// Another server reads the pipe.
    case owned(LockWait)
    case reading(NamedPipe)
    /// Opening failed and a person has to fix something; the next attempt is not before that instant.
    case closed(until: Int64)
  }

  private let status: PipeStatus
  private let store: SharedTraceStore
  private let source: SourceID
  private let clock: @Sendable () -> Int64
  /// Ends the poll(2) when the lock is ours.
  private let wakeup: WakeupPipe
  private var stage = Stage.closed(until: 0)
  private var isOwner: Bool
  private var stream: RecordStream
  private var journal: JournalReplay
  /// Something was read since free memory was last returned to the system.
  private var isWorn = false
  /// The bytes of unfinished lines that the store has counted.
  private var accounted = 0
  private var nextLook: Int64 = 0
  private var nextCheck: Int64 = 0
  /// The last poll found no data in the pipe.
  private var isQuiet = true
  /// A format holds back records until later values arrive.
  private var isHolding = false
  /// `server/status` shows an unfinished value.
  private var isUnfinishedTold = false
  private var attendedAt: Int64 = 0
  private var lastRead: Int64 = 0

  /// - Parameter opened: the pipe, if we own it and it is already open.
  init(
    _ status: PipeStatus, isOwner: Bool, opened: NamedPipe?, store: SharedTraceStore, source: SourceID, maxLineBytes: Int,
    clock: @escaping @Sendable () -> Int64, _ wakeup: WakeupPipe
  ) {
    self.status = status
    self.isOwner = isOwner
    self.store = store
    self.source = source
    self.clock = clock
    self.wakeup = wakeup
    stream = RecordStream(maxLineBytes: maxLineBytes)
    journal = JournalReplay(pipe: status.path.path, store: store, source: source, maxLineBytes: maxLineBytes)
    if !isOwner {
      awaitOwner()
    } else if let opened {
      stage = .reading(opened)
      status.reading()
    }
  }

  /// The descriptor to poll for input; −1, which poll(2) ignores, if no pipe is open.
  var descriptor: Int32 {
    if case .reading(let pipe) = stage { return pipe.reader }
    return -1
  }

  /// Does what is due. Returns the latest time at which it must be called again.
  mutating func attend(_ now: Int64) -> Int64 {
    attendedAt = now
    switch stage {
    case .closed(let instant):
      if now >= instant { attempt(now) { intake throws(PipeError) in try intake.open(now) } }
    case .owned(let wait):
      attempt(now) { intake throws(PipeError) in try intake.takeOver(wait, now) }
    case .reading(let pipe):
      // Only when no bytes arrive: the rest of a removed pipe is read before it is opened again.
      if isQuiet, now >= nextCheck {
        nextCheck = now + PipeIntake.idleNanos
        if isWorn, now - lastRead >= PipeIntake.idleNanos {
          give_back_free_memory()
          isWorn = false
        }
        if !pipe.isInPlace || !status.lock.isInPlace {
          status.tell("the pipe \(status.path.path) was removed or replaced; opening it again")
          attempt(now) { intake throws(PipeError) in try intake.open(now) }
        }
      }
    }
    isQuiet = true
    switch stage {
    case .closed(let instant): return instant
    case .owned: return .max
    case .reading:
      // A part at a time: other pipes must not wait for a large journal.
      if now >= nextLook { nextLook = look() ? now : now + (journal.exists ? PipeIntake.journalNanos : PipeIntake.idleNanos) }
      if isHolding, now - lastRead >= PipeIntake.releaseNanos { release() }
      return min(nextLook, nextCheck, isHolding ? lastRead + PipeIntake.releaseNanos : .max)
    }
  }

  /// Reads from the pipe, at most the buffer's size.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) {
    guard case .reading(let pipe) = stage else { return }
    let count = Platform.read(pipe.reader, buffer.baseAddress, buffer.count)
    guard count > 0 else { return }
    isQuiet = false
    isWorn = true
    lastRead = attendedAt
    feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
  }

  mutating func settle() {
    guard case .reading = stage else { return }
    // What the first look finds missing the second takes.
    for _ in 0..<2 { while look() {} }
    release()
  }

  private static let journalNanos: Int64 = 500_000_000
  /// The interval of the checks whether the pipe is still in its place and whether a journal exists.
  private static let idleNanos: Int64 = 2_000_000_000
  /// After this time without data, formats release the records that wait for later values.
  private static let releaseNanos: Int64 = 200_000_000

  // MARK: Owning and opening

  private mutating func attempt(_ now: Int64, _ body: (inout PipeIntake) throws(PipeError) -> Void) {
    do throws(PipeError) {
      try body(&self)
    } catch {
      stage = .closed(until: now + PipeIntake.idleNanos)
      status.unavailable(error.description)
    }
  }

  private mutating func takeOver(_ wait: LockWait, _ now: Int64) throws(PipeError) {
    switch wait.outcome {
    case nil: return
    case .failed(let code): throw .system(path: status.path.lockPath, call: "flock", errno: code)
    case .taken:
      isOwner = true
      status.tell("took over the pipe \(status.path.path)")
      try open(now)
    }
  }

  private mutating func open(_ now: Int64) throws(PipeError) {
    let path = status.path
    // If the lock's file is gone, another server would create and lock a new one.
    if !status.lock.isInPlace {
      // Opening creates the directory and the pipe if they are gone.
      _ = try NamedPipe(opening: path.path, group: status.group)
      status.use(try PipeLock(path: path.lockPath))
      isOwner = false
    }
    if !isOwner {
      isOwner = try status.own()
      guard isOwner else { return awaitOwner() }
    }
    let pipe = try NamedPipe(opening: path.path, group: status.group)
    if let correction = pipe.correction { status.tell(correction) }
    stage = .reading(pipe)
    status.reading()
    nextCheck = now + PipeIntake.idleNanos
    nextLook = 0
  }

  private mutating func awaitOwner() {
    let wakeup = wakeup
    stage = .owned(LockWait(status.lock) { wakeup.signal() })
  }

  // MARK: Bytes to records

  private mutating func look() -> Bool {
    let before = journal.status
    let hasMore = journal.look(now: clock(), budget: 4 << 20)
    let after = journal.status
    if before != after { status.journal(after, was: before) }
    return hasMore
  }

  private mutating func feed(_ chunk: UnsafeRawBufferPointer) {
    let (store, source, now) = (store, source, clock())
    if isUnfinishedTold { status.unfinished(0, since: now) }
    isUnfinishedTold = false
    take { stream in stream.feed(chunk) { batch, texts in store.apply(batch, texts, source: source, now: now) } }
    isHolding = stream.holdsRecords
  }

  private mutating func release() {
    let (store, source, now) = (store, source, clock())
    take { stream in stream.release { batch, texts in store.apply(batch, texts, source: source, now: now) } }
    isHolding = false
    isUnfinishedTold = stream.unfinishedBytes > 0
    if isUnfinishedTold { status.unfinished(stream.unfinishedBytes, since: now) }
  }

  /// Counts the memory of a long unfinished line, so that it is bounded together with the traces.
  private mutating func accountHeld() {
    let held = stream.heldBytes >= PipeIntake.longLineBytes ? stream.heldBytes : 0
    guard held != accounted else { return }
    store.withLock { $0.account(intake: held - accounted) }
    // Memory freed by evicted traces is in small pieces, of no use for a long line, and both together would exceed the bound.
    if held > accounted { give_back_free_memory() }
    accounted = held
  }

  private static let longLineBytes = 1 << 20

  /// Runs the body on the stream, and reports the lines that the stream could not accept.
  private mutating func take(_ body: (inout RecordStream) -> Void) {
    let lostBefore = stream.statistics.lost
    body(&stream)
    let lost = stream.statistics.lost - lostBefore
    if lost > 0 { store.withLock { $0.count(lostLines: lost) } }
    accountHeld()
    status.count(stream.statistics, problems: stream.problems, refusal: stream.refusal, lost: lost)
  }
}
