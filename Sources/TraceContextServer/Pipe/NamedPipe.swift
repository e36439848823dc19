// Opens the FIFO in a way that other users cannot replace it.

import Platform
import TraceRecords

/// Both ends of an open named pipe. The server also opens the writing end: without a writer, poll(2) would report POLLHUP all the time.
final class NamedPipe: Sendable {
  let path: String
  let reader: Int32
  private let writer: Int32
  let identity: Identity

  /// The identity of a FIFO, whatever path led to it.
  struct Identity: Equatable, Sendable {
    var inode: ino_t
    var device: dev_t
  }

  /// A report if the mode of our pipe let others read it and was corrected; nil nearly always.
  let correction: String?

  /// Opens the pipe, or creates it (0600, in a directory with 0700). If our own pipe can be read by others, its mode is corrected. Refused
  /// and left untouched: anything but a FIFO, links, and FIFOs that belong to or can be written by other users.
  /// - Parameter group: may also write to the pipe (0620), for programs of other users such as those in containers.
  init(opening path: String, group: PipeGroup? = nil) throws(PipeError) {
    guard !path.hasPrefix("~") else { throw .unexpanded(path: path) }
    try NamedPipe.makeDirectory(of: path)
    if mkfifo(path, 0o600) != 0, errno != EEXIST { throw .system(path: path, call: "mkfifo", errno: errno) }
    try NamedPipe.refuseOthers(path, group: group)
    let flags = O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC
    let reader = open(path, O_RDONLY | flags)
    guard reader >= 0 else { throw .system(path: path, call: "open", errno: errno) }
    let status: stat
    do throws(PipeError) {
      (status, correction) = try NamedPipe.takeInHand(reader, path, group)
    } catch {
      close(reader)
      throw error
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
    // A larger buffer stops writers less often. If the system refuses, it stays at 64 KiB.
    FileDescriptors.growPipe(reader, to: 1 << 20)
  }

  /// Checks the opened file and sets its mode: other users must not read what programs write.
  private static func takeInHand(_ descriptor: Int32, _ path: String, _ group: PipeGroup?) throws(PipeError) -> (stat, String?) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(path: path, call: "fstat", errno: errno) }
    if let problem = problem(status, path, group) { throw problem }
    let mode: mode_t = group == nil ? 0o600 : 0o620
    if let group, status.st_gid != group.id, fchown(descriptor, uid_t.max, group.id) != 0 {
      throw .system(path: path, call: "chown to group \(group.name)", errno: errno)
    }
    let before = status.st_mode & 0o7777
    guard before != mode else { return (status, nil) }
    guard fchmod(descriptor, mode) == 0 else { throw .system(path: path, call: "chmod", errno: errno) }
    let others = before & 0o044
    let shown = String(before, radix: 8)
    return (status, others == 0 ? nil : "\(path) could be read by others (mode \(shown)); it is \(String(mode, radix: 8)) now")
  }

  deinit {
    close(reader)
    close(writer)
  }

  /// Whether the path still leads to this pipe. A cleaner of /tmp or a person may have removed it.
  var isInPlace: Bool {
    var status = stat()
    return lstat(path, &status) == 0 && Identity(inode: status.st_ino, device: status.st_dev) == identity
  }

  /// Checks a path without opening it: opening a device may have effects.
  private static func refuseOthers(_ path: String, group: PipeGroup?) throws(PipeError) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return }
      throw .system(path: path, call: "lstat", errno: errno)
    }
    if let problem = problem(status, path, group) { throw problem }
  }

  private static func problem(_ status: stat, _ path: String, _ group: PipeGroup?) -> PipeError? {
    switch status.st_mode & S_IFMT {
    case S_IFIFO: break
    case S_IFREG: return .notAPipe(path: path, found: "a regular file")
    case S_IFDIR: return .notAPipe(path: path, found: "a directory")
    case S_IFLNK: return .notAPipe(path: path, found: "a symbolic link")
    case S_IFSOCK: return .notAPipe(path: path, found: "a socket")
    default: return .notAPipe(path: path, found: "a device")
    }
    if status.st_uid != geteuid() { return .foreign(path: path, what: "belongs to another user (uid \(status.st_uid))") }
    // The named group may write, no other group.
    let forbidden: mode_t = group != nil && status.st_gid == group?.id ? 0o002 : 0o022
    if status.st_mode & forbidden != 0 {
      return .foreign(path: path, what: "may be written by others (mode \(String(status.st_mode & 0o777, radix: 8)))")
    }
    return nil
  }

  /// Creates the pipe's directory and checks its owner: a user who may rename files in it could replace our FIFO.
  private static func makeDirectory(of path: String) throws(PipeError) {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
    let directory = String(path[..<slash])
    guard mkdir(directory, 0o700) == 0 || errno == EEXIST else { throw .system(path: directory, call: "mkdir", errno: errno) }
    var status = stat()
    guard stat(directory, &status) == 0 else { throw .system(path: directory, call: "stat", errno: errno) }
    let mode = String(status.st_mode & 0o7777, radix: 8)
    // In a directory with the sticky bit, such as /tmp, only the owner of a file or of the directory may rename it.
    if status.st_mode & S_ISVTX == 0 {
      guard status.st_mode & 0o002 == 0 else { throw .foreign(path: directory, what: "may be written by everybody (mode \(mode))") }
      guard status.st_mode & 0o020 == 0 else {
        throw .foreign(path: directory, what: "may be written by its group (mode \(mode)); chmod g-w it, or")
      }
    }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw .foreign(path: directory, what: "belongs to another user (uid \(status.st_uid))")
    }
    // In /tmp another user could have created the standard directory.
    guard PipePath.standardDirectories(uid: geteuid()).contains(directory) else { return }
    guard lstat(directory, &status) == 0 else { throw .system(path: directory, call: "lstat", errno: errno) }
    guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
      throw .foreign(path: directory, what: "is not a directory that is ours alone")
    }
  }
}
