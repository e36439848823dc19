// Where the program at the other end of a connection works: the descriptors of this machine's processes name their sockets. Best effort, on
// Linux: exporters that say nothing of their directory belong to a project all the same.

import Platform
import Synchronization

/// The directory of one connection's sender, looked for once, when its first body is read.
final class PeerDirectory: Sendable {
  /// Nil where the sender cannot be found, and once it was looked for.
  private let socket: Mutex<PeerUser.Socket?>

  init(_ socket: PeerUser.Socket?) { self.socket = Mutex(socket) }

  /// Where the sender works, for the first run that comes through its connection: what brings more is a collector, whose directory says
  /// nothing. Nor do the root, where services of the system work, and the user's home.
  /// - Complexity: O(descriptors of the user's processes), within bounds: milliseconds.
  func takeUsable() -> String? {
    guard let socket = socket.withLock({ $0.take() }), let path = Self.find(socket) else { return nil }
    return path == "/" || path == getenv("HOME").map({ String(cString: $0) }) ? nil : path
  }

  func giveUp() { socket.withLock { $0 = nil } }

  var isSought: Bool { socket.withLock { $0 == nil } }

  /// Of more processes and descriptors nothing is looked at: a machine has some hundred of a user.
  static let mostProcesses = 4_096
  static let mostDescriptors = 16_384
  static let mostNanos: Int64 = 50_000_000

  static func find(_ socket: PeerUser.Socket, within bounds: (processes: Int, descriptors: Int) = (mostProcesses, mostDescriptors))
    -> String?
  {
    guard socket.inode > 0, let process = process(of: socket, bounds) else { return nil }
    return link("/proc/\(process)/cwd")
  }

  private static func process(of socket: PeerUser.Socket, _ bounds: (processes: Int, descriptors: Int)) -> Int32? {
    let wanted = "socket:[\(socket.inode)]"
    let end = MonotonicClock.nanos + mostNanos
    var (processes, descriptors) = (0, 0)
    // Senders have mostly begun a short while ago.
    for process in DirectoryEntries.names(in: "/proc").compactMap({ Int32($0) }).sorted(by: >) {
      var status = stat()
      guard stat("/proc/\(process)", &status) == 0, status.st_uid == socket.user else { continue }
      processes += 1
      guard processes <= bounds.processes, MonotonicClock.nanos < end else { return nil }
      for descriptor in DirectoryEntries.names(in: "/proc/\(process)/fd") {
        descriptors += 1
        guard descriptors <= bounds.descriptors else { return nil }
        if link("/proc/\(process)/fd/\(descriptor)") == wanted { return process }
      }
    }
    return nil
  }

  private static func link(_ path: String) -> String? {
    withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { buffer in
      let count = readlink(path, buffer.baseAddress!.assumingMemoryBound(to: CChar.self), buffer.count)
      guard count > 0, count < buffer.count else { return nil }
      return String(validating: UnsafeRawBufferPointer(rebasing: buffer[..<count]), as: UTF8.self)
    }
  }
}
