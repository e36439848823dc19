// traces/check: do rules hold over all traces? A verdict for scripts, with what each rule looked at.

import JSON
import JSONRPC
import TraceDistiller

enum TracesCheck: RequestMethod {
  static let name = "traces/check"
  static let summary =
    "A verdict: rules about errors, times, counts, findings and regressions hold, are broken or undecided, each with what it looked at."
  static let parameters: [Parameter] = [
    Parameter("rules", .shape("CheckRules")), Parameter("filter", .filter), Parameter("run", .string),
    Parameter("base", .shape("CheckBase")),
    Parameter("tolerance", .shape("Tolerance")), Parameter("format", .oneOf(Format.allCases.map(\.rawValue))), .maxChars, .maxTokens,
  ]

  enum Format: String, CaseIterable, Sendable { case text, json }

  struct Params {
    /// Nil for the standard ones.
    var rules: [CheckRule]?
    var filter: TraceFilter
    var run: String?
    var base: CheckBase?
    var tolerance: ComparisonTolerance
    var format: Format
  }

  struct Result {
    var report: CheckReport
    var base: CheckBase.Report?
    var losses: LossReport
    /// Traces of the base that are not checked as well.
    var ofBase: Int
    var note: String?
    var hint: String?
    var format: Format
    var calls: CallNames

    /// The worst first: an answer that is cut tells those.
    var answers: [RuleAnswer] {
      [CheckVerdict.broken, .undecided, .holds].flatMap { verdict in report.answers.filter { $0.verdict == verdict } }
    }
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      rules: try CheckRules.read(reader.value("rules")), filter: try TraceFilter(reader.value("filter")), run: try reader.string("run"),
      base: try reader.value("base").map { value throws(ResponseError) in try CheckBase(value) },
      tolerance: try ComparisonTolerance(reader.value("tolerance")), format: try reader.choice("format", Format.self) ?? .text)
  }

  /// Traces whose trees are held at once.
  private static let mostAtOnce = 256
  private static let mostSpansAtOnce = 50_000

  /// All traces may be meant.
  static func isQuick(_ params: Params, in context: RequestContext) -> Bool { false }

  static func respond(to params: Params, in context: RequestContext) async throws(ResponseError) -> Result {
    let base = try await params.base?.read(in: context)
    var selection = try await context.select(params.filter.query)
    if let run = params.run {
      let ofRun = try await ComparisonOperand.serials(ofRun: run, in: context)
      selection.traces.removeAll { !ofRun.contains($0.place.serial) }
    }
    let before = selection.traces.count
    if let base { selection.traces.removeAll { base.serials.contains($0.place.serial) } }
    let rules = params.rules ?? CheckRule.standard(hasBase: base != nil)
    var check = CheckRun(rules, base: base?.baseline, tolerance: params.tolerance)
    // The oldest first: examples are those that a list shows last, whoever asks.
    var few: [TraceSnapshot] = []
    var spans = 0
    for trace in selection.traces.reversed() {
      if Task.isCancelled { throw .requestCancelled() }
      guard let snapshot = try await context.snapshot(of: trace) else { continue }
      few.append(snapshot)
      spans += snapshot.storage.spanCount
      guard few.count == Self.mostAtOnce || spans > Self.mostSpansAtOnce else { continue }
      check.add(few, beside: context.beside)
      (few, spans) = ([], 0)
    }
    check.add(few, beside: context.beside)
    let losses = selection.kept.losses
    let report = check.report(doubt: doubt(losses, selection.kept, context))
    var hint: String?
    if selection.kept.kept == 0 {
      hint = context.hint()
    } else if report.traces == 0, before == 0 {
      hint = try await params.filter.alternatives(selection.kept, in: context)
    }
    return Result(
      report: report, base: base?.report, losses: losses, ofBase: before - selection.traces.count,
      note: params.filter.note(.traces, selection.kept),
      hint: hint, format: params.format, calls: context.calls)
  }

  /// Why traces, or parts of them, may be missing without a word. A recording is whole or it is not; a server that runs for days drops old traces, and
  /// knows which of the others lack records.
  private static func doubt(_ losses: LossReport, _ kept: TraceListing, _ context: RequestContext) -> String? {
    if !context.gaps.isEmpty { return "not every source of traces answered" }
    let sources = context.status().sources
    guard !sources.isEmpty, sources.allSatisfy({ $0.kind == "file" }) else { return nil }
    if !losses.isEmpty {
      let (lines, records) = (Int(clamping: losses.lines), Int(clamping: losses.records))
      return "not all was read: \(AnswerWords.counted(lines, "line")) and \(AnswerWords.counted(records, "record")) are lost"
    }
    guard kept.evicted > 0 else { return nil }
    return "\(AnswerWords.counted(Int(clamping: kept.evicted), "trace")) made room for others: --max-memory keeps more"
  }
}

extension TracesCheck.Result: MethodResult {
  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer {
    var head = CheckEncoding.head(report)
    if let base { head["base"] = Self.base(base) }
    if ofBase > 0 { head["ofBase"] = .integer(ofBase) }
    if !losses.isEmpty { head["lost"] = TraceShape.lost(losses) }
    let (note, hint) = AnswerWords.fitting(self.note, self.hint, maxChars - 400)
    head.append("note", note.map { .string($0) })
    head.append("hint", hint.map { .string($0) })
    let answers = self.answers
    guard format == .json else {
      let made = text(maxChars: maxChars, calls)
      return JSONAnswer(head, text: made.text, ["total": .integer(answers.count), "truncated": .bool(made.isCut)], isCut: made.isCut)
    }
    let frame = head
    return try BoundedList.answer(total: answers.count, from: 0, limit: .max, maxChars: maxChars) {
      CheckEncoding.rule(answers[$0])
    } around: { page in
      var object = frame
      object["rules"] = .array(page.entries)
      object["total"] = .integer(page.total)
      object["truncated"] = .bool(page.isShortened)
      return JSONAnswer(object, isCut: page.isShortened)
    }
  }

  private static func base(_ base: CheckBase.Report) -> JSONValue {
    var object: JSONObject = ["kind": .string(base.kind), "traces": .integer(base.traces), "roots": .integer(base.roots)]
    object.append("run", base.run.map { .string($0) })
    if base.leftOut > 0 { object["leftOut"] = .integer(base.leftOut) }
    object.append("madeBy", base.madeBy.map { .string($0) })
    return .object(object)
  }
}
