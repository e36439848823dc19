// The signatures of all traces that have ended, made when a search first opens each; and what a search asks of them.

/// Signatures by slot. They cost nothing while nobody searches, and four bytes a span at most afterwards.
struct SignatureTable: Sendable {
  private var signatures: [SpanSignature] = []
  /// Bits of traces that are too large for their signature, by slot.
  private var large: [Int: [UInt64]] = [:]
  private var largeBytes = 0
  var largeCount: Int { large.count }
  private(set) var texts = KnownTexts()

  var allocatedBytes: Int {
    HeapBytes.ofArray(signatures.capacity * MemoryLayout<SpanSignature>.stride) + largeBytes + large.capacity * 24 + texts.allocatedBytes
  }

  /// Nil where none was made since the trace last changed.
  @inline(__always)
  func signature(_ slot: Int) -> SpanSignature? {
    guard slot < signatures.count, signatures[slot].isKnown else { return nil }
    return signatures[slot]
  }

  /// - Parameter count: how many slots there are.
  mutating func sign(_ slot: Int, of count: Int, _ storage: UnsafePointer<TraceStorage>) {
    if slot >= signatures.count {
      signatures.reserveCapacity(count)
      signatures += repeatElement(SpanSignature(), count: count - signatures.count)
    }
    var words = [UInt64](repeating: 0, count: SpanSignature.words(forSpans: storage.pointee.spans.count))
    signatures[slot] = SpanSignature(storage, known: &texts, large: &words)
    guard !words.isEmpty else { return }
    large[slot] = words
    largeBytes += HeapBytes.ofArray(words.capacity * 8)
  }

  /// The trace changed, or went.
  mutating func forget(_ slot: Int) {
    guard slot < signatures.count, signatures[slot].isKnown else { return }
    signatures[slot] = SpanSignature()
    guard !large.isEmpty, let words = large.removeValue(forKey: slot) else { return }
    largeBytes -= HeapBytes.ofArray(words.capacity * 8)
  }

  /// Whether a trace may have a span that matches; nil where its signature was not made.
  @inline(__always)
  func mayMatch(_ wanted: WantedSignature, _ slot: Int) -> Bool? {
    guard slot < signatures.count, signatures[slot].isKnown else { return nil }
    if wanted.isImpossible { return false }
    if let least = wanted.leastMillis, Double(signatures[slot].longestNanos) / 1_000_000 < least { return false }
    let words = large.isEmpty ? nil : large[slot]
    for item in wanted.all where !signatures[slot].mayHold(item, words) { return false }
    for items in wanted.any where !items.contains(where: { signatures[slot].mayHold($0, words) }) { return false }
    return true
  }
}

/// What a trace's signature must say, that one of its spans may match: a class, because it is asked 100,000 times. Made of conditions and of the texts that are known, anew when there are more.
final class WantedSignature {
  /// What must be there, all of it; and of each of these lists, one.
  fileprivate let all: [UInt64]
  fileprivate let any: [[UInt64]]
  /// A name is asked for that no signed trace has.
  fileprivate let isImpossible: Bool
  fileprivate let leastMillis: Double?
  /// Texts, of which all must be somewhere.
  private let texts: [WantedText]
  private let textCount: Int

  init(_ conditions: SpanConditions, _ texts: KnownTexts) {
    textCount = texts.count
    self.texts = conditions.texts.map { WantedText($0) }
    leastMillis = conditions.minMillis
    all = conditions.attributes.map { SpanSignature.item(key: Self.hash($0.key), value: Self.hash($0.value)) }
    let named = [conditions.name, conditions.service, conditions.target].compactMap { $0.flatMap { texts.items($0) } }
    any = named
    isImpossible = named.contains { $0.isEmpty }
  }

  /// Asks for nothing, and is current never.
  init() { (all, any, isImpossible, leastMillis, self.texts, textCount) = ([], [], false, nil, [], -1) }

  /// Whether the texts may be in a trace, by a look at the bytes of all that it keeps.
  func mayHaveTexts(_ arena: TextArena, _ signature: SpanSignature) -> Bool {
    texts.allSatisfy { text in arena.contains { text.mayBe(in: $0, hasOddFolding: signature.hasOddFolding) } }
  }

  func isCurrent(_ texts: KnownTexts) -> Bool { textCount == texts.count }

  private static func hash(_ text: String) -> UInt32 {
    var text = text
    return text.withUTF8 { TextHash.hash(UnsafeRawBufferPointer($0)) }
  }
}
