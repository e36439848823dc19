// The signatures of all ended traces, created when a search first opens each trace; and the check of a search against them.

/// Signatures by slot. They cost nothing until the first search, and then at most four bytes per span.
struct SignatureTable: Sendable {
  private var signatures: [SpanSignature] = []
  /// The bits of traces that are too large for their signature, by slot.
  private var large: [Int: [UInt64]] = [:]
  private var largeBytes = 0
  var largeCount: Int { large.count }
  private(set) var texts = KnownTexts()
  var textCount: Int { texts.count }
  private(set) var vocabularies = TraceVocabularies()
  /// By slot.
  private var kinds: [UInt32] = []

  var allocatedBytes: Int {
    HeapBytes.ofArray(signatures.capacity * MemoryLayout<SpanSignature>.stride) + largeBytes + large.capacity * 24 + texts.allocatedBytes
      + HeapBytes.ofArray(kinds.capacity * 4) + vocabularies.allocatedBytes
  }

  /// Nil if no signature was created since the trace last changed.
  @inline(__always)
  func signature(_ slot: Int) -> SpanSignature? {
    guard slot < signatures.count, signatures[slot].isKnown else { return nil }
    return signatures[slot]
  }

  /// Which spans a trace has, by their names; 0 where that is not known.
  func kind(_ slot: Int) -> UInt32 { slot < kinds.count ? kinds[slot] : 0 }

  /// - Parameter count: the number of slots.
  mutating func sign(_ slot: Int, of count: Int, _ storage: UnsafePointer<TraceStorage>) {
    if slot >= signatures.count {
      signatures.reserveCapacity(count)
      signatures += repeatElement(SpanSignature(), count: count - signatures.count)
      kinds.reserveCapacity(count)
      kinds += repeatElement(0, count: count - kinds.count)
    }
    var words = [UInt64](repeating: 0, count: SpanSignature.words(forSpans: storage.pointee.spans.count))
    var vocabulary: Set<TraceVocabularies.Words>? = texts.isOverflown ? nil : []
    signatures[slot] = SpanSignature(storage, known: &texts, large: &words, vocabulary: &vocabulary)
    if texts.isOverflown, vocabularies.count > 0 {
      // Their numbers are those of texts that are no longer known.
      vocabularies = TraceVocabularies()
      for slot in kinds.indices { kinds[slot] = 0 }
    }
    kinds[slot] = vocabulary.map { vocabularies.kind($0) } ?? 0
    guard !words.isEmpty else { return }
    large[slot] = words
    largeBytes += HeapBytes.ofArray(words.capacity * 8)
  }

  /// The trace changed or was removed.
  mutating func forget(_ slot: Int) {
    guard slot < signatures.count, signatures[slot].isKnown else { return }
    signatures[slot] = SpanSignature()
    kinds[slot] = 0
    guard !large.isEmpty, let words = large.removeValue(forKey: slot) else { return }
    largeBytes -= HeapBytes.ofArray(words.capacity * 8)
  }

  /// What a signature says of a trace.
  enum Verdict {
    /// It was not made.
    case unknown
    case no
    /// One of its spans may match.
    case maybe
    /// One of its spans matches: nothing is asked but names.
    case yes
  }

  @inline(__always)
  func verdict(_ wanted: WantedSignature, _ slot: Int) -> Verdict {
    guard slot < signatures.count, signatures[slot].isKnown else { return .unknown }
    if wanted.isImpossible { return .no }
    if let least = wanted.leastMillis, Double(signatures[slot].longestNanos) / 1_000_000 < least { return .no }
    if wanted.asksNames, kinds[slot] > 0 {
      if !wanted.isNamed(kinds[slot], self) { return .no }
      if wanted.asksNothingElse { return .yes }
      return mayHoldAttributes(wanted, slot) ? .maybe : .no
    }
    return mayHoldAttributes(wanted, slot) && mayHoldNames(wanted, slot) ? .maybe : .no
  }

  private func mayHoldAttributes(_ wanted: WantedSignature, _ slot: Int) -> Bool {
    guard !wanted.all.isEmpty else { return true }
    let words = large.isEmpty ? nil : large[slot]
    for item in wanted.all where !signatures[slot].mayHold(item, words) { return false }
    return true
  }

  private func mayHoldNames(_ wanted: WantedSignature, _ slot: Int) -> Bool {
    guard !wanted.any.isEmpty else { return true }
    let words = large.isEmpty ? nil : large[slot]
    for items in wanted.any where !items.contains(where: { signatures[slot].mayHold($0, words) }) { return false }
    return true
  }
}

/// The requirements on a trace's signature so that one of its spans may match. A class, because it is used 100,000 times per search. It is
/// created from the conditions and the known texts, and again when there are more texts.
final class WantedSignature {
  /// All of `all` must be there, and at least one item of each list in `any`.
  fileprivate let all: [UInt64]
  fileprivate let any: [[UInt64]]
  /// The filter requires a name that no signed trace has.
  fileprivate let isImpossible: Bool
  fileprivate let leastMillis: Double?
  /// Texts that must all occur somewhere in the trace.
  private let texts: [WantedText]
  private let textCount: Int
  /// Some name, service or target is asked for; and nothing besides.
  fileprivate let asksNames: Bool
  fileprivate let asksNothingElse: Bool
  private let name: TextPattern?
  private let service: TextPattern?
  private let target: TextPattern?
  /// By kind of trace, whether one of its spans is called so; asked once for each.
  private var named: [Bool?] = []

  init(_ conditions: SpanConditions, _ texts: KnownTexts) {
    textCount = texts.count
    self.texts = conditions.texts.map { WantedText($0) }
    leastMillis = conditions.minMillis
    all = conditions.attributes.map { SpanSignature.item(key: Self.hash($0.key), value: Self.hash($0.value)) }
    let named = [conditions.name, conditions.service, conditions.target].compactMap { $0.flatMap { texts.items($0) } }
    any = named
    isImpossible = named.contains { $0.isEmpty }
    (name, service, target) = (conditions.name, conditions.service, conditions.target)
    asksNames = name != nil || service != nil || target != nil
    var others = conditions
    (others.name, others.service, others.target) = (nil, nil, nil)
    asksNothingElse = others.isEmpty
  }

  fileprivate func isNamed(_ kind: UInt32, _ table: SignatureTable) -> Bool {
    if Int(kind) >= named.count { named += repeatElement(nil, count: Int(kind) + 1 - named.count) }
    if let known = named[Int(kind)] { return known }
    let found = table.vocabularies.contains(kind) { words in
      (name.map { table.texts.matches(words.name, $0) } ?? true) && (service.map { table.texts.matches(words.service, $0) } ?? true)
        && (target.map { table.texts.matches(words.target, $0) } ?? true)
    }
    named[Int(kind)] = found
    return found
  }

  /// Has no requirements and is never current.
  init() {
    (all, any, isImpossible, leastMillis, self.texts, textCount) = ([], [], false, nil, [], -1)
    (asksNames, asksNothingElse, name, service, target) = (false, false, nil, nil, nil)
  }

  /// Whether the texts may occur in a trace, by searching the bytes of all its texts.
  func mayHaveTexts(_ storage: UnsafePointer<TraceStorage>, _ signature: SpanSignature) -> Bool {
    texts.allSatisfy { text in storage.pointee.arena.contains { text.mayBe(in: $0, hasOddFolding: signature.hasOddFolding) } }
  }

  var asksTexts: Bool { !texts.isEmpty }

  /// - Parameter count: of the texts that are known now.
  func isCurrent(_ count: Int) -> Bool { textCount == count }

  private static func hash(_ text: String) -> UInt32 {
    var text = text
    return text.withUTF8 { TextHash.hash(UnsafeRawBufferPointer($0)) }
  }
}
