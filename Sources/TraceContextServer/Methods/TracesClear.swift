// traces/clear: forget all traces, or those that match.

import JSON
import JSONRPC
import TraceDistiller

enum TracesClear: RequestMethod {
  static let name = "traces/clear"
  static let summary = "Forgets all traces, or those that match; module logs and counters stay."
  static let parameters: [Parameter] = [Parameter("filter", .filter)]

  struct Params {
    var filter: TraceFilter
  }

  struct Result {
    var cleared: Int
    var spans: Int
    /// Traces that are kept.
    var left: Int
    /// What there is instead, where nothing matched.
    var hint: String?
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(filter: try TraceFilter(reader.value("filter")))
  }

  /// In the order of requests wherever that is possible: a list that is asked for next shows what is left.
  static func isQuick(_ params: Params, in context: RequestContext) -> Bool {
    !params.filter.looksInside && context.store.withLock { $0.liveCount } <= 1_000
  }

  static func respond(to params: Params, in context: RequestContext) throws(ResponseError) -> Result {
    let all = context.store.overviews(now: context.now).lines
    let matching = all.filter { trace in
      !Task.isCancelled && params.filter.matches(trace) { context.store.withLock { $0.snapshot(of: trace, now: context.now) } }
    }
    // Half a choice would forget traces that nobody can be told of.
    if Task.isCancelled { throw .requestCancelled() }
    let (cleared, spans, left) = context.store.withLock { store in
      let (cleared, spans) = store.clear(matching)
      return (cleared, spans, store.liveCount)
    }
    let hint = matching.isEmpty && !all.isEmpty ? params.filter.alternatives(all) : nil
    return Result(cleared: cleared, spans: spans, left: left, hint: hint)
  }
}

extension TracesClear.Result: MethodResult {
  func json(maxChars: Int) -> JSONValue {
    var object: JSONObject = ["cleared": .integer(cleared), "spans": .integer(spans), "left": .integer(left)]
    object.append("hint", hint.map { .string($0) })
    return .object(object)
  }

  func text(maxChars: Int, _ calls: CallNames) -> TextAnswer {
    let what = "\(AnswerWords.counted(cleared, "trace")) with \(AnswerWords.counted(spans, "span")) cleared"
    return .lines(["\(what); \(AnswerWords.counted(left, "trace")) kept"] + (hint.map { [$0] } ?? []), maxChars: maxChars)
  }
}
