// Opening the FIFO so that nobody can put something else in its place.

import Platform
import TraceRecords

/// Both ends of an open named pipe. The server holds the writing end as well: without a writer, poll(2) would say POLLHUP for ever.
final class NamedPipe: Sendable {
  let path: String
  let reader: Int32
  private let writer: Int32
  let identity: Identity

  /// Which FIFO it is, by whatever path it was reached.
  struct Identity: Equatable, Sendable {
    var inode: ino_t
    var device: dev_t
  }

  /// Opens the pipe, and makes it (0600, in a directory 0700) where there is none.
  /// Refused, untouched: anything but a FIFO, links, FIFOs of other users or that others may write.
  init(opening path: String) throws(PipeError) {
    try NamedPipe.makeDirectory(of: path)
    if mkfifo(path, 0o600) != 0, errno != EEXIST { throw .system(path: path, call: "mkfifo", errno: errno) }
    try NamedPipe.refuseOthers(path)
    let flags = O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC
    let reader = open(path, O_RDONLY | flags)
    guard reader >= 0 else { throw .system(path: path, call: "open", errno: errno) }
    var status = stat()
    guard fstat(reader, &status) == 0 else {
      let code = errno
      close(reader)
      throw .system(path: path, call: "fstat", errno: code)
    }
    if let problem = NamedPipe.problem(status, path) {
      close(reader)
      throw problem
    }
    let writer = open(path, O_WRONLY | flags)
    guard writer >= 0 else {
      let code = errno
      close(reader)
      throw .system(path: path, call: "open", errno: code)
    }
    self.path = path
    self.reader = reader
    self.writer = writer
    identity = Identity(inode: status.st_ino, device: status.st_dev)
    // More room means fewer stops for writers; where it is not allowed, 64 KiB must do.
    FileDescriptors.growPipe(reader, to: 1 << 20)
  }

  deinit {
    close(reader)
    close(writer)
  }

  /// Whether the path still leads to this pipe. A cleaner of /tmp, or a person, may have removed it.
  var isInPlace: Bool {
    var status = stat()
    return lstat(path, &status) == 0 && Identity(inode: status.st_ino, device: status.st_dev) == identity
  }

  /// Checks a path without opening it: opening a device may have effects.
  static func refuseOthers(_ path: String) throws(PipeError) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return }
      throw .system(path: path, call: "lstat", errno: errno)
    }
    if let problem = problem(status, path) { throw problem }
  }

  private static func problem(_ status: stat, _ path: String) -> PipeError? {
    switch status.st_mode & S_IFMT {
    case S_IFIFO: break
    case S_IFREG: return .notAPipe(path: path, found: "a regular file")
    case S_IFDIR: return .notAPipe(path: path, found: "a directory")
    case S_IFLNK: return .notAPipe(path: path, found: "a symbolic link")
    case S_IFSOCK: return .notAPipe(path: path, found: "a socket")
    default: return .notAPipe(path: path, found: "a device")
    }
    if status.st_uid != geteuid() { return .foreign(path: path, what: "belongs to another user (uid \(status.st_uid))") }
    if status.st_mode & 0o022 != 0 {
      return .foreign(path: path, what: "may be written by others (mode \(String(status.st_mode & 0o777, radix: 8)))")
    }
    return nil
  }

  /// Makes the directory that holds the pipe, and checks it where it is one of the standard places: in /tmp anybody could have made it.
  private static func makeDirectory(of path: String) throws(PipeError) {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
    let directory = String(path[..<slash])
    if mkdir(directory, 0o700) == 0 || errno == EEXIST {
      var status = stat()
      guard stat(directory, &status) == 0 else { throw .system(path: directory, call: "stat", errno: errno) }
      // Where anybody may rename files, the FIFO could become somebody else's.
      guard status.st_mode & 0o002 == 0 || status.st_mode & S_ISVTX != 0 else {
        throw .foreign(path: directory, what: "may be written by everybody (mode \(String(status.st_mode & 0o777, radix: 8)))")
      }
      guard PipePath.standardDirectories(uid: geteuid()).contains(directory) else { return }
      guard lstat(directory, &status) == 0 else { throw .system(path: directory, call: "lstat", errno: errno) }
      guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
        throw .foreign(path: directory, what: "is not a directory that is ours alone")
      }
    } else {
      throw .system(path: directory, call: "mkdir", errno: errno)
    }
  }
}
