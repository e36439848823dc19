// The directory of a journal, created and opened so that files of other users are never written or removed.

import PipeBasics
import Platform

/// An open `<pipe>.journal/`. Every file is accessed through its descriptor, so replacing the path has no effect.
final class JournalDirectory {
  struct Failure: Error, Equatable {
    var text: String
  }

  /// Unread journals must not fill the disk: above this size no new segment is created.
  static let maxBytes = 1 << 30

  let path: String
  private let descriptor: Int32

  /// Opens the directory. If it is missing, it is created (0700) together with the pipe's own directory.
  init(ofPipe pipe: String) throws(Failure) {
    path = JournalPlace.directory(ofPipe: pipe)
    if let slash = pipe.lastIndex(of: "/"), slash > pipe.startIndex { _ = mkdir(String(pipe[..<slash]), 0o700) }
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw JournalDirectory.failure(path) }
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { throw JournalDirectory.failure(path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
      throw Failure(text: "\(path) belongs to another user, or others may write to it")
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Creates a new file, locked while it is open.
  /// - Returns: Its descriptor; nil if the name exists, or if a server removed the file before it was locked.
  func create(_ name: String) throws(Failure) -> Int32? {
    guard usedBytes() < JournalDirectory.maxBytes else {
      throw Failure(text: "\(path) holds \(JournalDirectory.maxBytes >> 20) MiB that no server has read")
    }
    let file = openat(descriptor, name, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      if errno == EEXIST { return nil }
      throw JournalDirectory.failure(path)
    }
    var status = stat()
    guard flock(file, LOCK_EX | LOCK_NB) == 0, fstat(file, &status) == 0, status.st_nlink > 0 else {
      close(file)
      return nil
    }
    return file
  }

  enum Removal { case removed, wasGone, isBeingRead }

  /// Removes a segment, unless a server has it locked for reading.
  func remove(_ name: String) -> Removal {
    let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard file >= 0 else { return errno == ENOENT ? .wasGone : .isBeingRead }
    defer { close(file) }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else { return .isBeingRead }
    return unlinkat(descriptor, name, 0) == 0 ? .removed : .wasGone
  }

  func contains(_ name: String) -> Bool {
    var status = stat()
    return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0
  }

  /// Whether the path still leads to this directory.
  var isInPlace: Bool {
    var ours = stat()
    var there = stat()
    return fstat(descriptor, &ours) == 0 && lstat(path, &there) == 0 && ours.st_ino == there.st_ino && ours.st_dev == there.st_dev
  }

  /// - Complexity: O(files); called once per segment.
  private func usedBytes() -> Int {
    let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0, let entries = fdopendir(copy) else { return 0 }
    defer { closedir(entries) }
    var total = 0
    while let entry = readdir(entries) {
      var status = stat()
      let isFile = withUnsafeBytes(of: &entry.pointee.d_name) {
        fstatat(descriptor, $0.baseAddress!.assumingMemoryBound(to: CChar.self), &status, AT_SYMLINK_NOFOLLOW) == 0
      }
      if isFile, status.st_mode & S_IFMT == S_IFREG { total += Int(status.st_size) }
    }
    return total
  }

  private static func failure(_ path: String) -> Failure { Failure(text: "\(path): \(String(cString: strerror(errno)))") }
}
