// Ends a poll(2) from another thread: a task that has queued output or has finished wakes the client's reader, a lock that came free the pipes'.

/// A pipe to ourselves. If the system has none left, the reader looks around every few milliseconds instead.
package final class WakeupPipe: Sendable {
  /// To be polled for input; −1, which poll(2) ignores, if there is no pipe.
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

  /// How long a poll may wait where no signal can reach it.
  package var fallbackNanos: Int64? { descriptor < 0 ? 10_000_000 : nil }

  /// Never blocks: a full pipe is as good a signal as one byte.
  package func signal() {
    var byte: UInt8 = 1
    _ = write(writingEnd, &byte, 1)
  }

  /// Takes the signals that have come.
  package func clear() {
    withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
      _ = FileDescriptors.read(descriptor, into: buffer)
    }
  }
}
