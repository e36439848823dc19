// logs/list: what did programs log outside of traces?

import JSON
import JSONRPC
import TraceDistiller
import TraceRecords

enum LogsList: RequestMethod {
  static let name = "logs/list"
  static let summary = "Module logs, the newest first: by trace, level, module, run, time, attributes, text."
  static let version = 2
  static let parameters: [Parameter] = [.traceID, Parameter("filter", .logFilter), .limit(1...1_000), .cursor, .maxChars, .maxTokens]

  struct Params {
    /// Nil for all logs.
    var traceID: String?
    var filter: LogFilter
    var limit: Int
    var after: LogCursor?
  }

  /// One page of the logs.
  struct Result {
    /// The logs on this page and after it, in order.
    var rest: [(key: LogCursor, log: ModuleLog)]
    /// The number of matching logs, including those of earlier pages.
    var matching: Int
    var limit: Int
    var evicted: UInt64
    var losses: LossReport
    /// Logs that match but are of programs of other projects.
    var ofOtherProjects = 0
    /// A hint at what to do or what exists, if no log is listed.
    var hint: String?
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      traceID: try reader.string("traceId"), filter: try LogFilter(reader.value("filter")), limit: try reader.integer("limit") ?? 100,
      after: try reader.string("cursor").map { text throws(ResponseError) in try LogCursor(text) })
  }

  static func isQuick(_ params: Params, in context: RequestContext) -> Bool { context.isSmall(below: .max, logs: 1_000) }

  static func respond(to params: Params, in context: RequestContext) async throws(ResponseError) -> Result {
    let kept = try await context.ask { source throws(SourceUnavailable) in try await source.logs() }
    let logs = kept.logs
    var traceID: String?
    if let name = params.traceID { traceID = try await id(of: name, logs, in: context) }
    // An id leads to any trace, and to its logs.
    let project = params.filter.project ?? (traceID == nil ? context.source.project : nil)
    let elsewhere = project.map { context.source.runs(outside: $0) } ?? []
    var ofOtherProjects = 0
    var matching: [(key: LogCursor, log: ModuleLog)] = []
    logs.visitAll { log in
      guard traceID.map({ log.traceID == $0 }) ?? true, params.filter.matches(log) else { return !Task.isCancelled }
      if !elsewhere.isEmpty, let run = log.run, elsewhere.contains(run) {
        ofOtherProjects += 1
      } else {
        matching.append((LogCursor(log), log))
      }
      return !Task.isCancelled
    }
    matching.sort { $0.key.precedes($1.key) }
    let rest = params.after.map { after in matching.filter { after.precedes($0.key) } } ?? matching
    var hint: String?
    if logs.count == 0 {
      hint = try await nothingKept(in: context)
    } else if matching.isEmpty {
      hint = alternatives(logs, ofTrace: traceID)
    }
    return Result(
      rest: rest, matching: matching.count, limit: params.limit, evicted: logs.evicted, losses: kept.losses,
      ofOtherProjects: ofOtherProjects, hint: hint)
  }

  /// The trace id in log records. The trace may be gone, or may never have sent a span.
  private static func id(of name: String, _ logs: ModuleLogs, in context: RequestContext) async throws(ResponseError) -> String {
    do throws(ResponseError) {
      let id = try await context.snapshot(name).traceID
      // A second trace with the same id is shown as `id~2`. Records contain only the id itself.
      guard let tilde = id.lastIndex(of: "~"), Int(id[id.index(after: tilde)...]) != nil else { return id }
      return String(id[..<tilde])
    } catch {
      var isKnown = false
      logs.visitAll { log in
        isKnown = log.traceID == name
        return !isKnown
      }
      guard isKnown else { throw error }
      return name
    }
  }

  /// If there are traces, their logs are with their spans. If there is nothing at all, the text says what to do.
  private static func nothingKept(in context: RequestContext) async throws(ResponseError) -> String {
    let traces = try await context.list(.none).kept
    guard traces > 0 else { return "no module log was kept; " + context.hint() }
    let what = traces == 1 ? "is 1 trace" : "are \(DurationText.count(traces)) traces"
    return
      "no module log was kept: these are logs outside of spans. There \(what); logs of a span are in \(context.calls(TraceSpan.name)), "
      + "those of level WARN and ERROR in \(context.calls(TraceErrors.name))"
  }

  /// What exists if nothing matches: the number of logs per level, the modules, and the time range.
  private static func alternatives(_ logs: ModuleLogs, ofTrace traceID: String?) -> String {
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
    let within = traceID == nil ? "" : "; logs that came with its spans are in trace/span"
    return "nothing matches; there \(logs.count == 1 ? "is 1 log" : "are \(DurationText.count(logs.count)) logs") "
      + "(\(levels.joined(separator: ", ")))\(places) between \(Timestamp.format(first)) and \(Timestamp.format(last))\(within)"
  }
}

extension LogsList.Result: MethodResult {
  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer {
    let hint = hint.map { JSONLength.cut($0, to: maxChars - 200) }
    return try BoundedList.answer(total: rest.count, from: 0, limit: limit, maxChars: maxChars) {
      TraceShape.log(rest[$0].log)
    } around: { page in
      var object: JSONObject = [
        "logs": .array(page.entries), "total": .integer(matching),
        "nextCursor": cursor(page.end, isCut: page.isCut).map { .string($0) } ?? .null,
      ]
      if ofOtherProjects > 0 { object["otherProjects"] = .integer(ofOtherProjects) }
      if evicted > 0 { object["evicted"] = .integer(Int64(clamping: evicted)) }
      if !losses.isEmpty { object["lost"] = TraceShape.lost(losses) }
      object.append("hint", hint.map { .string($0) })
      return JSONAnswer(object, isCut: page.isShortened)
    }
  }

  /// The cursor for what follows a page that ends there.
  func cursor(_ end: Int, isCut: Bool) -> String? { isCut && end > 0 ? rest[end - 1].key.text : nil }
}

/// The position of a log in the list. It is the log's key, so that the next page works even if the log itself is gone by then.
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

  /// Later instants first; at the same instant, later arrivals first.
  func precedes(_ other: LogCursor) -> Bool { time != other.time ? time > other.time : serial > other.serial }
}
