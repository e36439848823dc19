// The writing end of the FIFO: opened without waiting, and written without mixing with other writers' lines.

import Platform

/// An open writing end. Only a FIFO that belongs to this user and that others cannot write to is used; a group may write if the server was
/// started with `serve --pipe-group`.
struct PipeConnection: ~Copyable {
  enum OpenFailure: Error, Equatable {
    /// There is no pipe, or it has no reader: try again later.
    case notYet
    /// The path is something else, which the text describes.
    case refused(String)
  }

  enum Outcome: Equatable {
    case written
    /// The reader was gone after this many bytes.
    case readerGone(Int)
    /// The wait ended after this many bytes.
    case stalled(Int)
  }

  private let descriptor: Int32
  /// The last attempt to take the lock failed.
  private var isLockStuck = false

  init(opening path: String) throws(OpenFailure) {
    descriptor = open(path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENXIO || errno == ENOENT { throw .notYet }
      throw .refused(String(cString: strerror(errno)))
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else {
      close(descriptor)
      throw .refused("is not a named pipe")
    }
    guard status.st_uid == geteuid(), status.st_mode & 0o002 == 0, status.st_mode & 0o060 != 0o060 else {
      close(descriptor)
      throw .refused("belongs to another user, or others may write to it")
    }
  }

  deinit { close(descriptor) }

  /// Bytes in the pipe that are not read yet, from all writers; 0 if the system does not report it. After the reader has gone they stay in
  /// the pipe, unreadable, until the last writer closes it.
  var unreadBytes: Int { FileDescriptors.unreadBytes(descriptor) ?? 0 }

  /// Writes whole lines. Up to 4,096 bytes are atomic under a shared lock. More bytes need the exclusive lock, or the lines of two writers
  /// would mix. The wait for another writer's lock is limited.
  ///
  /// - Parameter isPatient: Called while the pipe takes nothing, at least every 100 ms, with the nanoseconds since it last took something.
  ///   Returns whether to keep waiting.
  mutating func write(_ lines: UnsafeRawBufferPointer, isPatient: (Int64) -> Bool) -> Outcome {
    guard let isLocked = lock(lines.count <= PIPE_BUF ? LOCK_SH : LOCK_EX, isPatient) else { return .stalled(0) }
    defer { if isLocked { flock(descriptor, LOCK_UN) } }
    return put(lines, isPatient)
  }

  /// Whether the lock is ours. False if another writer keeps it although the pipe has room: a stopped writer must not stop us. It gets one
  /// second, once. Nil if the wait ends first.
  private mutating func lock(_ operation: Int32, _ isPatient: (Int64) -> Bool) -> Bool? {
    let start = MonotonicClock.nanos
    var left = isLockStuck ? 10 : 1_000
    while flock(descriptor, operation | LOCK_NB) != 0 {
      // The file system has no locks.
      guard errno == EWOULDBLOCK || errno == EINTR else { return false }
      guard isPatient(MonotonicClock.nanos - start) else { return nil }
      var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      // While the pipe is full, the other writer waits just as we would. If the reader is gone, writing fails.
      if poll(&entry, 1, 0) == 1 { left -= 1 }
      guard left > 0 else {
        isLockStuck = true
        return false
      }
      usleep(1_000)
    }
    isLockStuck = false
    return true
  }

  private func put(_ bytes: UnsafeRawBufferPointer, _ isPatient: (Int64) -> Bool) -> Outcome {
    var done = 0
    var fullSince: Int64 = 0
    while done < bytes.count {
      let count = Platform.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      if count >= 0 {
        done += count
        fullSince = 0
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        let now = MonotonicClock.nanos
        if fullSince == 0 { fullSince = now }
        guard isPatient(now - fullSince) else { return .stalled(done) }
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&entry, 1, fullSince == now ? 2 : 100)
        if Int32(entry.revents) & POLLERR != 0 { return .readerGone(done) }
      default: return .readerGone(done)
      }
    }
    return .written
  }
}
