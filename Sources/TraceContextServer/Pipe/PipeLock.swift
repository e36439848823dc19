// One owner a pipe: two readers would steal each other's bytes.

import Platform

/// The right to read a pipe: a lock on `<pipe>.lock` that holds the owner's process id. The file stays; an unlocked one hinders nobody.
/// The FIFO's own lock belongs to writers.
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

  /// Whether the path still leads to this lock. Where the directory was removed, another server would lock another file.
  var isInPlace: Bool {
    var ours = stat()
    var there = stat()
    return fstat(descriptor, &ours) == 0 && lstat(path, &there) == 0 && ours.st_ino == there.st_ino && ours.st_dev == there.st_dev
  }

  /// Whether there is nothing to lose in a file: it is empty, or holds the number of a process and nothing else.
  private static func holdsProcessID(_ descriptor: Int32, _ status: stat) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 24)
    guard status.st_size < bytes.count else { return false }
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return count >= 0 && bytes[..<count].allSatisfy { (0x30...0x39).contains($0) || $0 == 0x0A }
  }

  /// Takes the lock if it is free. Throws where the system gives no lock at all, which is not somebody else's lock.
  func tryLock() throws(PipeError) -> Bool {
    if take(LOCK_EX | LOCK_NB) { return true }
    guard errno == EWOULDBLOCK else { throw .system(path: path, call: "flock", errno: errno) }
    return false
  }

  /// Waits until the owner is gone: no polling, the kernel wakes us.
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

  /// The process that holds the lock, as far as it said so.
  var ownerPID: Int? {
    var bytes = [UInt8](repeating: 0, count: 24)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    return Int(String(decoding: bytes[..<count].prefix { (0x30...0x39).contains($0) }, as: UTF8.self))
  }
}
