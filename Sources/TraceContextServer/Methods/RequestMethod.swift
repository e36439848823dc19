// The shape of a method: one method = one file = one enum that conforms to this.

import JSON
import JSONRPC
import TraceDistiller

/// A method of the family. Adding one touches four places, and a test names the one forgotten: its file, `MethodRegistry`,
/// `protocol/openrpc.json`, and a transcript under `protocol/transcripts/<method>/`.
protocol RequestMethod: SendableMetatype {
  /// As clients call it: `trace/summary`.
  static var name: String { get }
  /// The question it answers, in one line: the method table of protocol/README.md is made of these.
  static var summary: String { get }
  /// Grows when an answer changes in a way that a client may notice; protocol/CHANGES.md says how.
  static var version: Int { get }
  /// Every parameter that it takes; others are refused.
  static var parameters: [Parameter] { get }
  /// The bound of an answer where the caller names none.
  static var defaultMaxChars: Int { get }

  associatedtype Params: Sendable
  associatedtype Result: MethodResult

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params
  /// Asks the core for the facts of the answer. How they are written is the result's part.
  static func respond(to params: Params, in context: RequestContext) throws(ResponseError) -> Result
  /// The same for a method that waits for something to happen; the others respond at once.
  static func respondWaiting(to params: Params, in context: RequestContext) async throws -> Result
  /// Whether the answer takes so little that the thread which reads requests may give it.
  static func isQuick(_ params: Params, in context: RequestContext) -> Bool
  /// How long it takes where it is not quick.
  static var workClass: WorkClass { get }
}

extension RequestMethod {
  static var version: Int { 1 }
  static var defaultMaxChars: Int { SummaryOptions.defaultBudget }

  static func respondWaiting(to params: Params, in context: RequestContext) async throws -> Result { try respond(to: params, in: context) }

  /// Reads the parameters and answers.
  static func answer(_ params: JSONValue?, in context: RequestContext) throws(ResponseError) -> MethodAnswer {
    let (params, budget) = try read(params)
    return MethodAnswer(result: try respond(to: params, in: context), budget: budget)
  }

  /// Reads the parameters, once, and answers or says where the answer will be made.
  static func reply(_ params: JSONValue?, in context: RequestContext) throws(ResponseError) -> MethodReply {
    let (params, budget) = try read(params)
    if isQuick(params, in: context) { return .now(MethodAnswer(result: try respond(to: params, in: context), budget: budget)) }
    return .later(workClass) { MethodAnswer(result: try await respondWaiting(to: params, in: context), budget: budget) }
  }

  private static func read(_ params: JSONValue?) throws(ResponseError) -> (Params, AnswerBudget) {
    let reader = try ParameterReader(params, of: parameters, method: name)
    return (try self.params(from: reader), try reader.budget(or: defaultMaxChars))
  }
}

extension RequestMethod {
  static var workClass: WorkClass { .long }
}

/// What becomes of a call: `Reply`, before it is known how the answer is to be written.
enum MethodReply {
  case now(MethodAnswer)
  case later(WorkClass, @Sendable () async throws -> MethodAnswer)
}

/// Methods about one trace are quick while the trace is small: about a millisecond.
protocol TraceMethod: RequestMethod where Params: TraceParams {}

protocol TraceParams {
  var traceID: String { get }
}

extension TraceMethod {
  static var workClass: WorkClass { .short }
  static func isQuick(_ params: Params, in context: RequestContext) -> Bool { context.cost(of: params.traceID) <= 4_000 }
}
