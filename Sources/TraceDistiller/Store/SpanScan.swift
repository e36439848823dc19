// Finds the spans that match. Conditions are prepared once and checked on rows: names by their text numbers in the trace, attributes and
// messages by their bytes. Nothing is created for a span that does not match.

import TraceRecords

/// The conditions for one span. All of them must hold.
package struct SpanConditions: Sendable {
  package var name: TextPattern?
  package var service: TextPattern?
  package var target: TextPattern?
  package var outcome: SpanOutcome?
  package var minMillis: Double?
  package var maxMillis: Double?
  /// Compared as text.
  package var attributes: [(key: String, value: String)] = []
  /// Each must occur in the name, the status message, an attribute value or a log message.
  package var texts: [TextPattern] = []

  package init() {}

  package var isEmpty: Bool {
    name == nil && service == nil && target == nil && outcome == nil && minMillis == nil && maxMillis == nil && attributes.isEmpty
      && texts.isEmpty
  }

  /// What its regular expressions cost so far beyond a look at each byte, as rows.
  var work: Int { texts.reduce(0) { $0 + $1.work } / 16 }
}

/// The amount of data that a request may examine. A row costs 1, its attributes and each of its log lines 1 more.
package struct SearchEffort: Sendable {
  package private(set) var left: Int
  package private(set) var spans = 0

  package init(limit: Int = .max) { left = limit }

  package var isSpent: Bool { left <= 0 }

  package mutating func spend(_ amount: Int) { left -= amount }

  /// Spans that do not have to be examined.
  package mutating func passOver(_ count: Int) {
    spans += count
    left -= 1
  }

  mutating func visit() {
    spans += 1
    left -= 1
  }
}

/// Evaluates conditions on one trace after the other. The trace is borrowed: a copy would retain everything in it. Interned texts are
/// checked once, however many spans share them.
package struct SpanScan: Sendable {
  private let conditions: SpanConditions
  private var names = NumberVerdicts()
  private var services = NumberVerdicts()
  private var targets = NumberVerdicts()
  private var attributes: [WantedAttribute]
  private let texts: [WantedText]
  /// The results of each text for names.
  private var textsOfNames: [NumberVerdicts]
  private let looksInside: Bool
  private let hasRegex: Bool
  private var spentWork = 0

  package init(_ conditions: SpanConditions) {
    self.conditions = conditions
    attributes = conditions.attributes.map { WantedAttribute(key: Array($0.key.utf8), value: $0.value) }
    // An empty text matches everything.
    texts = conditions.texts.filter { !$0.isEmpty }.map { WantedText($0) }
    textsOfNames = texts.map { _ in NumberVerdicts() }
    looksInside = !attributes.isEmpty || !texts.isEmpty
    hasRegex = conditions.texts.contains { $0.isRegex }
    spentWork = hasRegex ? conditions.work : 0
  }

  /// Prepares for a trace. Returns false if none of its spans can match.
  package mutating func begin(_ storage: UnsafePointer<TraceStorage>) -> Bool {
    names.begin(storage.pointee.texts.count)
    services.begin(storage.pointee.texts.count)
    targets.begin(storage.pointee.texts.count)
    for index in textsOfNames.indices { textsOfNames[index].begin(storage.pointee.texts.count) }
    for index in attributes.indices {
      guard let number = storage.pointee.number(ofText: attributes[index].key) else { return false }
      attributes[index].number = number
    }
    return true
  }

  /// The first matching row from `row` on; nil if there is none or the effort is used up. `row` is set to where the scan continues.
  package mutating func next(in storage: UnsafePointer<TraceStorage>, from row: inout Int, _ effort: inout SearchEffort) -> Int? {
    while row < storage.pointee.spans.count, !effort.isSpent {
      let candidate = row
      row += 1
      let span = storage.pointee.spans[candidate]
      guard span.isDefined || span.lastEvent != SpanRow.none else { continue }
      effort.visit()
      let isMatch = matches(span, candidate, in: storage, &effort)
      if hasRegex {
        let work = conditions.work
        effort.spend(work - spentWork)
        spentWork = work
      }
      if isMatch { return candidate }
    }
    return nil
  }

  /// Whether any span of the trace matches.
  package mutating func matchesAny(in storage: UnsafePointer<TraceStorage>) -> Bool {
    guard begin(storage) else { return false }
    var (row, effort) = (0, SearchEffort())
    return next(in: storage, from: &row, &effort) != nil
  }

  private mutating func matches(_ span: SpanRow, _ row: Int, in storage: UnsafePointer<TraceStorage>, _ effort: inout SearchEffort) -> Bool
  {
    if let outcome = conditions.outcome, outcome != span.outcome { return false }
    if let name = conditions.name, !names.verdict(on: span.name, name, in: storage) { return false }
    if let service = conditions.service, !services.verdict(on: span.service, service, in: storage) { return false }
    if let target = conditions.target, !targets.verdict(on: span.target, target, in: storage) { return false }
    if conditions.minMillis != nil || conditions.maxMillis != nil {
      let millis = Double(storage.pointee.callNanos(row, span)) / 1_000_000
      if let least = conditions.minMillis, millis < least { return false }
      if let most = conditions.maxMillis, millis > most { return false }
    }
    guard looksInside else { return true }
    effort.spend(1)
    for wanted in attributes where !wanted.matches(span.attributes, in: storage) { return false }
    for index in texts.indices where !matches(index, span, in: storage, &effort) { return false }
    return true
  }

  private mutating func matches(_ index: Int, _ span: SpanRow, in storage: UnsafePointer<TraceStorage>, _ effort: inout SearchEffort)
    -> Bool
  {
    let text = texts[index]
    if textsOfNames[index].verdict(on: span.name, text.pattern, in: storage) { return true }
    if text.matches(attributesOf: span.attributes, in: storage) { return true }
    var next = span.lastEvent
    while next != SpanRow.none {
      effort.spend(1)
      let event = storage.pointee.events[Int(next)]
      if storage.pointee.arena.withBytes(event.message, { text.pattern.matches($0) }) { return true }
      next = event.previous
    }
    return false
  }
}

/// The results of a pattern for the texts of one trace, by number.
private struct NumberVerdicts: Sendable {
  /// Twice the generation, plus 1 if the text matches. So nothing has to be cleared for the next trace.
  private var verdicts: [UInt32] = []
  private var generation: UInt32 = 0

  mutating func begin(_ count: Int) {
    generation &+= 1
    if generation == 1 << 31 { (generation, verdicts) = (1, []) }
    if verdicts.count < count { verdicts += repeatElement(0, count: count - verdicts.count) }
  }

  @inline(__always)
  mutating func verdict(on number: UInt32, _ pattern: TextPattern, in storage: UnsafePointer<TraceStorage>) -> Bool {
    let known = verdicts[Int(number)]
    return known >> 1 == generation ? known & 1 == 1 : decide(number, pattern, storage)
  }

  @inline(never)
  private mutating func decide(_ number: UInt32, _ pattern: TextPattern, _ storage: UnsafePointer<TraceStorage>) -> Bool {
    let isMatch =
      storage.pointee.texts.reference(number).map { storage.pointee.arena.withBytes($0) { pattern.matches($0) } }
      ?? pattern.matches(UnsafeRawBufferPointer(start: nil, count: 0))
    verdicts[Int(number)] = generation << 1 | (isMatch ? 1 : 0)
    return isMatch
  }
}

extension SpanRow {
  /// A span that appears only in logs is not known to have ended.
  package var outcome: SpanOutcome { flags.contains(.failed) ? .error : isOpen || !isDefined ? .running : .ok }
}

extension TraceStorage {
  /// The duration of a span so far; 0 if it appears only in logs.
  func duration(of span: SpanRow) -> Int64 {
    guard span.isDefined else { return 0 }
    let end = span.isOpen ? max(span.start, maxTime) : max(span.start, span.end)
    return end.subtractingSaturated(span.start)
  }

  /// The number of an interned text.
  /// - Complexity: O(interned texts): snapshots have no index.
  func number(ofText text: [UInt8]) -> UInt32? {
    if text.isEmpty { return 0 }
    return text.withUnsafeBytes { bytes in
      for number in 1..<max(1, UInt32(texts.count)) {
        if let reference = texts.reference(number), arena.equals(reference, bytes) { return number }
      }
      return nil
    }
  }
}
