// The program's report about its run: the traces, their content, and whether all records went into the pipe.

import JSON
import TraceLayers

struct DemoReport {
  /// The requests of the plan with the traces that they became.
  var entries: [(trace: SpanCensus.Trace, facts: [PlantedFact])]
  var seed: UInt64
  var path: String
  var run: String
  var records: PipeStatistics
  /// Why the pipe cannot be used.
  var problem: String?

  init(plan: DemoPlan, traces: [SpanCensus.Trace], pipe: NamedPipeLogManager) {
    // Requests run one after the other, so the n-th root belongs to the n-th request.
    entries = zip(plan.requests, traces).map { ($1, $0.facts) }
    seed = plan.seed
    path = pipe.path
    run = pipe.runID
    records = pipe.statistics
    problem = pipe.problem
  }

  var isDelivered: Bool { records.delivered == records.accepted }

  /// What to show a user whose records did not arrive.
  var deliveryProblem: String {
    if let problem { return problem }
    let lost = "of \(records.accepted) records \(records.inFlight) were not read and \(records.dropped) dropped"
    if records.connections == 0 { return "nobody reads \(path): start 'trace-distiller serve --pipe \(path)' first (\(lost))" }
    return records.inFlight > 0 ? "\(path) is no longer read (\(lost))" : "\(path) is not read fast enough; try a lower --speed (\(lost))"
  }
}

// MARK: For programs

extension DemoReport {
  var json: JSONValue {
    [
      "seed": .string("\(seed)"), "service": "shop", "run": .string(run), "pipe": .string(path),
      "traces": .array(entries.map { DemoReport.json($0.trace, $0.facts) }),
      "records": [
        "accepted": .integer(Int64(clamping: records.accepted)), "delivered": .integer(Int64(clamping: records.delivered)),
        "dropped": .integer(Int64(clamping: records.dropped)), "inFlight": .integer(Int64(clamping: records.inFlight)),
      ],
    ]
  }

  private static func json(_ trace: SpanCensus.Trace, _ facts: [PlantedFact]) -> JSONValue {
    [
      "traceId": .string(trace.id.description), "rootName": .string(trace.rootName), "status": trace.isRootFailed ? "error" : "ok",
      "spanCount": .integer(trace.spanCount), "failedSpanCount": .integer(trace.failedSpanCount), "planted": .array(facts.map(json)),
    ]
  }

  private static func json(_ fact: PlantedFact) -> JSONValue {
    var object: JSONObject = ["kind": .string(fact.kind.rawValue), "spanNames": .array(fact.spanNames.map { .string($0) })]
    object.append("count", fact.count.map { .integer($0) })
    object.append("failureCount", fact.failureCount.map { .integer($0) })
    object.append("message", fact.message.map { .string($0) })
    if let (name, value) = fact.attribute { object["attribute"] = ["name": .string(name), "value": .integer(value)] }
    return .object(object)
  }
}

// MARK: For people

extension DemoReport {
  var text: String {
    var lines = ["seed \(seed): \(entries.count) traces, \(records.delivered) of \(records.accepted) records written to \(path)"]
    for (trace, facts) in entries {
      lines.append("")
      let mark = trace.isRootFailed ? "❌" : "✅"
      lines.append("\(mark) \(trace.rootName)  \(trace.spanCount) spans, \(trace.failedSpanCount) failed  \(trace.id)")
      for fact in facts { lines.append("   \(fact.kind.rawValue): \(fact.spanNames.joined(separator: ", ")): \(fact.explanation)") }
    }
    return lines.joined(separator: "\n")
  }
}
