// What the server reads of the system it runs on: the monotonic clock and its own memory.

import Glibc

package enum SystemState {
  /// Nanoseconds that no setting of the wall clock moves.
  package static func monotonicNanos() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Resident memory in bytes; nil where the system does not tell.
  package static func residentBytes() -> Int? {
    withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { bytes in
      let count = pread(memory, bytes.baseAddress, bytes.count, 0)
      // The whole size comes first, then what is resident, in pages.
      guard count > 0, let field = bytes[..<count].split(separator: UInt8(ascii: " "), maxSplits: 2).dropFirst().first else { return nil }
      return Int(String(decoding: field, as: UTF8.self)).map { $0 * pageSize }
    }
  }

  /// Held open: its text is made anew for every read, and a look costs one system call instead of three.
  private static let memory = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
  private static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
}
