// traces/list: what ran lately?

import JSON
import JSONRPC
import TraceDistiller

enum TracesList: RequestMethod {
  static let name = "traces/list"
  static let summary = "What ran lately: one line per trace, filtered, sorted and paged."
  static let parameters: [Parameter] = [
    Parameter("filter", .filter), Parameter("sort", .oneOf(Sort.allCases.map(\.rawValue))), .limit(1...1_000), .cursor, .maxChars,
    .maxTokens,
  ]

  enum Sort: String, CaseIterable, Sendable {
    /// Newest first.
    case recent
    case slowest
    /// Most failed spans first.
    case errors
  }

  struct Params {
    var filter: TraceFilter
    var sort: Sort
    var limit: Int
    var after: TraceListCursor?
    var maxChars: Int
  }

  struct Result: MethodResult {
    var json: JSONValue
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    let sort = try reader.choice("sort", Sort.self) ?? .recent
    return Params(
      filter: try TraceFilter(reader.value("filter")), sort: sort, limit: try reader.integer("limit") ?? 50,
      after: try reader.string("cursor").map { text throws(ResponseError) in try TraceListCursor(text, sort: sort) },
      maxChars: try reader.budget())
  }

  static func isQuick(_ params: Params, in context: RequestContext) -> Bool {
    !params.filter.looksInside && context.store.withLock { $0.liveCount } <= 1_000
  }

  static func respond(to params: Params, in context: RequestContext) throws(ResponseError) -> Result {
    let (all, evicted, losses) = context.store.withLock { store in
      store.advance(to: context.now)
      return (store.overviews(now: context.now), store.evictedCount, store.losses)
    }
    let matching = all.filter { trace in
      !Task.isCancelled && params.filter.matches(trace) { context.store.withLock { $0.snapshot(of: trace, now: context.now) } }
    }
    let ranked = matching.map { (key: TraceListCursor($0, sort: params.sort), trace: $0) }.sorted { $0.key.precedes($1.key) }
    let rest = params.after.map { after in ranked.filter { after.precedes($0.key) } } ?? ranked
    var hint: String?
    if all.isEmpty { hint = context.hint() } else if matching.isEmpty { hint = params.filter.alternatives(all) }
    // A hint stands in the place of traces; it may name a pipe with a long path.
    hint = hint.map { JSONLength.cut($0, to: params.maxChars - 200) }
    let json = try BoundedList.answer(total: rest.count, from: 0, limit: params.limit, maxChars: params.maxChars) {
      TraceShape.overview(rest[$0].trace)
    } around: { page in
      let next = page.isCut && page.end > 0 ? JSONValue.string(rest[page.end - 1].key.text) : .null
      var object: JSONObject = ["traces": .array(page.entries), "total": .integer(matching.count), "nextCursor": next]
      if evicted > 0 { object["evicted"] = .integer(Int64(clamping: evicted)) }
      if !losses.isEmpty { object["lost"] = TraceShape.lost(losses) }
      object.append("hint", hint.map { .string($0) })
      return object
    }
    return Result(json: json)
  }
}

/// The place of a trace in a sorted list: its key, so that the next page follows even when the trace itself is gone by then.
struct TraceListCursor: Sendable {
  var sort: TracesList.Sort
  var value: Int64
  var serial: Int

  init(_ trace: TraceOverview, sort: TracesList.Sort) {
    self.sort = sort
    serial = trace.serial
    value =
      switch sort {
      case .recent: 0
      case .slowest: trace.durationNanos
      case .errors: Int64(trace.errorCount)
      }
  }

  init(_ text: String, sort: TracesList.Sort) throws(ResponseError) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == sort.rawValue, let value = Int64(parts[1]), let serial = Int(parts[2]) else {
      throw .invalidCursor(text)
    }
    self.sort = sort
    self.value = value
    self.serial = serial
  }

  var text: String { "\(sort.rawValue).\(value).\(serial)" }

  /// The larger value first, of equals the newer.
  func precedes(_ other: TraceListCursor) -> Bool { value != other.value ? value > other.value : serial > other.serial }
}
