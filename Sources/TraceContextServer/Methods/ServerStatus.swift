// server/status: pipes, producers, runs, a counter for every kind of loss, memory, limits.

import JSON
import JSONRPC
import TraceDistiller
import TraceRecords

enum ServerStatus: RequestMethod {
  static let name = "server/status"
  static let summary = "Pipes, producers, runs, counters of every loss, memory, limits."
  static let parameters: [Parameter] = []

  struct Params {}

  struct Result {
    var report: ServerReport
    var residentBytes: Int?
    /// Nil if the source has no store of its own, or does not answer.
    var store: StoreStatus?
    var now: Int64
  }

  static func params(from reader: ParameterReader) -> Params { Params() }
  static func isQuick(_ params: Params, in context: RequestContext) -> Bool { context.isSmall(below: .max) }

  /// Also answers if the source of traces does not: this method reports what is wrong with the source.
  static func respond(to params: Params, in context: RequestContext) async -> Result {
    let report = context.status()
    var store: StoreStatus?
    do throws(SourceUnavailable) {
      let answer = try await context.source.status(now: context.now)
      store = answer.value
      context.note(answer.gaps)
    } catch {
      context.note([SourceGap(source: error.source, reason: error.reason)])
    }
    return Result(report: report, residentBytes: report.residentBytes, store: store, now: context.now)
  }
}

extension ServerStatus.Result: MethodResult {
  func json(maxChars: Int) -> JSONAnswer {
    var object: JSONObject = [
      "server": ["name": "trace-distiller", "version": .string(ServerVersion.text), "pid": .integer(report.pid)],
      "sources": .array(report.sources.map { source($0) }), "store": store.map { storeJSON($0) } ?? .null,
      "memory": ["residentBytes": residentBytes.map { .integer($0) } ?? .null],
    ]
    object.append("hub", report.hub.map { hub($0) })
    return JSONAnswer(object)
  }

  private func hub(_ hub: HubReport) -> JSONValue {
    var object: JSONObject = [
      "socket": .string(hub.socket), "clients": .integer(hub.clients), "beganUnixNano": .string(String(hub.beganUnixNano)),
      "options": .array(hub.options.map { .string($0) }),
    ]
    object.append("lost", hub.lost.map { .string($0) })
    return .object(object)
  }

  private func source(_ source: SourceReport) -> JSONValue {
    var object: JSONObject = ["kind": .string(source.kind), "path": .string(source.path), "state": .string(source.state)]
    object.append("ownerPid", source.ownerPID.map { .integer($0) })
    object.append("message", source.message.map { .string($0) })
    object.append("refusal", source.refusal.map { .string($0) })
    object["counters"] = counters(source.statistics.counters)
    if !source.requests.isEmpty { object["requests"] = counters(source.requests.map { ($0.name, $0.count) }) }
    object.append(
      "unfinished",
      source.unfinished.map { ["bytes": .integer(Int64($0.bytes)), "ageMs": TraceShape.millis(max(0, now - $0.since))] })
    object["problems"] = .array(
      source.problems.map { problem in
        var object: JSONObject = ["line": .integer(Int64(problem.line)), "byteOffset": .integer(Int64(problem.byteOffset))]
        object.append("element", problem.element.map { .integer(Int64($0)) })
        object["reason"] = .string(problem.reason)
        return .object(object)
      })
    return .object(object)
  }

  private func storeJSON(_ store: StoreStatus) -> JSONValue {
    let limits = store.limits
    return [
      "traces": ["running": .integer(store.running), "completed": .integer(store.completed), "abandoned": .integer(store.abandoned)],
      "logs": ["count": .integer(store.logs), "bytes": .integer(store.logBytes)],
      "bytes": .integer(store.bytes), "producers": .integer(store.producers), "runs": .integer(store.runs),
      "missingRecords": .integer(Int64(clamping: store.missingRecords)), "counters": counters(store.counters),
      "limits": [
        "maxTraces": .integer(limits.maxTraces), "maxBytes": .integer(limits.maxBytes), "maxLogBytes": .integer(store.maxLogBytes),
        "quietMs": TraceShape.millis(limits.quietNanos), "maxLiveMs": TraceShape.millis(limits.maxLiveNanos),
        "maxValueBytes": .integer(limits.maxValueBytes), "maxIdBytes": .integer(limits.maxIDBytes), "redacts": .bool(limits.redacts),
        "maxClockAdjustMs": TraceShape.millis(limits.maxClockAdjustNanos),
      ],
    ]
  }

  private func counters(_ counters: [(name: String, value: UInt64)]) -> JSONValue {
    var object = JSONObject()
    for (name, value) in counters { object.appendUnique(name, .integer(Int64(clamping: value))) }
    return .object(object)
  }
}
