// server/status: pipes, producers, runs, counters of every loss, memory, limits.

import JSON
import JSONRPC
import TraceDistiller
package import TraceRecords

enum ServerStatus: RequestMethod {
  static let name = "server/status"
  static let summary = "Pipes, producers, runs, counters of every loss, memory, limits."
  static let parameters: [Parameter] = []

  struct Params {}

  struct Result: MethodResult {
    var json: JSONValue
  }

  static func params(from reader: ParameterReader) -> Params { Params() }
  static func isQuick(_ params: Params, in context: RequestContext) -> Bool { true }

  static func respond(to params: Params, in context: RequestContext) -> Result {
    let report = context.status()
    var object: JSONObject = ["server": ["name": "trace-distiller", "version": .string(ServerVersion.text), "pid": .integer(report.pid)]]
    object["sources"] = .array(report.sources.map { source($0, now: context.now) })
    object["store"] = context.store.withLock { store in
      store.advance(to: context.now)
      return self.store(store)
    }
    object["memory"] = ["residentBytes": report.residentBytes.map { .integer($0) } ?? .null]
    return Result(json: .object(object))
  }

  private static func source(_ source: SourceReport, now: Int64) -> JSONValue {
    var object: JSONObject = ["kind": .string(source.kind), "path": .string(source.path), "state": .string(source.state)]
    object.append("ownerPid", source.ownerPID.map { .integer($0) })
    object.append("message", source.message.map { .string($0) })
    object.append("refusal", source.refusal.map { .string($0) })
    object["counters"] = counters(source.statistics.counters)
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

  private static func store(_ store: TraceDistillerStore) -> JSONValue {
    [
      "traces": [
        "running": .integer(store.runningCount), "completed": .integer(store.completedCount), "abandoned": .integer(store.abandonedCount),
      ],
      "logs": ["count": .integer(store.logs.count), "bytes": .integer(store.logs.allocatedBytes)],
      "bytes": .integer(store.countedBytes), "producers": .integer(store.producerCount), "runs": .integer(store.runCount),
      "missingRecords": .integer(Int64(clamping: store.missingRecords)), "counters": counters(store.statistics.counters),
      "limits": [
        "maxTraces": .integer(store.limits.maxTraces), "maxBytes": .integer(store.limits.maxBytes),
        "maxLogBytes": .integer(store.logs.maxBytes),
        "quietMs": TraceShape.millis(store.limits.quietNanos), "maxLiveMs": TraceShape.millis(store.limits.maxLiveNanos),
        "maxValueBytes": .integer(store.limits.maxValueBytes), "maxIdBytes": .integer(store.limits.maxIDBytes),
        "redacts": .bool(store.limits.redacts), "maxClockAdjustMs": TraceShape.millis(store.limits.maxClockAdjustNanos),
      ],
    ]
  }

  private static func counters(_ counters: [(name: String, value: UInt64)]) -> JSONValue {
    var object = JSONObject()
    for (name, value) in counters { object.appendUnique(name, .integer(Int64(clamping: value))) }
    return .object(object)
  }
}

/// The server's surroundings as `server/status` shows them.
package struct ServerReport: Sendable {
  package var pid: Int
  package var sources: [SourceReport]
  /// Asked of the system each time: most questions need only the sources.
  package var residentBytes: Int? { measureResident() }
  private let measureResident: @Sendable () -> Int?

  package init(pid: Int, sources: [SourceReport], residentBytes: @autoclosure @escaping @Sendable () -> Int? = nil) {
    self.pid = pid
    self.sources = sources
    measureResident = residentBytes
  }

  private var pipes: [SourceReport] { sources.filter { $0.kind == "pipe" } }
  /// No record can come: every pipe has something that somebody must mend.
  var isCutOff: Bool { !pipes.isEmpty && pipes.allSatisfy { $0.state == "unavailable" } }
  var isReadingAll: Bool { pipes.allSatisfy { $0.state == "reading" } }
}

/// One source of records.
package struct SourceReport: Sendable, Equatable {
  /// `pipe`, `journal` (what producers left beside the pipe) or `file`.
  package var kind: String
  package var path: String
  /// `reading`, `owned` (another server reads it), `unavailable`, `ended`.
  package var state: String
  package var ownerPID: Int?
  package var message: String?
  package var statistics: IngestStatistics
  package var problems: [IngestProblem]
  /// What it is that held no record, and what helps.
  package var refusal: String?
  /// Bytes of a line or value whose end has not come, and since when.
  package var unfinished: Unfinished?

  package struct Unfinished: Sendable, Equatable {
    package var bytes: Int
    /// By the server's clock, in nanoseconds.
    package var since: Int64
  }

  package init(
    kind: String, path: String, state: String, ownerPID: Int? = nil, message: String? = nil,
    statistics: IngestStatistics = IngestStatistics(),
    problems: [IngestProblem] = [], refusal: String? = nil
  ) {
    self.kind = kind
    self.path = path
    self.state = state
    self.ownerPID = ownerPID
    self.message = message
    self.statistics = statistics
    self.problems = problems
    self.refusal = refusal
  }
}

package enum ServerVersion {
  package static let text = "0.1.0"
}
