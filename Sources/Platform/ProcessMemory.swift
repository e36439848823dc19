// How much memory the process uses, as the system reports it.

package enum ProcessMemory {
  /// Resident memory in bytes; nil if the system does not report it. Linux only: on other systems `server/status` omits the member.
  package static func residentBytes() -> Int? {
    #if os(Linux)
      withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { bytes in
        let count = pread(statistics, bytes.baseAddress, bytes.count, 0)
        // The first field is the total size, the second is the resident size, both in pages.
        guard count > 0, let field = bytes[..<count].split(separator: UInt8(ascii: " "), maxSplits: 2).dropFirst().first else { return nil }
        return Int(String(decoding: field, as: UTF8.self)).map { $0 * pageSize }
      }
    #else
      nil
    #endif
  }

  /// How many bytes the system lets this process take beyond those that it has: by its limits (`ulimit -v`, `-d`) and by that of its container. Nil where
  /// none is set.
  package static func roomBytes() -> Int? {
    #if os(Linux)
      var bytes = [UInt8](repeating: 0, count: 128)
      let count = pread(statistics, &bytes, bytes.count, 0)
      // All pages, resident ones, shared ones, code, libraries, data.
      let pages = bytes[..<max(0, count)].split(whereSeparator: { $0 <= 0x20 }).map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 }
      guard pages.count > 5 else { return nil }
      var rooms: [Int] = []
      var limit = rlimit()
      if getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur != .max {
        rooms.append(Int(clamping: limit.rlim_cur) - pages[0] * pageSize - arenaBytes)
      }
      if getrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit) == 0, limit.rlim_cur != .max {
        rooms.append(Int(clamping: limit.rlim_cur) - pages[5] * pageSize)
      }
      for file in ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"] {
        guard let most = number(inFile: file), most < 1 << 60 else { continue }
        rooms.append(most - pages[1] * pageSize)
      }
      return rooms.min().map { max(0, $0) }
    #else
      return nil
    #endif
  }

  #if os(Linux)
    /// Addresses that the allocator sets aside for each thread that allocates much, and hardly uses.
    private static let arenaBytes = 64 << 20

    private static func number(inFile path: String) -> Int? {
      let file = open(path, O_RDONLY | O_CLOEXEC)
      guard file >= 0 else { return nil }
      defer { close(file) }
      var bytes = [UInt8](repeating: 0, count: 32)
      let count = read(file, &bytes, bytes.count)
      return Int(String(decoding: bytes[..<max(0, count)].prefix { $0 > 0x20 }, as: UTF8.self))
    }

    /// Kept open: the text is generated anew for every read, so a measurement costs one system call instead of three.
    private static let statistics = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    private static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
  #endif
}
