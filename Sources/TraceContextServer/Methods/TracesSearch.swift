// traces/search: which spans match?

import JSON
import JSONRPC
import TraceDistiller
import TraceRecords

enum TracesSearch: RequestMethod {
  static let name = "traces/search"
  static let summary = "Which spans match, in all traces that are kept: the newest trace first, each span with its trace."
  static let parameters: [Parameter] = [
    Parameter("filter", .filter), Parameter("text", .string), .limit(1...1_000), .cursor, .maxChars, .maxTokens,
  ]

  struct Params {
    var filter: TraceFilter
    var text: TextPattern?
    var limit: Int
    var from: SearchCursor?
  }

  /// One page of what was found.
  struct Result {
    var search: SpanSearch
    var limit: Int
    var losses: LossReport
    /// What to do, or what there is instead, where nothing was found.
    var hint: String?
  }

  /// What one request looks at, at most; nextCursor goes on where it stopped. About a second's work.
  static let maxEffort = 2_000_000

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      filter: try TraceFilter(reader.value("filter")), text: try reader.string("text").map { TextPattern($0) },
      limit: try reader.integer("limit") ?? 50,
      from: try reader.string("cursor").map { text throws(ResponseError) in try SearchCursor(text) })
  }

  static func isQuick(_ params: Params, in context: RequestContext) -> Bool {
    context.store.withLock { $0.liveCount <= 100 && $0.liveSpanCount <= 2_000 }
  }

  static func respond(to params: Params, in context: RequestContext) throws(ResponseError) -> Result {
    let (all, losses) = context.store.overviews(now: context.now)
    var search = SpanSearch(params, effort: maxEffort)
    for trace in all.reversed() where params.filter.matchesRun(trace) && params.from.map({ trace.serial <= $0.serial }) ?? true {
      guard !search.isOver, let snapshot = context.store.withLock({ $0.snapshot(of: trace, now: context.now) }) else { continue }
      search.look(into: snapshot, serial: trace.serial)
    }
    let found = search
    var hint: String?
    if all.isEmpty {
      hint = context.hint()
    } else if found.matches.isEmpty, found.stoppedAt == nil, params.from == nil {
      hint = alternatives(params, found, all)
    }
    return Result(search: found, limit: params.limit, losses: losses, hint: hint)
  }

  /// What there is when nothing matches: names that look alike, and the time that the traces cover.
  private static func alternatives(_ params: Params, _ found: SpanSearch, _ traces: [TraceOverview]) -> String {
    let wanted = params.filter.name ?? params.text ?? params.filter.text
    let near = nearest(wanted?.text ?? "", among: found.effort.names, limit: 5).map { VisibleText.make($0, limit: 60) }
    let first = traces.map(\.startTimeUnixNano).min() ?? 0
    let last = traces.map(\.startTimeUnixNano).max() ?? 0
    let spans = "\(DurationText.count(found.effort.spans)) \(found.effort.spans == 1 ? "span" : "spans")"
    let names = near.isEmpty ? "" : " (\(near.joined(separator: ", ")))"
    let places = "\(DurationText.count(traces.count)) \(traces.count == 1 ? "trace" : "traces")"
    return "nothing matches among \(spans)\(names); \(places) began between \(Timestamp.format(first)) and \(Timestamp.format(last))"
      + params.filter.otherRuns(traces)
  }
}

/// Why a page of a search ends before all is found.
enum PageEnd: String {
  case limit
  case maxChars
  /// So much was looked at that the next request goes on.
  case effort
}

extension TracesSearch.Result: MethodResult {
  func json(maxChars: Int) throws(ResponseError) -> JSONValue {
    let hint = hint.map { JSONLength.cut($0, to: maxChars - 260) }
    let spans = FoundSpans(search)
    var entries = [JSONValue?](repeating: nil, count: search.matches.count)
    return try BoundedList.answer(total: search.matches.count, from: 0, limit: limit, maxChars: maxChars) { index in
      if let made = entries[index] { return made }
      let node = spans.node(index)
      var object: JSONObject = ["traceId": .string(node.trace.snapshot.traceID), "handle": .string(node.trace.snapshot.handle)]
      for (key, value) in TraceShape.span(node).members { object[key] = value }
      entries[index] = .object(object)
      return .object(object)
    } around: { page in
      var object: JSONObject = [
        "spans": .array(page.entries),
        "searched": ["traces": .integer(search.searchedTraces), "spans": .integer(search.effort.spans)],
        "nextCursor": cursor(page.end, isCut: page.isCut).map { .string($0) } ?? .null,
      ]
      object.append("pageEnd", pageEnd(page.end, isCut: page.isCut).map { .string($0.rawValue) })
      if !losses.isEmpty { object["lost"] = TraceShape.lost(losses) }
      object.append("hint", hint.map { .string($0) })
      return object
    }
  }

  /// What goes on behind a page that ends there.
  func cursor(_ end: Int, isCut: Bool) -> String? {
    let next = isCut ? (end > 0 ? search.matches[end - 1].next : nil) : search.stoppedAt
    return next?.text
  }

  func pageEnd(_ end: Int, isCut: Bool) -> PageEnd? {
    guard isCut else { return search.stoppedAt == nil ? nil : .effort }
    return end >= limit ? .limit : .maxChars
  }
}

/// The spans of a search with what their traces make of them. Matches of one trace stand together: each trace is distilled once.
final class FoundSpans {
  private let search: SpanSearch
  private var latest: (index: Int, trace: DistilledTrace)?

  init(_ search: SpanSearch) { self.search = search }

  func node(_ index: Int) -> DistilledTraceNode {
    let match = search.matches[index]
    if latest?.index != match.trace { latest = (match.trace, DistilledTrace(search.traces[match.trace])) }
    return latest!.trace.node(match.row)
  }
}

/// The search at work: what was found so far and where it stopped.
struct SpanSearch {
  private(set) var matches: [(trace: Int, row: Int, next: SearchCursor)] = []
  private(set) var traces: [TraceSnapshot] = []
  private(set) var effort: SearchEffort
  private(set) var searchedTraces = 0
  /// Not nil where the effort was spent before the end.
  private(set) var stoppedAt: SearchCursor?
  private var query = SpanQuery()
  private let from: SearchCursor?
  private let limit: Int

  init(_ params: TracesSearch.Params, effort: Int) {
    self.effort = SearchEffort(limit: effort)
    // One more than the page shows whether there is another page.
    limit = params.limit + 1
    from = params.from
    let filter = params.filter
    (query.name, query.service, query.target) = (filter.name, filter.service, filter.target)
    query.texts = [filter.text, params.text].compactMap { $0 }
    (query.outcome, query.hasErrors) = (filter.status, filter.hasErrors)
    (query.minMillis, query.maxMillis) = (filter.minDurationMs, filter.maxDurationMs)
    (query.since, query.until, query.attributes) = (filter.since, filter.until, filter.attributes)
  }

  /// The page is full, the effort spent, or nobody waits any more.
  var isOver: Bool { matches.count >= limit || stoppedAt != nil || Task.isCancelled }

  mutating func look(into trace: TraceSnapshot, serial: Int) {
    let folded = trace.storage.collapsedSpans
    // Rows of a trace that was folded since are other rows: it is searched anew rather than skipped.
    var row = from.map { $0.serial == serial && $0.folded == folded ? $0.row : 0 } ?? 0
    guard !effort.isSpent else {
      stoppedAt = SearchCursor(serial: serial, row: row, folded: folded)
      return
    }
    searchedTraces += 1
    var scan = SpanScan(query, trace.storage)
    let before = matches.count
    while matches.count < limit, let found = scan.next(from: &row, &effort) {
      if matches.count == before { traces.append(trace) }
      matches.append((traces.count - 1, found, SearchCursor(serial: serial, row: row, folded: folded)))
    }
    // The times of its spans are computed for the whole trace.
    if matches.count > before { effort.spend(scan.rowCount) }
    if matches.count < limit, row < scan.rowCount { stoppedAt = SearchCursor(serial: serial, row: row, folded: folded) }
  }
}

/// A place in the search: the row of a trace to go on with. Traces that come later are newer and not missed, they are not asked for.
struct SearchCursor: Sendable {
  var serial: Int
  var row: Int
  var folded: Int

  init(serial: Int, row: Int, folded: Int) { (self.serial, self.row, self.folded) = (serial, row, folded) }

  init(_ text: String) throws(ResponseError) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "span", let serial = Int(parts[1]), let row = Int(parts[2]), let folded = Int(parts[3]), row >= 0
    else { throw .invalidCursor(text) }
    self.init(serial: serial, row: row, folded: folded)
  }

  var text: String { "span.\(serial).\(row).\(folded)" }
}
