// logs/list: what did programs log outside of traces?

import JSON
import JSONRPC
import TraceDistiller
import TraceRecords

enum LogsList: RequestMethod {
  static let name = "logs/list"
  static let summary = "Module logs, the newest first: by level, module, run, time, attributes, text."
  static let parameters: [Parameter] = [Parameter("filter", .logFilter), .limit(1...1_000), .cursor, .maxChars, .maxTokens]

  struct Params {
    var filter: LogFilter
    var limit: Int
    var after: LogCursor?
    var maxChars: Int
  }

  struct Result: MethodResult {
    var json: JSONValue
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      filter: try LogFilter(reader.value("filter")), limit: try reader.integer("limit") ?? 100,
      after: try reader.string("cursor").map { text throws(ResponseError) in try LogCursor(text) },
      maxChars: try reader.budget())
  }

  static func isQuick(_ params: Params, in context: RequestContext) -> Bool { context.store.withLock { $0.logs.count } <= 1_000 }

  static func respond(to params: Params, in context: RequestContext) throws(ResponseError) -> Result {
    let (logs, evicted, losses) = context.store.withLock { ($0.logs, $0.statistics.evictedLogs, $0.losses) }
    var matching: [(key: LogCursor, log: ModuleLog)] = []
    logs.visitAll { log in
      if params.filter.matches(log) { matching.append((LogCursor(log), log)) }
      return !Task.isCancelled
    }
    matching.sort { $0.key.precedes($1.key) }
    let rest = params.after.map { after in matching.filter { after.precedes($0.key) } } ?? matching
    var hint: String?
    if logs.count == 0 {
      hint = "no module log was kept; " + context.hint()
    } else if matching.isEmpty {
      hint = alternatives(logs)
    }
    hint = hint.map { JSONLength.cut($0, to: params.maxChars - 200) }
    let json = try BoundedList.answer(total: rest.count, from: 0, limit: params.limit, maxChars: params.maxChars) {
      TraceShape.log(rest[$0].log)
    } around: { page in
      let next = page.isCut && page.end > 0 ? JSONValue.string(rest[page.end - 1].key.text) : .null
      var object: JSONObject = ["logs": .array(page.entries), "total": .integer(matching.count), "nextCursor": next]
      if evicted > 0 { object["evicted"] = .integer(Int64(clamping: evicted)) }
      if !losses.isEmpty { object["lost"] = TraceShape.lost(losses) }
      object.append("hint", hint.map { .string($0) })
      return object
    }
    return Result(json: json)
  }

  /// What there is when nothing matches: how many of each level, which modules, and the time that they cover.
  private static func alternatives(_ logs: ModuleLogs) -> String {
    var counts = [Int](repeating: 0, count: SeverityLevel.allCases.count)
    var targets: [String] = []
    var (first, last) = (Int64.max, Int64.min)
    logs.visitAll { log in
      counts[Int(log.level.rawValue)] += 1
      (first, last) = (min(first, log.timeUnixNano), max(last, log.timeUnixNano))
      if targets.count < 8, let target = log.target, !targets.contains(target) { targets.append(target) }
      return true
    }
    let levels = SeverityLevel.allCases.reversed().filter { counts[Int($0.rawValue)] > 0 }
      .map { "\($0.name) \(DurationText.count(counts[Int($0.rawValue)]))" }
    let places = targets.isEmpty ? "" : " from \(targets.map { VisibleText.make($0, limit: 60) }.joined(separator: ", "))"
    return "nothing matches; there \(logs.count == 1 ? "is 1 log" : "are \(DurationText.count(logs.count)) logs") "
      + "(\(levels.joined(separator: ", ")))\(places) between \(Timestamp.format(first)) and \(Timestamp.format(last))"
  }
}

/// The place of a log in the list: its key, so that the next page follows even when the log itself is gone by then.
struct LogCursor: Sendable {
  var time: Int64
  var serial: Int

  init(_ log: ModuleLog) {
    time = log.timeUnixNano
    serial = log.serial
  }

  init(_ text: String) throws(ResponseError) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "log", let time = Int64(parts[1]), let serial = Int(parts[2]) else { throw .invalidCursor(text) }
    self.time = time
    self.serial = serial
  }

  var text: String { "log.\(time).\(serial)" }

  /// The later instant first, of equals the later arrival.
  func precedes(_ other: LogCursor) -> Bool { time != other.time ? time > other.time : serial > other.serial }
}
