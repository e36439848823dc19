// The files of a hub, beside its pipe, and whether a hub can live there at all.

import CProcess
import Platform

/// `<pipe>.hub` is the socket, `<pipe>.hub.lock` says who is the hub. The directory of the pipe is ours alone, which its reader checks.
package struct HubPlace: Sendable, Equatable {
  /// An absolute path: the hub works in `/`.
  package let pipe: String

  package var socketPath: String { pipe + ".hub" }
  package var lockPath: String { pipe + ".hub.lock" }

  /// Addresses of sockets are short everywhere, and differ by system.
  package static let maxSocketBytes = 100

  package init(pipe: String, workingDirectory: String?) {
    self.pipe = pipe.hasPrefix("/") ? pipe : (workingDirectory ?? "") + "/" + pipe
  }

  /// Why no hub can live here; nil if one can.
  package var problem: String? {
    let bytes = socketPath.utf8.count
    guard bytes < Self.maxSocketBytes else {
      return "the socket \(socketPath) would have \(bytes) bytes, and may have \(Self.maxSocketBytes - 1): give a shorter --pipe"
    }
    return nil
  }

  /// Creates the pipe's directory as its reader would.
  package func makeDirectory() {
    guard let slash = pipe.lastIndex(of: "/"), slash > pipe.startIndex else { return }
    _ = mkdir(String(pipe[..<slash]), 0o700)
  }

  /// Why the directory is not to be trusted with a socket; nil if it is ours and nobody else may write to it.
  package var foreignDirectory: String? {
    guard let slash = pipe.lastIndex(of: "/") else { return nil }
    let directory = slash == pipe.startIndex ? "/" : String(pipe[..<slash])
    var status = stat()
    guard stat(directory, &status) == 0 else { return "\(directory): \(errorText(errno))" }
    guard status.st_uid == geteuid() else { return "\(directory) belongs to another user (uid \(status.st_uid))" }
    guard status.st_mode & 0o022 == 0 else { return "\(directory) may be written by others" }
    return nil
  }
}
