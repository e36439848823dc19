// traces/clear: removes all traces, or those that match.

import JSON
import JSONRPC
import TraceDistiller

enum TracesClear: RequestMethod {
  static let name = "traces/clear"
  static let summary = "Forgets all traces, or those that match; module logs and counters stay."
  static let version = 2
  static let parameters: [Parameter] = [Parameter("filter", .filter), Parameter("all", .flag)]

  struct Params {
    var filter: TraceFilter
  }

  struct Result {
    var cleared: Int
    var spans: Int
    /// The number of traces that are still kept.
    var left: Int
    var note: String?
    /// A hint at what exists, if nothing matched.
    var hint: String?
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(filter: try TraceFilter(reader.value("filter")).with(everyProject: try reader.flag("all") ?? false))
  }

  /// Answered in the order of requests if possible, so that a list requested next shows the remaining traces.
  static func isQuick(_ params: Params, in context: RequestContext) -> Bool {
    !params.filter.looksInside && context.isSmall(below: 1_000)
  }

  static func respond(to params: Params, in context: RequestContext) async throws(ResponseError) -> Result {
    guard context.source.abilities.contains(.forgetting) else { throw .cannotForget(context.source.name) }
    let selection = try await context.select(params.filter.query)
    let matching = selection.traces
    // Clearing only a part of the selection would remove traces that no answer names.
    if Task.isCancelled { throw .requestCancelled() }
    let now = context.now
    let forgotten = try await context.ask { source throws(SourceUnavailable) in try await source.forget(matching, now: now) }
    context.analyses.profiles.clear()
    let hint = matching.isEmpty && selection.kept.kept > 0 ? try await params.filter.alternatives(selection.kept, in: context) : nil
    return Result(
      cleared: forgotten.traces, spans: forgotten.spans, left: forgotten.left, note: params.filter.note(.traces, selection.kept), hint: hint
    )
  }
}

extension TracesClear.Result: MethodResult {
  func json(maxChars: Int) -> JSONAnswer {
    var object: JSONObject = ["cleared": .integer(cleared), "spans": .integer(spans), "left": .integer(left)]
    object.append("note", note.map { .string($0) })
    object.append("hint", hint.map { .string($0) })
    return JSONAnswer(object)
  }

  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    let what = "\(AnswerWords.counted(cleared, "trace")) with \(AnswerWords.counted(spans, "span")) cleared"
    return .lines(
      ["\(what); \(AnswerWords.counted(left, "trace")) kept"] + AnswerWords.note(note) + (hint.map { [$0] } ?? []), maxChars: maxChars)
  }
}
