// Writes without blocking, in pieces as large as the other end takes, to a descriptor that other processes share. Setting O_NONBLOCK on
// standard output would set it for every process that shares it, such as the shell.

/// One open descriptor, and the way of writing that suits its kind.
///
/// Not safe for use from several threads at once.
package struct NonBlockingOutput: Sendable {
  private enum Way: Sendable {
    /// A pipe that was opened a second time, so that its mode affects only us. Holds the new descriptor.
    case reopened(Int32)
    /// send(2) takes a flag for not blocking with each call.
    case socket
    /// A file: writing never waits for a reader.
    case file
    /// poll(2), then as many bytes as it guarantees: one page.
    case page
  }

  package let descriptor: Int32
  private var way: Way
  /// System calls that wrote or tried to.
  package private(set) var writes = 0

  package init(descriptor: Int32) {
    self.descriptor = descriptor
    way = Self.way(of: descriptor)
  }

  private static func way(of descriptor: Int32) -> Way {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return .page }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFSOCK: return .socket
    #if os(Linux)
      case S_IFIFO:
        // Fails if the pipe belongs to another user or there is no /proc.
        let second = open("/proc/self/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        return second >= 0 ? .reopened(second) : .page
    #endif
    default: return .page
    }
  }

  /// Writes as many of the bytes as the other end takes at once.
  package mutating func write(_ bytes: UnsafeRawBufferPointer) -> FileDescriptors.WriteOutcome {
    while true {
      let count: Int
      writes += 1
      switch way {
      case .page: return FileDescriptors.writeWithoutBlocking(bytes, to: descriptor)
      case .reopened(let second): count = Platform.write(second, bytes.baseAddress, bytes.count)
      case .file: count = Platform.write(descriptor, bytes.baseAddress, bytes.count)
      case .socket: count = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT))
      }
      if count >= 0 { return .bytes(count) }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .full
      case let code: return .closed(code)
      }
    }
  }

  /// Closes the second descriptor that was opened here; the original stays open. Nothing may be written afterwards.
  package mutating func end() {
    if case .reopened(let second) = way { close(second) }
    way = .page
  }
}
