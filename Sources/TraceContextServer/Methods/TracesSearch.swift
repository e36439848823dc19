// traces/search: which spans match?

import JSON
import JSONRPC
import TraceDistiller
import TraceRecords

enum TracesSearch: RequestMethod {
  static let name = "traces/search"
  static let summary = "Which spans match, in all traces that are kept or in one: the newest trace first, each span with its trace."
  static let version = 2
  static let parameters: [Parameter] = [
    .traceID, Parameter("filter", .filter), Parameter("text", .string), .limit(1...1_000), .cursor, .maxChars, .maxTokens,
  ]

  struct Params {
    /// Nil for all traces.
    var traceID: String?
    /// The parameter `text` is a part of it.
    var filter: TraceFilter
    var limit: Int
    var from: SearchCursor?
  }

  /// One page of what was found.
  struct Result {
    var search: SpanSearch
    var limit: Int
    var losses: LossReport
    var note: String?
    /// What to do, or what there is instead, where nothing was found.
    var hint: String?
  }

  /// What one request looks at, at most; nextCursor goes on where it stopped. About a second's work.
  static let maxEffort = 8_000_000

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      traceID: try reader.string("traceId"),
      filter: try TraceFilter(reader.value("filter")).with(text: reader.string("text").map { TextPattern($0) }),
      limit: try reader.integer("limit") ?? 50,
      from: try reader.string("cursor").map { text throws(ResponseError) in try SearchCursor(text) })
  }

  static func isQuick(_ params: Params, in context: RequestContext) -> Bool {
    context.isSmall(below: 100, spans: 2_000)
  }

  static func respond(to params: Params, in context: RequestContext) throws(ResponseError) -> Result {
    let wanted = try params.traceID.map { name throws(ResponseError) in try context.snapshot(name).handle }
    let candidates = context.store.candidates(params.filter.query, now: context.now)
    let traces = candidates.traces.filter { trace in
      params.from.map { trace.place.serial <= $0.serial } ?? true && wanted.map { "t\(trace.place.serial)" == $0 } ?? true
    }
    var search = SpanSearch(params, effort: maxEffort)
    context.store.visit(traces, now: context.now, matching: params.filter.query.span) {
      search.passOver(spans: $0)
    } _: { trace, storage, snapshot in
      search.look(in: storage, serial: trace.place.serial, snapshot)
      return !search.isOver
    }
    var hint: String?
    if candidates.kept.kept == 0 {
      hint = context.hint()
    } else if search.matches.isEmpty, search.stoppedAt == nil, params.from == nil {
      hint = params.filter.alternatives(spans: search.effort.spans, candidates.kept, in: context)
    }
    return Result(
      search: search, limit: params.limit, losses: context.store.withLock { $0.losses }, note: params.filter.note(.spans), hint: hint)
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
    let (note, hint) = AnswerWords.fitting(self.note, self.hint, maxChars - 260)
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
      object.append("note", note.map { .string($0) })
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
  private var scan: SpanScan
  private let from: SearchCursor?
  private let limit: Int

  init(_ params: TracesSearch.Params, effort: Int) {
    self.effort = SearchEffort(limit: effort)
    // One more than the page shows whether there is another page.
    limit = params.limit + 1
    from = params.from
    scan = SpanScan(params.filter.query.span)
  }

  /// The page is full, the effort spent, or nobody waits any more.
  var isOver: Bool { matches.count >= limit || stoppedAt != nil || Task.isCancelled }

  /// A trace that is known to hold nothing of what is looked for: it counts as searched.
  mutating func passOver(spans: Int) {
    searchedTraces += 1
    effort.passOver(spans)
  }

  /// - Parameter snapshot: Copies the trace, where it has something to show.
  mutating func look(in storage: UnsafePointer<TraceStorage>, serial: Int, _ snapshot: () -> TraceSnapshot?) {
    let folded = storage.pointee.collapsedSpans
    // Rows of a trace that was folded since are other rows: it is searched anew rather than skipped.
    var row = from.map { $0.serial == serial && $0.folded == folded ? $0.row : 0 } ?? 0
    guard !effort.isSpent else {
      stoppedAt = SearchCursor(serial: serial, row: row, folded: folded)
      return
    }
    searchedTraces += 1
    guard scan.begin(storage) else { return }
    let before = matches.count
    while matches.count < limit, let found = scan.next(in: storage, from: &row, &effort) {
      if matches.count == before {
        guard let trace = snapshot() else { return }
        traces.append(trace)
      }
      matches.append((traces.count - 1, found, SearchCursor(serial: serial, row: row, folded: folded)))
    }
    // The times of its spans are computed for the whole trace.
    if matches.count > before { effort.spend(storage.pointee.spans.count) }
    if matches.count < limit, row < storage.pointee.spans.count { stoppedAt = SearchCursor(serial: serial, row: row, folded: folded) }
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
