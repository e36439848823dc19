// Spans that were pruned before they came: whoever stored the trace (Tempo, the Collector's span pruning) put one summary span in the place of many alike
// ones, with how many there were and how long they took. It is a folded group, never one slow call.

import TraceRecords

/// What the attributes of a summary span say. Their prefix is the processor's default.
private struct PrunedGroup {
  var isSummary = false
  var count: Int64?
  var total, least, most: Int64?

  static let sign: StaticString = "aggregation.is_summary"

  init(_ attributes: UnsafeBufferPointer<Attribute>, _ texts: BatchTexts) {
    let prefix = "aggregation.".utf8.count
    for attribute in attributes {
      let key = texts[attribute.key]
      guard key.count > prefix, key.starts(with: "aggregation.".utf8) else { continue }
      let name = UnsafeRawBufferPointer(rebasing: key[prefix...])
      if name.elementsEqual("is_summary".utf8) { isSummary = PrunedGroup.flag(attribute.value, texts) }
      if name.elementsEqual("span_count".utf8) { count = PrunedGroup.number(attribute.value, texts) }
      if name.elementsEqual("duration_total_ns".utf8) { total = PrunedGroup.number(attribute.value, texts) }
      if name.elementsEqual("duration_min_ns".utf8) { least = PrunedGroup.number(attribute.value, texts) }
      if name.elementsEqual("duration_max_ns".utf8) { most = PrunedGroup.number(attribute.value, texts) }
    }
  }

  /// Formats without types give texts.
  private static func flag(_ value: AttributeValue, _ texts: BatchTexts) -> Bool {
    switch value {
    case .bool(let flag): flag
    case .string(let range): texts[range].elementsEqual("true".utf8)
    case .integer, .double, .json: false
    }
  }

  private static func number(_ value: AttributeValue, _ texts: BatchTexts) -> Int64? {
    switch value {
    case .integer(let number): max(0, number)
    case .string(let range): Int64(String(decoding: texts[range].prefix(20), as: UTF8.self)).map { max(0, $0) }
    case .bool, .double, .json: nil
    }
  }
}

extension TraceStorage {
  /// Whether a text is the name by which summary spans are known: few traces have it.
  static func isPruningSign(_ text: UnsafeRawBufferPointer) -> Bool { text.elementsEqual(PrunedGroup.sign.bytes) }

  /// Makes a span a group where its attributes say that it stands for many.
  @inline(never)
  mutating func group(_ span: inout SpanRow, _ row: Int, _ attributes: UnsafeBufferPointer<Attribute>, _ texts: BatchTexts) {
    guard !span.flags.contains(.collapsed) else { return }
    let told = PrunedGroup(attributes, texts)
    // Without a count it is not known how many calls it stands for: it stays what it looks like.
    guard told.isSummary, let count = told.count, count > 0 else { return }
    var fold = FoldedSpans(count: Int(count), spans: Int(count), isPruned: true)
    fold.totalNanos = told.total ?? 0
    fold.minNanos = told.least
    fold.maxNanos = told.most ?? 0
    folds[UInt32(row)] = fold
    span.flags.formUnion([.collapsed, .pruned])
    prunedSpans = prunedSpans.addingSaturated(Int(count))
  }

  /// Its interval reaches from the first of them to the last, whatever lay between: of it counts no more than they took together, so that neither the
  /// critical path nor anybody's own time holds time in which none of them ran. An export tells the interval as it came.
  mutating func settle(group span: inout SpanRow, _ row: Int) {
    guard var fold = folds[UInt32(row)], fold.isPruned, span.flags.contains(.ended) else { return }
    if fold.endNanos == nil { fold.endNanos = span.end }
    fold.failed = span.hasErrorStatus || span.flags.contains(.hasErrorLog) ? fold.count : 0
    let extent = (fold.endNanos ?? span.end).subtractingSaturated(span.start)
    if fold.totalNanos == 0 { fold.totalNanos = extent }
    if fold.maxNanos == 0 { fold.maxNanos = min(extent, fold.totalNanos) }
    span.end = span.start.addingSaturated(min(extent, fold.totalNanos))
    folds[UInt32(row)] = fold
  }

  /// Spans that came as groups.
  package var prunedGroups: Int { folds.values.reduce(0) { $0 + ($1.isPruned ? 1 : 0) } }

  /// How long a call took, for whoever looks for slow ones: of a group, the longest in it.
  func callNanos(_ row: Int, _ span: SpanRow) -> Int64 {
    span.flags.contains(.pruned) ? folds[UInt32(row)]?.maxNanos ?? duration(of: span) : duration(of: span)
  }
}

extension Int {
  fileprivate func addingSaturated(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
