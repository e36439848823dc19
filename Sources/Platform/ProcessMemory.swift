// How much memory the process holds, as the system counts it.

package enum ProcessMemory {
  /// Resident memory in bytes; nil where the system does not say. Linux only: elsewhere `server/status` leaves the member out.
  package static func residentBytes() -> Int? {
    #if os(Linux)
      withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { bytes in
        let count = pread(statistics, bytes.baseAddress, bytes.count, 0)
        // The whole size comes first, then what is resident, in pages.
        guard count > 0, let field = bytes[..<count].split(separator: UInt8(ascii: " "), maxSplits: 2).dropFirst().first else { return nil }
        return Int(String(decoding: field, as: UTF8.self)).map { $0 * pageSize }
      }
    #else
      nil
    #endif
  }

  #if os(Linux)
    /// Held open: its text is made anew for every read, and a look costs one system call instead of three.
    private static let statistics = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    private static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
  #endif
}
