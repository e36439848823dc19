// Which spans match? A scan over the rows of one trace at a time that can stop anywhere and go on there.

import TraceRecords

/// What is looked for in spans: every condition that is given must hold for the span itself.
package struct SpanQuery: Sendable {
  package var name: TextPattern?
  package var service: TextPattern?
  package var target: TextPattern?
  /// Each in the name, the status message, an attribute value or a log message.
  package var texts: [TextPattern] = []
  package var outcome: SpanOutcome?
  /// Whether the span or one below it failed.
  package var hasErrors: Bool?
  package var minMillis: Double?
  package var maxMillis: Double?
  /// Bounds of the span's start.
  package var since: Int64?
  package var until: Int64?
  package var attributes: [(key: String, value: String)] = []

  package init() {}
}

/// What a request may look at. A row costs 1, its attributes and each of its log lines 1 more.
package struct SearchEffort: Sendable {
  package private(set) var left: Int
  package private(set) var spans = 0
  /// Names that were met, for those who find nothing.
  package private(set) var names: [String] = []
  private var knownNames: Set<String> = []

  package init(limit: Int) { left = limit }

  package var isSpent: Bool { left <= 0 }

  package mutating func spend(_ amount: Int) { left -= amount }

  mutating func visit() {
    spans += 1
    left -= 1
  }

  mutating func meet(_ name: String) {
    if names.count < 500, knownNames.insert(name).inserted { names.append(name) }
  }
}

/// A query at work on one trace. Names, services and targets are looked at once each, however many spans share them.
package struct SpanScan {
  private let query: SpanQuery
  private let storage: TraceStorage
  /// By text number: 0 not looked at, 1 does not match, 2 matches.
  private var names: [UInt8]
  private var services: [UInt8]
  private var targets: [UInt8]
  private var containsFailure: [Bool] = []

  package init(_ query: SpanQuery, _ storage: TraceStorage) {
    self.query = query
    self.storage = storage
    names = Array(repeating: 0, count: storage.texts.count)
    services = names
    targets = names
    if query.hasErrors != nil { containsFailure = SpanScan.failing(storage) }
  }

  /// The first row from `row` on that matches; nil where none does or the effort is spent. `row` moves on to where the scan goes on.
  package mutating func next(from row: inout Int, _ effort: inout SearchEffort) -> Int? {
    while row < storage.spans.count, !effort.isSpent {
      let candidate = row
      row += 1
      let span = storage.spans[candidate]
      // A row that is only spoken of is no span yet.
      guard span.isDefined else { continue }
      effort.visit()
      if matches(span, candidate, &effort) { return candidate }
    }
    return nil
  }

  package var rowCount: Int { storage.spans.count }

  private mutating func matches(_ span: SpanRow, _ row: Int, _ effort: inout SearchEffort) -> Bool {
    let name = Int(span.name)
    if names[name] == 0 {
      let text = storage.text(span.name)
      effort.meet(text)
      names[name] = query.name?.matches(text) ?? true ? 2 : 1
    }
    guard names[name] == 2, check(query.service, span.service, \.services), check(query.target, span.target, \.targets) else {
      return false
    }
    let isFailed = span.flags.contains(.failed)
    if let outcome = query.outcome, outcome != (isFailed ? .error : span.isOpen ? .running : .ok) { return false }
    if let hasErrors = query.hasErrors, containsFailure[row] != hasErrors { return false }
    let end = span.isOpen ? max(span.start, storage.maxTime) : max(span.start, span.end)
    let millis = Double(end.subtractingSaturated(span.start)) / 1_000_000
    if let least = query.minMillis, millis < least { return false }
    if let most = query.maxMillis, millis > most { return false }
    if let since = query.since, span.start < since { return false }
    if let until = query.until, span.start > until { return false }
    guard !query.attributes.isEmpty || !query.texts.isEmpty else { return true }
    return matchesInside(span, &effort)
  }

  private mutating func matchesInside(_ span: SpanRow, _ effort: inout SearchEffort) -> Bool {
    effort.spend(1)
    let found = AttributeReader(arena: storage.arena, texts: storage.texts).attributes(span.attributes)
    for (key, value) in query.attributes {
      guard found.contains(where: { $0.key.utf8.elementsEqual(key.utf8) && $0.value.text.utf8.elementsEqual(value.utf8) }) else {
        return false
      }
    }
    return query.texts.allSatisfy { text in
      if text.matches(storage.text(span.name)) || found.contains(where: { text.matches($0.value.text) }) { return true }
      var next = span.lastEvent
      while next != SpanRow.none {
        effort.spend(1)
        let event = storage.events[Int(next)]
        if storage.arena.withBytes(event.message, { text.matches($0) }) { return true }
        next = event.previous
      }
      return false
    }
  }

  private mutating func check(_ pattern: TextPattern?, _ number: UInt32, _ known: WritableKeyPath<SpanScan, [UInt8]>) -> Bool {
    guard let pattern else { return true }
    let number = Int(number)
    if self[keyPath: known][number] == 0 { self[keyPath: known][number] = pattern.matches(storage.text(UInt32(number))) ? 2 : 1 }
    return self[keyPath: known][number] == 2
  }

  /// Rows that failed or have a failed row below them.
  /// - Complexity: O(rows): a walk up ends where another one came by.
  private static func failing(_ storage: TraceStorage) -> [Bool] {
    var isFailing = [Bool](repeating: false, count: storage.spans.count)
    for row in storage.spans.indices where storage.spans[row].flags.contains(.failed) {
      var current = row
      while !isFailing[current] {
        isFailing[current] = true
        guard storage.spans[current].parent != SpanRow.none else { break }
        current = Int(storage.spans[current].parent)
      }
    }
    return isFailing
  }
}
