// traces/insights: patterns over many traces, those of one kind, service and operation together, with the costliest examples.

import JSON
import JSONRPC
import TraceDistiller

enum TracesInsights: RequestMethod {
  static let name = "traces/insights"
  static let summary =
    "Over many traces: patterns of one kind, service and operation together, with counts, what they cost and the costliest traces."
  static let parameters: [Parameter] = [
    Parameter("filter", .filter), Parameter("format", .oneOf(Format.allCases.map(\.rawValue))), .maxChars, .maxTokens,
  ]

  enum Format: String, CaseIterable, Sendable { case text, json }

  struct Params {
    var filter: TraceFilter
    var format: Format
  }

  struct Result {
    var groups: [FindingGroup]
    var traces: Int
    var findings: Int
    var incomplete: Int
    var losses: LossReport
    var note: String?
    var hint: String?
    var format: Format
    var calls: CallNames
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      filter: try TraceFilter(reader.value("filter")), format: try reader.choice("format", Format.self) ?? .text)
  }

  /// The spans of a whole store may be meant.
  static func isQuick(_ params: Params, in context: RequestContext) -> Bool { false }

  static func respond(to params: Params, in context: RequestContext) async throws(ResponseError) -> Result {
    let selection = try await context.select(params.filter.query)
    var found = FindingGroups()
    var incomplete = 0
    for trace in selection.traces.reversed() {
      if Task.isCancelled { throw .requestCancelled() }
      guard let snapshot = try await context.snapshot(of: trace) else { continue }
      if !snapshot.isComplete { incomplete += 1 }
      found.add(TraceAnalysis(DistilledTrace(snapshot)))
    }
    var hint: String?
    if selection.kept.kept == 0 {
      hint = context.hint()
    } else if found.traces == 0 {
      hint = try await params.filter.alternatives(selection.kept, in: context)
    }
    return Result(
      groups: found.sorted, traces: found.traces, findings: found.findings, incomplete: incomplete, losses: selection.kept.losses,
      note: params.filter.note(.traces, selection.kept), hint: hint, format: params.format, calls: context.calls)
  }
}

extension TracesInsights.Result: MethodResult {
  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer {
    var head: JSONObject = [
      "traces": .integer(traces), "notComplete": .integer(incomplete), "findings": .integer(findings),
      "totalGroups": .integer(groups.count),
    ]
    if !losses.isEmpty { head["lost"] = TraceShape.lost(losses) }
    let (note, hint) = AnswerWords.fitting(self.note, self.hint, maxChars - 250)
    head.append("note", note.map { .string($0) })
    head.append("hint", hint.map { .string($0) })
    guard format == .json else {
      let made = text(maxChars: maxChars, calls)
      return JSONAnswer(head, text: made.text, ["truncated": .bool(made.isCut)], isCut: made.isCut)
    }
    return try BoundedList.answer(head, groups: groups.count, maxChars: maxChars) { Self.json(groups[$0]) }
  }

  private static func json(_ group: FindingGroup) -> JSONValue {
    var object: JSONObject = ["kind": .string(group.kind.rawValue)]
    if !group.service.isEmpty { object["service"] = .string(group.service) }
    object["operation"] = .string(group.operation)
    object["count"] = .integer(group.count)
    object["traces"] = .integer(group.traces)
    object["costMs"] = TraceShape.millis(group.costNanos)
    object["worstMs"] = TraceShape.millis(group.worstNanos)
    object["examples"] = .array(
      group.examples.map { example in
        [
          "traceId": .string(example.traceID), "handle": .string(example.handle), "spanId": .string(example.spanID),
          "costMs": TraceShape.millis(example.costNanos),
        ]
      })
    return .object(object)
  }

  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    LinePage(total: groups.count).text(maxChars: maxChars) { _ in
      let open = incomplete > 0 ? " (\(DurationText.count(incomplete)) not complete)" : ""
      return [
        "\(AnswerWords.counted(findings, "finding")) of \(AnswerWords.counted(groups.count, "group")) in \(AnswerWords.counted(traces, "trace"))\(open)"
      ]
    } entry: {
      [Self.line(groups[$0])]
    } tail: { end, _ in
      var lines: [String] = []
      if end < groups.count {
        lines.append("… \(DurationText.count(groups.count - end)) more: a larger maxChars shows them")
      }
      if let first = groups.first?.examples.first {
        lines.append("Next: \(calls("trace/insights")) {\"traceId\":\"\(first.handle)\"}")
      }
      lines += AnswerWords.lost(losses, calls) + AnswerWords.note(note)
      if let hint { lines.append(hint) }
      return lines
    }
  }

  /// `repeatedCall  shop · SELECT  ×20 in 20 traces  120.00 ms together, at most 8.00 ms — t4, t9, t2`
  private static func line(_ group: FindingGroup) -> String {
    let service = group.service.isEmpty ? "" : AnswerWords.name(group.service, limit: 40) + " · "
    let cost =
      group.costNanos > 0 ? "  \(DurationText.format(group.costNanos)) together, at most \(DurationText.format(group.worstNanos))" : ""
    return "\(group.kind.rawValue)  \(service)\(AnswerWords.name(group.operation))  ×\(DurationText.count(group.count)) in "
      + "\(AnswerWords.counted(group.traces, "trace"))\(cost) — \(group.examples.map(\.handle).joined(separator: ", "))"
  }
}
