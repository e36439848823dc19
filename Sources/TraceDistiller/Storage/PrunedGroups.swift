// Spans that were pruned before they arrived: the system that stored the trace (Tempo, the Collector's span pruning) replaced many similar
// spans with one summary span, which has their number and durations. It is treated as a folded group, never as one slow call.

import TraceRecords

/// The attributes of a summary span. Their prefix is the processor's default.
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

  /// Formats without types send texts.
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
  /// Whether a text is the attribute key that marks summary spans: few traces have it.
  static func isPruningSign(_ text: UnsafeRawBufferPointer) -> Bool { text.elementsEqual(PrunedGroup.sign.bytes) }

  /// Turns a span into a group if its attributes say that it stands for many spans.
  @inline(never)
  mutating func group(_ span: inout SpanRow, _ row: Int, _ attributes: UnsafeBufferPointer<Attribute>, _ texts: BatchTexts) {
    guard !span.flags.contains(.collapsed) else { return }
    let told = PrunedGroup(attributes, texts)
    // Without a count the number of calls is not known: the span is kept as it is.
    guard told.isSummary, let count = told.count, count > 0 else { return }
    var fold = FoldedSpans(count: Int(count), spans: Int(count), isPruned: true)
    fold.totalNanos = told.total ?? 0
    fold.minNanos = told.least
    fold.maxNanos = told.most ?? 0
    folds[UInt32(row)] = fold
    span.flags.formUnion([.collapsed, .pruned])
    prunedSpans = prunedSpans.addingSaturated(Int(count))
  }

  /// A summary span's interval reaches from the first call to the last, including the time in between. Only as much of it counts as the
  /// calls took together, so that neither the critical path nor a self time contains time in which none of them ran. An export writes the
  /// interval as received.
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

  /// The number of spans that arrived as groups.
  package var prunedGroups: Int { folds.values.reduce(0) { $0 + ($1.isPruned ? 1 : 0) } }

  /// The duration of a call, for code that looks for slow calls: for a group, its longest call.
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
