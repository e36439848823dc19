// One owner per pipe: two readers would take bytes from each other.

import Platform

/// The right to read a pipe: a lock on `<pipe>.lock`, which contains the owner's process id. The file is never deleted; an unlocked file is
/// harmless. The FIFO's own lock is used by writers.
final class PipeLock: Sendable {
  private let descriptor: Int32
  private let path: String

  init(path: String) throws(PipeError) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system(path: path, call: "open", errno: errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
      close(descriptor)
      throw .foreign(path: path, what: "is not a file of ours")
    }
    guard status.st_nlink == 1, PipeLock.holdsProcessID(descriptor, status) else {
      close(descriptor)
      throw .foreign(path: path, what: "holds something else than a lock; remove it or")
    }
  }

  deinit { close(descriptor) }

  /// Whether the path still leads to this lock's file. If the directory was removed, another server would lock another file.
  var isInPlace: Bool {
    var ours = stat()
    var there = stat()
    return fstat(descriptor, &ours) == 0 && lstat(path, &there) == 0 && ours.st_ino == there.st_ino && ours.st_dev == there.st_dev
  }

  /// Whether a file may be overwritten: it is empty, or holds only a process id.
  private static func holdsProcessID(_ descriptor: Int32, _ status: stat) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 24)
    guard status.st_size < bytes.count else { return false }
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return count >= 0 && bytes[..<count].allSatisfy { (0x30...0x39).contains($0) || $0 == 0x0A }
  }

  /// Takes the lock if it is free. Throws if the system cannot give a lock at all, which is different from a lock held by another process.
  func tryLock() throws(PipeError) -> Bool {
    if take(LOCK_EX | LOCK_NB) { return true }
    guard errno == EWOULDBLOCK else { throw .system(path: path, call: "flock", errno: errno) }
    return false
  }

  /// Waits until the owner is gone. It does not poll: the kernel wakes the thread.
  func waitForLock() -> Bool { take(LOCK_EX) }

  private func take(_ operation: Int32) -> Bool {
    while flock(descriptor, operation) != 0 {
      if errno != EINTR { return false }
    }
    _ = ftruncate(descriptor, 0)
    var text = Array("\(getpid())\n".utf8)
    _ = pwrite(descriptor, &text, text.count, 0)
    return true
  }

  /// The id of the process that holds the lock, if it wrote one.
  var ownerPID: Int? {
    var bytes = [UInt8](repeating: 0, count: 24)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    return Int(String(decoding: bytes[..<count].prefix { (0x30...0x39).contains($0) }, as: UTF8.self))
  }
}
