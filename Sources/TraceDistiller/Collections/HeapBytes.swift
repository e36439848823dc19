// The memory that heap allocations really take: a bound in bytes is only as good as the accounting.

enum HeapBytes {
  /// The size of an array with that many payload bytes: plus Swift's header of 32 bytes and the allocator's of 8, in steps of 16 (glibc on
  /// 64 bits). An empty array takes nothing.
  @inline(__always)
  static func ofArray(_ payload: Int) -> Int { payload == 0 ? 0 : (payload + 55) & ~15 }
}
