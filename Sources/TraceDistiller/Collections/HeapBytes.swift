// What memory from the system really takes: a bound in bytes is worth as much as its account is true.

enum HeapBytes {
  /// What an array of so many payload bytes takes: Swift's header of 32 bytes, the allocator's of 8, in steps of 16 (glibc's on 64 bits). An
  /// array without memory takes none.
  @inline(__always)
  static func ofArray(_ payload: Int) -> Int { payload == 0 ? 0 : (payload + 55) & ~15 }
}
