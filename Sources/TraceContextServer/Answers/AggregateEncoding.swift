// Encodes an aggregate as an answer: its text, or its facts as JSON, within the same bound.

import JSON
import JSONRPC
import TraceDistiller

struct AggregateEncoding {
  let aggregate: TraceAggregate
  let groups: [AggregateGroup]
  let losses: LossReport
  /// How the filter's keys were understood, if their meaning has changed.
  let note: String?
  /// A hint at what exists, if no trace was counted.
  let hint: String?

  func text(_ language: SummaryLanguage, maxChars: Int) -> AggregateText {
    AggregateText(aggregate, groups, hint: told, language: language, maxChars: maxChars)
  }

  /// The answer with the text.
  func text(_ made: AggregateText) -> JSONAnswer {
    var object = JSONObject()
    object["shownGroups"] = .integer(made.shown)
    object["totalGroups"] = .integer(aggregate.groupCount)
    object["truncated"] = .bool(made.isTruncated)
    object.append("note", note.map { .string($0) })
    return JSONAnswer(head, text: made.text, object, isCut: made.isTruncated)
  }

  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer {
    var frame = head
    if aggregate.without.calls > 0 {
      frame["without"] = [
        "spans": .integer(aggregate.without.calls), "errorCount": .integer(aggregate.without.errors),
        "selfMs": TraceShape.millis(aggregate.without.selfNanos), "criticalMs": TraceShape.millis(aggregate.without.criticalNanos),
      ]
    }
    let (note, hint) = AnswerWords.fitting(self.note, self.hint, maxChars - 250)
    frame.append("note", note.map { .string($0) })
    frame.append("hint", hint.map { .string($0) })
    let total = aggregate.groupCount
    return try BoundedList.answer(total: groups.count, from: 0, limit: .max, maxChars: maxChars) {
      group(groups[$0])
    } around: { page in
      var object = frame
      object["groups"] = .array(page.entries)
      object["totalGroups"] = .integer(total)
      let isCut = page.isFirstShortened || page.entries.count < total
      object["truncated"] = .bool(isCut)
      return JSONAnswer(object, isCut: isCut)
    }
  }

  /// The note and the hint, shown in the text below the totals.
  private var told: String? {
    let parts = AnswerWords.note(note) + (hint.map { [$0] } ?? [])
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  private var head: JSONObject {
    var object: JSONObject = [
      "traces": .integer(aggregate.traceCount), "notComplete": .integer(aggregate.incompleteCount), "spans": .integer(aggregate.spanCount),
      "errorCount": .integer(aggregate.errorCount), "rootMs": TraceShape.millis(aggregate.rootNanos),
      "selfMs": TraceShape.millis(aggregate.selfNanos),
    ]
    if aggregate.foldedSpans > 0 { object["foldedSpans"] = .integer(aggregate.foldedSpans) }
    if !losses.isEmpty { object["lost"] = TraceShape.lost(losses) }
    return object
  }

  private func group(_ group: AggregateGroup) -> JSONValue {
    var object = JSONObject()
    object.append("service", group.service.map { .string($0) })
    switch aggregate.grouping {
    case .operation, .name: object["name"] = .string(group.name)
    default: object["value"] = .string(group.name)
    }
    object["calls"] = .integer(group.calls)
    object["errorCount"] = .integer(group.errors)
    if group.running > 0 { object["running"] = .integer(group.running) }
    object["criticalMs"] = TraceShape.millis(group.criticalNanos)
    object["criticalShare"] = share(group.criticalNanos, of: aggregate.rootNanos)
    object["selfMs"] = TraceShape.millis(group.selfNanos)
    object["selfShare"] = share(group.selfNanos, of: aggregate.selfNanos)
    if group.timed > 0 {
      object["p50Ms"] = TraceShape.millis(group.p50Nanos)
      object["p95Ms"] = TraceShape.millis(group.p95Nanos)
    }
    object["maxMs"] = TraceShape.millis(group.maxNanos)
    object.append("slowest", group.slowest.map { exemplar($0) })
    object.append("failing", group.failing.map { exemplar($0) })
    return .object(object)
  }

  private func share(_ nanos: Int64, of whole: Int64) -> JSONValue {
    .number((Double(nanos) / Double(max(1, whole)) * 10_000).rounded() / 10_000)
  }

  private func exemplar(_ span: AggregateExemplar) -> JSONValue {
    [
      "traceId": .string(span.traceID), "handle": .string(span.handle), "spanId": .string(span.spanID),
      "durationMs": TraceShape.millis(span.durationNanos),
    ]
  }
}
