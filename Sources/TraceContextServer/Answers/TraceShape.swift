// Parts that answers share: how a trace, a span, a time and an attribute look in JSON. See methods.md, "Shapes".

import JSON
import TraceDistiller
import TraceRecords

enum TraceShape {
  /// The first members of every answer about a trace.
  static func head(_ snapshot: TraceSnapshot) -> JSONObject {
    var object: JSONObject = [
      "traceId": .string(snapshot.traceID), "handle": .string(snapshot.handle), "complete": .bool(snapshot.isComplete),
      "reasons": .array(snapshot.reasons.map { .string($0) }), "revision": .integer(snapshot.revision),
    ]
    object.append("namesakes", snapshot.namesakes.map { .integer($0) })
    if !snapshot.losses.isEmpty { object["lost"] = lost(snapshot.losses) }
    if snapshot.storage.truncatedValues > 0 { object["truncatedValues"] = .integer(snapshot.storage.truncatedValues) }
    if snapshot.storage.redactedValues > 0 { object["redactedValues"] = .integer(snapshot.storage.redactedValues) }
    return object
  }

  /// The same for a trace whose times may have been corrected.
  static func head(_ trace: DistilledTrace) -> JSONObject {
    var object = head(trace.snapshot)
    let shifts = trace.tree.clockShifts
    guard !shifts.isEmpty else { return object }
    object["clockAdjustments"] = .array(
      shifts.prefix(16).map { shift in
        [
          "service": .string(trace.node(shift.row).service ?? ""), "spanId": .string(trace.node(shift.row).spanID),
          "deltaMs": millis(shift.nanos), "spans": .integer(shift.spans), "applied": .bool(shift.isApplied),
        ]
      })
    return object
  }

  /// The number of characters that the answer's text shows as visible escapes; nil if there are none. JSON members hold texts unchanged:
  /// they are data.
  static func sanitised(_ text: String) -> JSONValue? {
    let count = VisibleText.escapeCount(in: text)
    return count > 0 ? .integer(count) : nil
  }

  static func lost(_ losses: LossReport) -> JSONValue {
    ["lines": .integer(Int64(clamping: losses.lines)), "records": .integer(Int64(clamping: losses.records))]
  }

  static func overview(_ trace: TraceOverview) -> JSONValue {
    var object: JSONObject = [
      "traceId": .string(trace.traceID), "handle": .string(trace.handle), "rootName": .string(trace.rootName),
    ]
    object.append("service", trace.service.map { .string($0) })
    object.append("run", trace.run.map { .string($0) })
    if trace.runs.count > 1 { object["runs"] = .array(trace.runs.map { .string($0) }) }
    object["startTimeUnixNano"] = instant(trace.startTimeUnixNano)
    object["durationMs"] = millis(trace.durationNanos)
    object["spanCount"] = .integer(trace.spanCount)
    object["errorCount"] = .integer(trace.errorCount)
    object["warningCount"] = .integer(trace.warningCount)
    object["status"] = .string(trace.status.rawValue)
    object["complete"] = .bool(trace.isComplete)
    return .object(object)
  }

  /// A span without its events.
  static func span(_ node: DistilledTraceNode) -> JSONObject {
    var object: JSONObject = ["spanId": .string(node.spanID)]
    object["parentSpanId"] = node.parentSpanID.map { .string($0) } ?? .null
    object["name"] = .string(node.name)
    object.append("service", node.service.map { .string($0) })
    object.append("target", node.target.map { .string($0) })
    if node.kind != .unspecified { object["kind"] = .string(node.kind.name) }
    object["status"] = .string(node.outcome.rawValue)
    object.append("statusMessage", node.statusMessage.map { .string($0) })
    object["startTimeUnixNano"] = instant(node.startTimeUnixNano)
    // For a group that arrived pruned, the duration of its longest call: no single call lasted from the group's start to its end.
    object["durationMs"] = millis(node.folded.flatMap { $0.isPruned ? $0.maxNanos : nil } ?? node.durationNanos)
    object["selfMs"] = millis(node.selfNanos)
    object["criticalMs"] = millis(node.criticalNanos)
    if let fold = node.folded {
      var told: JSONObject = [
        "count": .integer(fold.count), "spans": .integer(fold.spans), "totalMs": millis(fold.totalNanos), "maxMs": millis(fold.maxNanos),
        "errorCount": .integer(fold.failed),
      ]
      if fold.isPruned { told["pruned"] = true }
      told.append("minMs", fold.minNanos.map { millis($0) })
      told.append("endTimeUnixNano", fold.endNanos.map { instant($0) })
      object["folded"] = .object(told)
    }
    if node.isParentMissing { object["parentMissing"] = true }
    let attributes = node.attributes
    if !attributes.isEmpty { object["attributes"] = self.attributes(attributes) }
    return object
  }

  static func attributes(_ attributes: [DistilledAttribute]) -> JSONValue {
    var object = JSONObject()
    // The reader produces every key once. Comparing thousands of them with one another would be slow.
    for attribute in attributes { object.appendUnique(attribute.key, value(attribute.value)) }
    return .object(object)
  }

  static func value(_ value: DistilledAttribute.Value) -> JSONValue {
    switch value {
    case .string(let text): .string(text)
    case .integer(let number): .integer(number)
    // JSON has no number for NaN and infinities: they are written as their names, as everywhere else.
    case .double(let number): number.isFinite ? .number(number) : .string(value.text)
    case .bool(let flag): .bool(flag)
    case .json(let text): (try? JSONValue(parsing: text)) ?? .string(text)
    }
  }

  static func event(_ event: DistilledEvent) -> JSONValue {
    var object: JSONObject = [
      "timeUnixNano": instant(event.timeUnixNano), "level": .string(event.level.name), "message": .string(event.message),
    ]
    object.append("target", event.target.map { .string($0) })
    if !event.attributes.isEmpty { object["attributes"] = attributes(event.attributes) }
    return .object(object)
  }

  /// A module log as one of the events of the span that it refers to.
  static func event(_ log: ModuleLog) -> JSONValue {
    var object: JSONObject = [
      "timeUnixNano": instant(log.timeUnixNano), "level": .string(log.level.name), "message": .string(log.message),
    ]
    object.append("target", log.target.map { .string($0) })
    let attributes = log.attributes
    if !attributes.isEmpty { object["attributes"] = self.attributes(attributes) }
    return .object(object)
  }

  static func log(_ log: ModuleLog) -> JSONValue {
    var object: JSONObject = [
      "timeUnixNano": instant(log.timeUnixNano), "level": .string(log.level.name), "message": .string(log.message),
    ]
    object.append("target", log.target.map { .string($0) })
    object.append("service", log.service.map { .string($0) })
    object.append("run", log.run.map { .string($0) })
    if let traceID = log.traceID {
      var span: JSONObject = ["traceId": .string(traceID)]
      span.append("spanId", log.spanID.map { .string($0) })
      span.append("name", log.spanName.map { .string($0) })
      object["span"] = .object(span)
    }
    let attributes = log.attributes
    if !attributes.isEmpty { object["attributes"] = self.attributes(attributes) }
    return .object(object)
  }

  static func segment(_ segment: CriticalPath.Segment, _ trace: DistilledTrace) -> JSONValue {
    let node = trace.node(segment.row)
    return [
      "spanId": .string(node.spanID), "name": .string(node.name), "startTimeUnixNano": instant(segment.start),
      "endTimeUnixNano": instant(segment.end), "durationMs": millis(segment.nanos),
    ]
  }

  static func total(_ total: CriticalTotal) -> JSONValue {
    var object = JSONObject()
    object.append("service", total.service.map { .string($0) })
    object["name"] = .string(total.name)
    object.append("waitingFor", total.waitingFor.map { .string($0) })
    object["criticalMs"] = millis(total.nanos)
    object["share"] = .number((total.share * 10_000).rounded() / 10_000)
    object["spans"] = .integer(total.spans)
    return .object(object)
  }

  static func problem(_ problem: TraceProblem, _ trace: DistilledTrace) -> JSONValue {
    let storage = trace.snapshot.storage
    let words = trace.words(problem)
    // Of a path with a million spans only the ends are shown.
    let path = trace.path(to: problem, first: 4, last: 28)
    var object: JSONObject = [
      "severity": .string(problem.severity.rawValue), "spanId": .string(storage.spanID(problem.firstRow)),
      "name": .string(trace.node(problem.firstRow).name),
    ]
    if !words.type.isEmpty { object["type"] = .string(words.type) }
    object["message"] = .string(words.message)
    if !words.frames.isEmpty { object["stackTop"] = .array(words.frames.map { .string($0.told) }) }
    object["count"] = .integer(problem.count)
    object["firstTimeUnixNano"] = instant(problem.firstTimeUnixNano)
    object["lastTimeUnixNano"] = instant(problem.lastTimeUnixNano)
    let ends = [
      ("root", problem.ends.root), ("swallowed", problem.ends.swallowed), ("running", problem.ends.running),
      ("detached", problem.ends.detached), ("fragment", problem.ends.fragment),
    ].filter { $0.1 > 0 }
    if !ends.isEmpty {
      var counts = JSONObject()
      for (end, count) in ends { counts[end] = .integer(count) }
      object["outcome"] = .object(counts)
    }
    if let row = problem.swallowedBy {
      object["swallowedBy"] = ["spanId": .string(storage.spanID(row)), "name": .string(trace.node(row).name)]
    }
    if problem.repeats > 0 { object["repeats"] = .integer(problem.repeats) }
    object["pathLength"] = .integer(problem.pathLength)
    object["path"] = .array(
      (path.beginning + path.end).map { row in
        let node = trace.node(row)
        var step: JSONObject = ["spanId": .string(storage.spanID(row)), "name": .string(node.name)]
        if node.isFailed { step["failed"] = true }
        let attributes = node.attributes
        if !attributes.isEmpty { step["attributes"] = self.attributes(attributes) }
        return .object(step)
      })
    object["spans"] = .array(problem.rows.map { .string(storage.spanID($0)) })
    if problem.spanCount > problem.rows.count { object["spanCount"] = .integer(problem.spanCount) }
    return .object(object)
  }

  /// Evidence consists of spans in the common shape; `count` also counts those that are not listed.
  static func insight(_ insight: Insight, _ trace: DistilledTrace, _ language: SummaryLanguage) -> JSONValue {
    let words = InsightWords(trace: trace, language: language)
    let storage = trace.snapshot.storage
    var object: JSONObject = [
      "kind": .string(insight.kind.rawValue), "title": .string(words.title(insight)), "advice": .string(words.advice(insight)),
      "costMs": millis(insight.costNanos), "spanId": .string(storage.spanID(insight.row)), "name": .string(trace.node(insight.row).name),
    ]
    if let within = insight.within {
      object["withinSpanId"] = .string(storage.spanID(within))
      object["withinName"] = .string(trace.node(within).name)
    }
    object["count"] = .integer(insight.count)
    object["evidence"] = .array(insight.rows.map { .object(span(trace.node($0))) })
    return .object(object)
  }

  /// The same, with only the ids of its evidence.
  static func insightBriefly(_ insight: Insight, _ trace: DistilledTrace, _ language: SummaryLanguage) -> JSONValue {
    guard case .object(var object) = self.insight(insight, trace, language) else { return .null }
    object["evidence"] = nil
    object["spans"] = .array(insight.rows.map { .string(trace.snapshot.storage.spanID($0)) })
    return .object(object)
  }

  static func share(_ share: SummaryShare) -> JSONValue { ["spans": .integer(share.spans), "ms": millis(share.nanos)] }

  /// Milliseconds as a number for people.
  static func millis(_ nanos: Int64) -> JSONValue { .number(Double(nanos) / 1_000_000) }

  /// An instant as OTLP writes it: a decimal string, because JavaScript's numbers cannot hold it.
  static func instant(_ nanos: Int64) -> JSONValue { .string(String(nanos)) }
}
