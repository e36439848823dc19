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
    .traceID, Parameter("filter", .filter), Parameter("text", .shape("TextPattern")), .limit(1...1_000), .cursor, .maxChars, .maxTokens,
  ]

  struct Params {
    /// Nil for all traces.
    var traceID: String?
    /// Includes the parameter `text`.
    var filter: TraceFilter
    var limit: Int
    var from: SearchCursor?
  }

  /// One page of the results.
  struct Result {
    var search: SpanSearch
    var limit: Int
    var losses: LossReport
    var note: String?
    /// A hint at what to do or what exists, if nothing was found.
    var hint: String?
  }

  /// The most that one request examines, about a second's work. nextCursor continues where it stopped.
  static let maxEffort = 8_000_000

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      traceID: try reader.string("traceId"),
      filter: try TraceFilter(reader.value("filter")).with(
        text: reader.value("text").map { value throws(ResponseError) in try TextReader.pattern("text", value) }),
      limit: try reader.integer("limit") ?? 50,
      from: try reader.string("cursor").map { text throws(ResponseError) in try SearchCursor(text) })
  }

  static func isQuick(_ params: Params, in context: RequestContext) -> Bool {
    context.isSmall(below: 100, spans: 2_000)
  }

  static func respond(to params: Params, in context: RequestContext) async throws(ResponseError) -> Result {
    if let place = params.from?.place { try context.check(place.serial, ofCursor: place.cursor) }
    var wanted: Int?
    if let name = params.traceID { wanted = try await context.snapshot(name).serial }
    let begun = SpanSearch(params.filter.query, inTrace: wanted, limit: params.limit, from: params.from?.place, effort: maxEffort)
    let now = context.now
    let search = try await context.ask { source throws(SourceUnavailable) in try await source.search(begun, now: now) }
    var hint: String?
    if search.kept.kept == 0 {
      hint = context.hint()
    } else if search.matches.isEmpty, search.stoppedAt == nil, params.from == nil {
      hint = try await params.filter.alternatives(spans: search.effort.spans, search.kept, in: context)
    }
    return Result(
      search: search, limit: params.limit, losses: search.kept.losses, note: params.filter.note(.spans, search.kept), hint: hint)
  }
}

/// Why a page of a search ends before everything is found.
enum PageEnd: String {
  case limit
  case maxChars
  /// The limit of work per request was reached; the next request continues.
  case effort
}

extension TracesSearch.Result: MethodResult {
  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer {
    let (note, hint) = AnswerWords.fitting(self.note, self.hint, maxChars - 260)
    let spans = FoundSpans(search)
    var entries = [JSONValue?](repeating: nil, count: search.matches.count)
    return try BoundedList.answer(total: search.matches.count, from: 0, limit: limit, maxChars: maxChars) { index in
      if let made = entries[index] { return made }
      let node = spans.node(index)
      var object: JSONObject = ["traceId": .string(node.trace.snapshot.traceID), "handle": .string(node.trace.snapshot.handle)]
      for (key, value) in TraceShape.span(node).members { object[key] = value }
      object.append("match", spans.words(index).map { TracesSearch.Result.match($0) })
      entries[index] = .object(object)
      return .object(object)
    } around: { page in
      let next = cursor(page.end, isCut: page.isCut)
      var object: JSONObject = [
        "spans": .array(page.entries),
        "searched": ["traces": .integer(search.searchedTraces), "spans": .integer(search.effort.spans)],
        "nextCursor": next.map { .string($0) } ?? .null,
      ]
      object.append("pageEnd", pageEnd(page.end, isCut: page.isCut).map { .string($0.rawValue) })
      if !losses.isEmpty { object["lost"] = TraceShape.lost(losses) }
      object.append("note", note.map { .string($0) })
      object.append("hint", hint.map { .string($0) })
      return JSONAnswer(object, isCut: page.isShortened || next != nil)
    }
  }

  private static func match(_ words: FoundWords) -> JSONValue {
    var object: JSONObject = ["field": .string(words.field), "text": .string(words.text)]
    if words.isCutBefore { object["cutBefore"] = true }
    if words.isCutAfter { object["cutAfter"] = true }
    return .object(object)
  }

  /// The cursor for what follows a page that ends there.
  func cursor(_ end: Int, isCut: Bool) -> String? {
    let next = isCut ? (end > 0 ? search.matches[end - 1].next : nil) : search.stoppedAt
    return next?.cursor
  }

  func pageEnd(_ end: Int, isCut: Bool) -> PageEnd? {
    guard isCut else { return search.stoppedAt == nil ? nil : .effort }
    return end >= limit ? .limit : .maxChars
  }
}

/// The spans of a search in their distilled traces. Matches of one trace are adjacent, so each trace is distilled once.
final class FoundSpans {
  private let search: SpanSearch
  private var latest: (index: Int, trace: DistilledTrace)?

  init(_ search: SpanSearch) { self.search = search }

  func node(_ index: Int) -> DistilledTraceNode {
    let match = search.matches[index]
    if latest?.index != match.trace { latest = (match.trace, DistilledTrace(search.traces[match.trace])) }
    return latest!.trace.node(match.row)
  }

  /// The words around what was searched for.
  func words(_ index: Int) -> FoundWords? { FoundWords(node(index), search.filter.span.texts) }
}

/// A position in the search as text.
struct SearchCursor: Sendable {
  var place: SearchPlace

  init(_ text: String) throws(ResponseError) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "span", let serial = Int(parts[1]), let row = Int(parts[2]), let folded = Int(parts[3]), row >= 0
    else { throw .invalidCursor(text) }
    place = SearchPlace(serial: serial, row: row, folded: folded)
  }
}

extension SearchPlace {
  var cursor: String { "span.\(serial).\(row).\(folded)" }
}
