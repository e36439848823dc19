// What the spans of one trace may hold, in as many bytes as a list of 100,000 traces can afford: a search opens only traces that may match.

/// A Bloom filter over the texts and the attributes of a trace (B. H. Bloom, "Space/time trade-offs in hash coding with allowable errors", 1970), and
/// its longest span. It never denies what is there; of what is not, it lets a part pass.
struct SpanSignature: Sendable {
  /// 190 bits for a small trace, and two that say what else is known of it; `large` has those of a larger one.
  private var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
  private(set) var longestNanos: Int64 = 0

  private static let known: UInt64 = 1 << 63
  private static let foldsOddly: UInt64 = 1 << 62
  private static let smallBits: UInt64 = 190

  /// Made of a trace; the empty one says nothing.
  var isKnown: Bool { words.2 & Self.known != 0 }

  /// Some text holds a character beyond ASCII whose lower case is ASCII: İ (U+0130) and the Kelvin sign (U+212A) are the two that there are.
  var hasOddFolding: Bool { words.2 & Self.foldsOddly != 0 }

  init() {}

  /// How many words the bits of a larger trace take beside the signature: four bytes for each span. None for a trace of up to 12 spans.
  static func words(forSpans count: Int) -> Int { count <= 12 ? 0 : (count + 1) / 2 }

  /// - Parameter large: Memory for the bits where the trace is too large for those in the signature; empty where it is not.
  init(_ storage: TraceStorage, known texts: inout KnownTexts, large: inout [UInt64]) {
    words.2 = Self.known
    var keys: [UInt32] = [TextHash.hash(UnsafeRawBufferPointer(start: nil, count: 0))]
    for number in 1..<UInt32(storage.texts.count) {
      guard let reference = storage.texts.reference(number) else { continue }
      storage.arena.withBytes(reference) { text in
        let hash = TextHash.hash(text)
        keys.append(hash)
        insert(Self.item(text: hash), &large)
        texts.insert(text)
      }
    }
    for row in storage.spans.indices {
      let span = storage.spans[row]
      longestNanos = max(longestNanos, storage.duration(of: span))
      var next = span.attributes
      while next != SpanRow.none {
        next = storage.arena.withBlock(next) { cursor in
          while cursor.next() { insert(Self.item(key: keys[Int(cursor.key)], value: cursor.valueHash), &large) }
          return cursor.previous
        }
      }
    }
    if storage.arena.hasOddFolding { words.2 |= Self.foldsOddly }
  }

  static func item(text hash: UInt32) -> UInt64 { StableHash.mix(1, UInt64(hash)) }
  static func item(key: UInt32, value: UInt32) -> UInt64 { StableHash.mix(2, UInt64(key) << 32 | UInt64(value)) }

  @inline(__always)
  private mutating func insert(_ item: UInt64, _ large: inout [UInt64]) {
    let count = large.isEmpty ? Self.smallBits : UInt64(large.count) * 64
    for half in [item & 0xFFFF_FFFF, item >> 32] {
      let bit = half &* count >> 32
      if !large.isEmpty {
        large[Int(bit >> 6)] |= 1 << (bit & 63)
      } else {
        switch bit >> 6 {
        case 0: words.0 |= 1 << (bit & 63)
        case 1: words.1 |= 1 << (bit & 63)
        default: words.2 |= 1 << (bit & 63)
        }
      }
    }
  }

  /// Whether the trace may have what was inserted as `item`.
  @inline(__always)
  func mayHold(_ item: UInt64, _ large: [UInt64]?) -> Bool {
    func isSet(_ half: UInt64) -> Bool {
      if let large { return large[Int(half &* (UInt64(large.count) * 64) >> 38)] & 1 << (half &* (UInt64(large.count) * 64) >> 32 & 63) != 0 }
      let bit = half &* Self.smallBits >> 32
      let word = bit >> 6 == 0 ? words.0 : bit >> 6 == 1 ? words.1 : words.2
      return word & 1 << (bit & 63) != 0
    }
    return isSet(item & 0xFFFF_FFFF) && isSet(item >> 32)
  }
}

/// Texts that stand for something in the traces that were signed: names, services, targets and keys, each once. A pattern is asked of these rather than of
/// each trace.
struct KnownTexts: Sendable {
  private var arena = TextArena()
  private var table = TextTable()
  /// More than this are not worth it: names that are different in every trace.
  static let most = 16_384
  static let mostBytes = 1 << 20
  /// So many were there that they are not kept: nothing is known of them then.
  private(set) var isOverflown = false

  var count: Int { table.count }
  var allocatedBytes: Int { arena.allocatedBytes + table.allocatedBytes }

  mutating func insert(_ text: UnsafeRawBufferPointer) {
    guard !isOverflown else { return }
    _ = table.intern(text, in: &arena)
    guard table.count > Self.most || arena.allocatedBytes > Self.mostBytes else { return }
    self = KnownTexts()
    isOverflown = true
  }

  /// What stands in signatures for the texts that match; nil where these are unknown or too many to ask for each.
  func items(_ pattern: TextPattern) -> [UInt64]? {
    guard !isOverflown, !pattern.isEmpty else { return nil }
    var items: [UInt64] = []
    for number in 1..<max(1, UInt32(table.count)) {
      guard let reference = table.reference(number) else { continue }
      arena.withBytes(reference) { text in if pattern.matches(text) { items.append(SpanSignature.item(text: TextHash.hash(text))) } }
      if items.count > 8 { return nil }
    }
    return items
  }
}

extension AttributeCursor {
  /// The hash of the value at hand as the text that a filter gives for it.
  fileprivate var valueHash: UInt32 {
    switch tag {
    case .string, .json: return TextHash.hash(text)
    case .integer, .double, .true, .false:
      var text = value.text
      return text.withUTF8 { TextHash.hash(UnsafeRawBufferPointer($0)) }
    }
  }
}
