// traces/list: what ran lately?

import JSON
import JSONRPC
import TraceDistiller

enum TracesList: RequestMethod {
  static let name = "traces/list"
  static let summary = "What ran lately: one line per trace, filtered, sorted and paged."
  static let version = 2
  static let parameters: [Parameter] = [
    Parameter("filter", .filter), Parameter("sort", .oneOf(TraceListQuery.Sort.allCases.map(\.rawValue))), .limit(1...1_000), .cursor,
    .maxChars, .maxTokens,
  ]

  struct Params {
    var filter: TraceFilter
    var sort: TraceListQuery.Sort
    var limit: Int
    var after: TraceListCursor?
  }

  /// One page of the list.
  struct Result {
    var listing: TraceListing
    var sort: TraceListQuery.Sort
    var limit: Int
    var evicted: UInt64
    var losses: LossReport
    /// How the filter's keys were understood, if their meaning has changed.
    var note: String?
    /// A hint at what to do or what exists, if no trace is listed.
    var hint: String?
    /// What an earlier hub took with it, on the first page: who reads a list of some traces has to know that there were others.
    var hubLost: String?
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    let sort = try reader.choice("sort", TraceListQuery.Sort.self) ?? .recent
    return Params(
      filter: try TraceFilter(reader.value("filter")), sort: sort, limit: try reader.integer("limit") ?? 50,
      after: try reader.string("cursor").map { text throws(ResponseError) in try TraceListCursor(text, sort: sort) })
  }

  static func isQuick(_ params: Params, in context: RequestContext) -> Bool {
    params.filter.looksInside ? context.isSmall(below: 100, spans: 2_000) : context.isSmall(below: 200_000)
  }

  static func respond(to params: Params, in context: RequestContext) async throws(ResponseError) -> Result {
    if let after = params.after { try context.check(after.place.serial, ofCursor: after.text) }
    var query = TraceListQuery()
    query.filter = params.filter.query
    (query.sort, query.after, query.limit) = (params.sort, params.after?.place, params.limit)
    let listing = try await context.list(query)
    var hint: String?
    if listing.kept == 0 {
      hint = context.hint()
    } else if listing.matching == 0 {
      hint = try await params.filter.alternatives(listing, in: context)
    }
    return Result(
      listing: listing, sort: params.sort, limit: params.limit, evicted: listing.evicted, losses: listing.losses,
      note: params.filter.note(.traces),
      // Where nothing is kept the hint says it.
      hint: hint, hubLost: params.after == nil && listing.kept > 0 ? context.lost : nil)
  }
}

extension TracesList.Result: MethodResult {
  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer {
    // A hint is shown instead of traces; it may contain a pipe's long path.
    let (note, hint) = AnswerWords.fitting(self.note, self.hint, maxChars - 200)
    return try BoundedList.answer(total: listing.rest, from: 0, limit: limit, maxChars: maxChars) {
      TraceShape.overview(listing.lines[$0])
    } around: { page in
      var object: JSONObject = [
        "traces": .array(page.entries), "total": .integer(listing.matching),
        "nextCursor": cursor(page.end, isCut: page.isCut).map { .string($0) } ?? .null,
      ]
      if listing.ofOtherProjects > 0 { object["otherProjects"] = .integer(listing.ofOtherProjects) }
      if evicted > 0 { object["evicted"] = .integer(Int64(clamping: evicted)) }
      if !losses.isEmpty { object["lost"] = TraceShape.lost(losses) }
      object.append("hubLost", hubLost.map { .string($0) })
      object.append("note", note.map { .string($0) })
      object.append("hint", hint.map { .string($0) })
      return JSONAnswer(object, isCut: page.isShortened)
    }
  }

  /// The cursor for what follows a page that ends there.
  func cursor(_ end: Int, isCut: Bool) -> String? {
    isCut && end > 0 ? TraceListCursor(listing.lines[end - 1], sort: sort).text : nil
  }
}

/// A position in the list as text. It names the sort order that it belongs to.
struct TraceListCursor: Sendable {
  var sort: TraceListQuery.Sort
  var place: TraceListPlace

  init(_ trace: TraceOverview, sort: TraceListQuery.Sort) {
    self.sort = sort
    place = TraceListPlace(trace, sort: sort)
  }

  init(_ text: String, sort: TraceListQuery.Sort) throws(ResponseError) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == sort.rawValue, let value = Int64(parts[1]), let serial = Int(parts[2]) else {
      throw .invalidCursor(text)
    }
    self.sort = sort
    place = TraceListPlace(value: value, serial: serial)
  }

  var text: String { "\(sort.rawValue).\(place.value).\(place.serial)" }
}
