// read(2), write(2), poll(2) with their interruptions handled, so that the rest of the module sees outcomes and no errno.

import Glibc

enum FileDescriptors {
  enum ReadOutcome {
    case bytes(Int)
    case endOfInput
    /// Nothing to read after all.
    case nothing
    case failed(Int32)
  }

  static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> ReadOutcome {
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count > 0 { return .bytes(count) }
      if count == 0 { return .endOfInput }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .nothing
      case let code: return .failed(code)
      }
    }
  }

  enum WriteOutcome {
    case bytes(Int)
    /// Writing would block.
    case full
    case closed(Int32)
  }

  /// What poll(2) calls writable takes this many bytes without blocking: one page of a pipe, a small part of a socket's buffer.
  static let bytesThatNeverBlock = 4_096

  /// Writes a part of the bytes if that is possible without blocking. The descriptor keeps its mode: O_NONBLOCK would be set for
  /// every process that shares it, such as the shell.
  static func writeWithoutBlocking(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> WriteOutcome {
    while true {
      var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      let ready = Glibc.poll(&entry, 1, 0)
      if ready < 0, errno == EINTR { continue }
      if Int32(entry.revents) & POLLNVAL != 0 { return .closed(EBADF) }
      if Int32(entry.revents) & (POLLERR | POLLHUP) != 0 { return .closed(EPIPE) }
      guard ready > 0 else { return .full }
      let count = Glibc.write(descriptor, bytes.baseAddress, min(bytes.count, bytesThatNeverBlock))
      if count >= 0 { return .bytes(count) }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .full
      case let code: return .closed(code)
      }
    }
  }

  /// Waits for the first event. Zero entries become ready at the deadline, and after an interruption.
  static func poll(_ entries: UnsafeMutableBufferPointer<pollfd>, until deadline: Int64?) {
    var milliseconds: Int32 = -1
    if let deadline {
      let left = max(0, deadline - MonotonicClock.nanos)
      // Rounded up, or the last millisecond would be spent spinning.
      milliseconds = Int32(clamping: (left + 999_999) / 1_000_000)
    }
    if Glibc.poll(entries.baseAddress, nfds_t(entries.count), milliseconds) < 0 {
      for index in entries.indices { entries[index].revents = 0 }
    }
  }
}

/// Time for deadlines, which no setting of the wall clock moves.
enum MonotonicClock {
  static var nanos: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
