// Hashes that are equal on every machine and in every run: for shapes, ranks and exported ids. Tables whose keys are chosen by senders use
// `TextHash`.

enum StableHash {
  /// The finaliser of MurmurHash3 (Austin Appleby, public domain), applied to a running value.
  @inline(__always)
  static func mix(_ seed: UInt64, _ value: UInt64) -> UInt64 {
    var mixed = (seed &* 0x9E37_79B9_7F4A_7C15) ^ value
    mixed = (mixed ^ (mixed >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    mixed = (mixed ^ (mixed >> 33)) &* 0xC4CE_B9FE_1A85_EC53
    return mixed ^ (mixed >> 33)
  }

  /// The initial value of FNV-1a.
  static let start: UInt64 = 0xCBF2_9CE4_8422_2325

  /// One step of FNV-1a, for one byte.
  @inline(__always)
  static func add(_ byte: UInt8, to hash: UInt64) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }

  /// FNV-1a of a text.
  @inline(__always)
  static func of(_ text: some Sequence<UInt8>) -> UInt64 { text.reduce(start) { add($1, to: $0) } }
}
