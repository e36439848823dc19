// read(2), write(2) and poll(2) with EINTR handled, so that callers get outcomes instead of errno.

package enum FileDescriptors {
  package enum ReadOutcome {
    case bytes(Int)
    case endOfInput
    /// There was nothing to read.
    case nothing
    case failed(Int32)
  }

  package static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> ReadOutcome {
    while true {
      let count = Platform.read(descriptor, buffer.baseAddress, buffer.count)
      if count > 0 { return .bytes(count) }
      if count == 0 { return .endOfInput }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .nothing
      case let code: return .failed(code)
      }
    }
  }

  package enum WriteOutcome {
    case bytes(Int)
    /// Writing would block.
    case full
    case closed(Int32)
  }

  /// POLLRDHUP, which glibc declares only with _GNU_SOURCE: the other end of a socket sends no more. Pipes report POLLHUP without being
  /// asked, and so do sockets on systems without POLLRDHUP.
  #if os(Linux)
    package static let hangupOfASocket: Int16 = 0x2000
  #else
    package static let hangupOfASocket: Int16 = 0
  #endif

  /// Every descriptor that is open now.
  package static func open() -> Set<Int32> {
    guard let folder = opendir("/dev/fd") else { return [] }
    defer { closedir(folder) }
    var found: Set<Int32> = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if let number = Int32(name), number != dirfd(folder) { found.insert(number) }
    }
    return found
  }

  /// Programs that are started from now on do not get these: libraries open some without saying so.
  package static func keepToOneself(_ descriptors: Set<Int32>) {
    for descriptor in descriptors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
  }

  /// The bytes that wait in a pipe, from either end; nil if the system does not report it.
  package static func unreadBytes(_ descriptor: Int32) -> Int? {
    #if os(Linux)
      var count: Int32 = 0
      return ioctl(descriptor, UInt(FIONREAD), &count) == 0 ? Int(count) : nil
    #else
      return nil
    #endif
  }

  /// Requests a larger pipe buffer, so that writers stop less often. If the system refuses or has no such call, the size does not change.
  package static func growPipe(_ descriptor: Int32, to bytes: Int) {
    #if os(Linux)
      // F_SETPIPE_SZ, which glibc declares only with _GNU_SOURCE.
      _ = fcntl(descriptor, 1_031, Int32(clamping: bytes))
    #endif
  }

  /// A descriptor that poll(2) reports as writable takes this many bytes without blocking: one page of a pipe, a small part of a socket's
  /// buffer.
  package static let bytesThatNeverBlock = 4_096

  /// Writes a part of the bytes if that is possible without blocking. Does not set O_NONBLOCK, which would apply to every process that
  /// shares the descriptor, such as the shell.
  package static func writeWithoutBlocking(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> WriteOutcome {
    while true {
      var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      let ready = Platform.poll(&entry, 1, 0)
      if ready < 0, errno == EINTR { continue }
      if Int32(entry.revents) & POLLNVAL != 0 { return .closed(EBADF) }
      if Int32(entry.revents) & (POLLERR | POLLHUP) != 0 { return .closed(EPIPE) }
      guard ready > 0 else { return .full }
      let count = Platform.write(descriptor, bytes.baseAddress, min(bytes.count, bytesThatNeverBlock))
      if count >= 0 { return .bytes(count) }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .full
      case let code: return .closed(code)
      }
    }
  }

  /// Waits for the first event. Returns without ready entries at the deadline, and after an interruption.
  package static func poll(_ entries: UnsafeMutableBufferPointer<pollfd>, until deadline: Int64?) {
    var milliseconds: Int32 = -1
    if let deadline {
      let left = max(0, deadline - MonotonicClock.nanos)
      // Rounded up, or poll would return too early and the loop would spin for the last millisecond.
      milliseconds = Int32(clamping: (left + 999_999) / 1_000_000)
    }
    if Platform.poll(entries.baseAddress, nfds_t(entries.count), milliseconds) < 0 {
      for index in entries.indices { entries[index].revents = 0 }
    }
  }
}
