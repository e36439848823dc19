// A method is one file with one enum that conforms to this protocol.

import JSON
import JSONRPC
import TraceDistiller

/// One method of the server. Adding one touches four places, and a test names a forgotten one: its file, `MethodRegistry`,
/// `protocol/openrpc.json`, and a transcript under `protocol/transcripts/<method>/`.
protocol RequestMethod: SendableMetatype {
  /// As clients call it: `trace/summary`.
  static var name: String { get }
  /// The question that it answers, in one line. The method table of protocol/README.md is built from these lines.
  static var summary: String { get }
  /// Incremented when an answer changes in a way that a client may notice; see protocol/CHANGES.md.
  static var version: Int { get }
  /// Every parameter that it accepts; other parameters are rejected.
  static var parameters: [Parameter] { get }
  /// The bound of an answer if the caller gives none.
  static var defaultMaxChars: Int { get }

  associatedtype Params: Sendable
  associatedtype Result: MethodResult

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params
  /// Collects the facts of the answer from the source and the core. The result type writes them.
  static func respond(to params: Params, in context: RequestContext) async throws(ResponseError) -> Result
  /// Whether the answer is so cheap that the reading thread may make it.
  static func isQuick(_ params: Params, in context: RequestContext) -> Bool
  /// How long the answer takes if it is not quick.
  static var workClass: WorkClass { get }
}

extension RequestMethod {
  static var version: Int { 1 }
  static var defaultMaxChars: Int { SummaryOptions.defaultBudget }
  static var workClass: WorkClass { .long }

  /// Reads the parameters and answers.
  static func answer(_ params: JSONValue?, in context: RequestContext) async throws(ResponseError) -> MethodAnswer {
    let (params, budget) = try read(params)
    return try await answer(params, budget, in: context)
  }

  /// Reads the parameters once and decides where the answer will be made.
  static func reply(_ params: JSONValue?, in context: RequestContext) throws(ResponseError) -> MethodReply {
    let (params, budget) = try read(params)
    return MethodReply(isQuick: isQuick(params, in: context), workClass: workClass) { () async throws(ResponseError) in
      try await answer(params, budget, in: context)
    }
  }

  private static func answer(_ params: Params, _ budget: AnswerBudget, in context: RequestContext) async throws(ResponseError)
    -> MethodAnswer
  {
    var context = context
    context.budget = budget
    let result = try await respond(to: params, in: context)
    return MethodAnswer(result: result, budget: budget, gaps: context.gaps)
  }

  private static func read(_ params: JSONValue?) throws(ResponseError) -> (Params, AnswerBudget) {
    let reader = try ParameterReader(params, of: parameters, method: name)
    return (try self.params(from: reader), try reader.budget(or: defaultMaxChars))
  }
}

/// An answer that is not made yet; its output form is chosen later.
struct MethodReply: Sendable {
  var isQuick: Bool
  var workClass: WorkClass
  var answer: @Sendable () async throws(ResponseError) -> MethodAnswer

  /// The reply of a door that writes the answer in its own form.
  func written(_ write: @escaping @Sendable (MethodAnswer) throws(ResponseError) -> JSONValue) -> Reply {
    let body: @Sendable () async throws -> JSONValue = {
      let outcome: Result<MethodAnswer, ResponseError>
      do throws(ResponseError) { outcome = .success(try await answer()) } catch { outcome = .failure(error) }
      try Task.checkCancellation()
      return try write(try outcome.get())
    }
    return isQuick ? .here(workClass, body) : .later(workClass, body)
  }
}

/// Methods about one trace are quick if the trace is small: about a millisecond.
protocol TraceMethod: RequestMethod where Params: TraceParams {}

protocol TraceParams {
  var traceID: String { get }
}

extension TraceMethod {
  static var workClass: WorkClass { .short }
  static func isQuick(_ params: Params, in context: RequestContext) -> Bool { context.isSmall([params.traceID], below: 4_000) }
}
