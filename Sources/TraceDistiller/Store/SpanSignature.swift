// What the spans of one trace may contain, in a size that a list of 100,000 traces can afford. A search opens only traces that may match.

/// A Bloom filter over the names and attributes of a trace (B. H. Bloom, "Space/time trade-offs in hash coding with allowable errors",
/// 1970), and the approximate duration of its longest span. It has no false negatives, but some false positives.
struct SpanSignature: Sendable, BitwiseCopyable {
  /// 238 bits for a small trace. The upper bits of the last word hold the longest duration and flags.
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  private static let known: UInt64 = 1 << 47
  private static let foldsOddly: UInt64 = 1 << 46
  private static let bits: UInt64 = 238

  /// Whether it was created from a trace; an empty signature gives no information.
  var isKnown: Bool { words.3 & Self.known != 0 }

  /// Some text contains a character beyond ASCII whose lower case is ASCII: İ (U+0130) and the Kelvin sign (U+212A) are the only two.
  var hasOddFolding: Bool { words.3 & Self.foldsOddly != 0 }

  /// No span is longer than this. It is at most a thousandth above the longest duration.
  var longestNanos: Int64 { Self.nanos(UInt16(truncatingIfNeeded: words.3 >> 48)) }

  init() {}

  /// The number of words that a larger trace needs in addition to the signature: four bytes per span. 0 for a trace with up to 12 spans.
  static func words(forSpans count: Int) -> Int { count <= 12 ? 0 : (count + 1) / 2 }

  /// - Parameters:
  ///   - large: Memory for the bits where the trace is too large for those in the signature; empty where it is not.
  ///   - vocabulary: Told what its spans are called; none where that is too much to remember.
  init(
    _ storage: UnsafePointer<TraceStorage>, known texts: inout KnownTexts, large: inout [UInt64],
    vocabulary: inout Set<TraceVocabularies.Words>?
  ) {
    words.3 = Self.known
    var keys: [UInt32] = [TextHash.hash(UnsafeRawBufferPointer(start: nil, count: 0))]
    for number in 1..<max(1, UInt32(storage.pointee.texts.count)) {
      let reference = storage.pointee.texts.reference(number)
      keys.append(reference.map { storage.pointee.arena.withBytes($0) { TextHash.hash($0) } } ?? keys[0])
    }
    // Numbers of the known texts, where a text names something.
    var named = [UInt32?](repeating: nil, count: keys.count)
    named[0] = 0
    var latest: TraceVocabularies.Words?
    var longest: Int64 = 0
    for row in storage.pointee.spans.indices {
      let span = storage.pointee.spans[row]
      longest = max(longest, storage.pointee.duration(of: span))
      for number in [span.name, span.service, span.target] where named[Int(number)] == nil {
        insert(Self.item(text: keys[Int(number)]), &large)
        named[Int(number)] =
          storage.pointee.texts.reference(number).flatMap { storage.pointee.arena.withBytes($0) { texts.insert($0) } } ?? .max
      }
      // As a search sees them.
      if span.isDefined || span.lastEvent != SpanRow.none {
        let words = TraceVocabularies.Words(
          name: named[Int(span.name)]!, service: named[Int(span.service)]!, target: named[Int(span.target)]!)
        if words != latest { vocabulary?.insert(words) }
        latest = words
      }
      var next = span.attributes
      while next != SpanRow.none {
        next = storage.pointee.arena.withBlock(next) { cursor in
          while cursor.next() { insert(Self.item(key: keys[Int(cursor.key)], value: cursor.valueHash), &large) }
          return cursor.previous
        }
      }
    }
    if texts.isOverflown { vocabulary = nil }
    if storage.pointee.arena.hasOddFolding { words.3 |= Self.foldsOddly }
    words.3 |= UInt64(Self.code(longest)) << 48
  }

  static func item(text hash: UInt32) -> UInt64 { StableHash.mix(1, UInt64(hash)) }
  static func item(key: UInt32, value: UInt32) -> UInt64 { StableHash.mix(2, UInt64(key) << 32 | UInt64(value)) }

  /// A duration in 16 bits, rounded up: ten significant bits, and their shift.
  static func code(_ nanos: Int64) -> UInt16 {
    guard nanos >= 1_024 else { return UInt16(max(0, nanos)) }
    let shift = 53 - nanos.leadingZeroBitCount
    return UInt16(shift + 1) << 10 | UInt16(nanos >> shift & 1_023)
  }

  static func nanos(_ code: UInt16) -> Int64 {
    guard code >= 1_024 else { return Int64(code) }
    let shift = Int64(code >> 10) - 1
    return (Int64(code & 1_023 | 1_024) << shift) + (1 << shift - 1)
  }

  /// Maps 32 bits of a hash to one of `count` bits, all with equal probability.
  @inline(__always)
  private static func place(_ half: UInt64, of count: UInt64) -> UInt64 { (half &* count) >> 32 }

  @inline(__always)
  private mutating func insert(_ item: UInt64, _ large: inout [UInt64]) {
    let count = large.isEmpty ? Self.bits : UInt64(large.count) * 64
    for half in [item & 0xFFFF_FFFF, item >> 32] {
      let bit = Self.place(half, of: count)
      if !large.isEmpty {
        large[Int(bit >> 6)] |= 1 << (bit & 63)
      } else {
        switch bit >> 6 {
        case 0: words.0 |= 1 << (bit & 63)
        case 1: words.1 |= 1 << (bit & 63)
        case 2: words.2 |= 1 << (bit & 63)
        default: words.3 |= 1 << (bit & 63)
        }
      }
    }
  }

  /// Whether the trace may contain `item`.
  @inline(__always)
  func mayHold(_ item: UInt64, _ large: [UInt64]?) -> Bool {
    if let large {
      let count = UInt64(large.count) * 64
      let (one, other) = (Self.place(item & 0xFFFF_FFFF, of: count), Self.place(item >> 32, of: count))
      return large[Int(one >> 6)] & 1 << (one & 63) != 0 && large[Int(other >> 6)] & 1 << (other & 63) != 0
    }
    return isSet(Self.place(item & 0xFFFF_FFFF, of: Self.bits)) && isSet(Self.place(item >> 32, of: Self.bits))
  }

  @inline(__always)
  private func isSet(_ bit: UInt64) -> Bool {
    let word = bit < 128 ? bit < 64 ? words.0 : words.1 : bit < 192 ? words.2 : words.3
    return word & 1 << (bit & 63) != 0
  }
}

/// The distinct texts of all signed traces: names, services, targets and keys. A pattern is matched against these rather than against each
/// trace.
struct KnownTexts: Sendable {
  private var arena = TextArena()
  private var table = TextTable()
  /// With more texts than this the table is not useful: the names are different in every trace.
  static let most = 16_384
  static let mostBytes = 1 << 20
  /// There were too many texts, so they are not kept and nothing is known about them.
  private(set) var isOverflown = false

  var count: Int { table.count }
  var allocatedBytes: Int { arena.allocatedBytes + table.allocatedBytes }

  /// The number of a text; nil where they are not kept.
  mutating func insert(_ text: UnsafeRawBufferPointer) -> UInt32? {
    guard !isOverflown else { return nil }
    let number = table.intern(text, in: &arena)
    guard table.count > Self.most || arena.allocatedBytes > Self.mostBytes else { return number }
    self = KnownTexts()
    isOverflown = true
    return nil
  }

  /// Whether a pattern is in the text of that number.
  func matches(_ number: UInt32, _ pattern: TextPattern) -> Bool {
    table.reference(number).map { arena.withBytes($0) { pattern.matches($0) } }
      ?? pattern.matches(UnsafeRawBufferPointer(start: nil, count: 0))
  }

  /// The signature items of the texts that match; nil if the texts are not known or too many match.
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
  /// The hash of the current value in the text form that a filter uses.
  fileprivate var valueHash: UInt32 {
    switch tag {
    case .string, .json: return TextHash.hash(text)
    case .integer, .double, .true, .false:
      var text = value.text
      return text.withUTF8 { TextHash.hash(UnsafeRawBufferPointer($0)) }
    }
  }
}
