// Ends a poll(2) from another thread. A task that queued output or finished wakes the client's reader; a lock that was released wakes the
// thread that reads the pipes.

/// A pipe inside this process. If the system has none left, the reader polls every few milliseconds instead.
package final class WakeupPipe: Sendable {
  /// The descriptor to poll for input; −1, which poll(2) ignores, if there is no pipe.
  package let descriptor: Int32
  private let writingEnd: Int32

  package init() {
    var ends: [Int32] = [-1, -1]
    if pipe(&ends) != 0 { ends = [-1, -1] }
    for end in ends where end >= 0 {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    (descriptor, writingEnd) = (ends[0], ends[1])
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    close(writingEnd)
  }

  /// The longest time that a poll may wait if there is no pipe to wake it.
  package var fallbackNanos: Int64? { descriptor < 0 ? 10_000_000 : nil }

  /// Never blocks: if the pipe is full, the poll ends anyway.
  package func signal() {
    var byte: UInt8 = 1
    _ = write(writingEnd, &byte, 1)
  }

  /// Reads the signals that have arrived.
  package func clear() {
    withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
      _ = FileDescriptors.read(descriptor, into: buffer)
    }
  }
}
