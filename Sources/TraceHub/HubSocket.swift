// The socket beside the pipe: who listens, who connects, and whether the other end is ours.

import CProcess
import Platform

package enum HubSocket {
  /// Connections that wait to be accepted.
  static let backlog: Int32 = 128

  package enum Outcome: Sendable {
    case connected(Int32)
    /// Nobody listens: there is no socket, or a stale one.
    case nobody
    /// More wait there than may, or the system is short of something: try again.
    case busy
    case refused(String)
  }

  /// Connects without blocking.
  package static func connect(_ place: HubPlace) -> Outcome {
    let descriptor = connect_to(place.socketPath)
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT, ECONNREFUSED: return .nobody
      case EAGAIN, EINTR, EMFILE, ENFILE: return .busy
      case let code: return .refused("\(place.socketPath): \(errorText(code))")
      }
    }
    guard isOurs(descriptor) else {
      close(descriptor)
      return .refused("\(place.socketPath): another user listens there")
    }
    return .connected(descriptor)
  }

  /// Listens in place of whoever did before. Only who holds the hub's lock may call this.
  package static func listen(_ place: HubPlace) throws(HubLock.Refused) -> Int32 {
    var status = stat()
    if lstat(place.socketPath, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFSOCK else {
        throw HubLock.Refused(description: "\(place.socketPath) is not a socket; remove it")
      }
      guard status.st_uid == geteuid() else {
        throw HubLock.Refused(description: "\(place.socketPath) belongs to another user (uid \(status.st_uid))")
      }
      unlink(place.socketPath)
    }
    let descriptor = listen_at(place.socketPath, backlog)
    guard descriptor >= 0 else { throw HubLock.Refused(description: "\(place.socketPath): \(errorText(errno))") }
    return descriptor
  }

  /// The next connection of a process of this user; nil if there is none now.
  package static func accept(_ listener: Int32) -> Int32? {
    while true {
      let descriptor = accept_from(listener)
      guard descriptor >= 0 else { return nil }
      if isOurs(descriptor) { return descriptor }
      close(descriptor)
    }
  }

  private static func isOurs(_ descriptor: Int32) -> Bool {
    var process = pid_t()
    var user = uid_t()
    return peer_of(descriptor, &process, &user) == 0 && user == geteuid()
  }
}
