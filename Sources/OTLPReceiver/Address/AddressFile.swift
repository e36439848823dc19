// `<pipe>.otlp`: where the server that reads a pipe listens for OTLP over HTTP, for whoever wants to send to it.

import JSON
package import PipeBasics
import Platform

/// One line of JSON beside the pipe, 0600: `{"pid": 1234, "endpoints": ["http://127.0.0.1:4318", "http://[::1]:4318"]}`. Its writer holds a lock on it for as
/// long as it lives, so that a file that nobody removed is known to be stale.
package final class AddressFile: Sendable {
  private let path: String
  /// Open, and locked, for the life of the process.
  private let descriptor: Int32

  /// What a file says whose writer lives.
  package struct Content: Sendable, Equatable {
    package var pid: Int
    package var endpoints: [String]
  }

  package static func path(of pipe: PipePath) -> String { pipe.path + ".otlp" }

  /// Writes the file in one step, in the place of what is there. Nil where that cannot be done, with the reason.
  package static func write(_ endpoints: [String], beside pipe: PipePath) -> Result<AddressFile, AddressFileError> {
    let path = path(of: pipe)
    let content: JSONValue = ["pid": .integer(Int64(getpid())), "endpoints": .array(endpoints.map { .string($0) })]
    let beginning = "\(path).\(getpid())"
    unlink(beginning)
    let descriptor = open(beginning, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return .failure(AddressFileError(path: beginning, errno: errno)) }
    let bytes = Array((content.serializedString + "\n").utf8)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, Platform.write(descriptor, bytes, bytes.count) == bytes.count,
      rename(beginning, path) == 0
    else {
      let code = errno
      unlink(beginning)
      close(descriptor)
      return .failure(AddressFileError(path: path, errno: code))
    }
    return .success(AddressFile(path, descriptor))
  }

  private init(_ path: String, _ descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  /// Removes the file where it is still this one.
  package func remove() {
    var (ours, there) = (stat(), stat())
    guard fstat(descriptor, &ours) == 0, lstat(path, &there) == 0, ours.st_ino == there.st_ino, ours.st_dev == there.st_dev else { return }
    unlink(path)
  }

  deinit { close(descriptor) }

  /// What the file beside a pipe says; nil where there is none, where it is another user's, and where its writer is gone.
  package static func read(beside pipe: PipePath) -> Content? {
    let file = open(path(of: pipe), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(), status.st_size < 4_096 else {
      return nil
    }
    // Nobody holds it: its writer was killed.
    guard flock(file, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK else { return nil }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = Platform.read(file, &bytes, bytes.count)
    guard count > 0, let value = try? JSONValue(parsing: Array(bytes[..<count])),
      let pid = value["pid"]?.integer.flatMap({ Int(exactly: $0) }),
      let endpoints = value["endpoints"]?.array?.compactMap(\.string), !endpoints.isEmpty
    else { return nil }
    return Content(pid: pid, endpoints: endpoints)
  }
}

/// The file cannot be written.
package struct AddressFileError: Error, CustomStringConvertible, Sendable {
  var path: String
  var errno: Int32
  package var description: String { "\(path): \(errorText(errno)); who looks for the receiver there does not find it" }
}
