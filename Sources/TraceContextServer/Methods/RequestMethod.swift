// The shape of a method: one method = one file = one enum that conforms to this.

import JSON
import JSONRPC
import TraceDistiller

/// A method of the family. Adding one touches four places, and a test names the one forgotten: its file, `MethodRegistry`,
/// `protocol/openrpc.json`, and a transcript under `protocol/transcripts/<method>/`.
protocol RequestMethod {
  /// As clients call it: `trace/summary`.
  static var name: String { get }
  /// The question it answers, in one line: the method table of protocol/README.md is made of these.
  static var summary: String { get }
  /// Every parameter that it takes; others are refused.
  static var parameters: [Parameter] { get }

  associatedtype Params
  associatedtype Result: MethodResult

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params
  static func respond(to params: Params, in context: RequestContext) throws(ResponseError) -> Result
  /// The answer of a method that waits for something to happen; the others answer at once.
  static func answerWaiting(_ params: JSONValue?, in context: RequestContext) async throws -> JSONValue
  /// Whether the answer takes so little that the thread which reads requests may give it.
  static func isQuick(_ params: Params, in context: RequestContext) -> Bool
  /// How long it takes where it is not quick.
  static var workClass: WorkClass { get }
  /// The answer told in lines; nil where the text that it holds tells all.
  static func lines(of answer: JSONValue, _ calls: CallNames) -> AnswerLines?
  /// Whether the same may be asked twice for one answer.
  static var repeats: Bool { get }
  /// How many times as long as its text the answer may be: JSON takes more than lines, where it does not hold the text itself.
  static var lengthOfJSON: Int { get }
}

extension RequestMethod {
  static func lines(of answer: JSONValue, _ calls: CallNames) -> AnswerLines? { nil }
  static var repeats: Bool { true }
  static var lengthOfJSON: Int { 4 }
}

/// What a method answers.
protocol MethodResult {
  var json: JSONValue { get }
}

extension RequestMethod {
  /// Reads the parameters and answers.
  static func answer(_ params: JSONValue?, in context: RequestContext) throws(ResponseError) -> JSONValue {
    let reader = try ParameterReader(params, of: parameters, method: name)
    return reader.finish(try respond(to: self.params(from: reader), in: context).json)
  }

  static func answerWaiting(_ params: JSONValue?, in context: RequestContext) async throws -> JSONValue { try answer(params, in: context) }

  /// The answer if it can be given at once, else nil.
  static func answerIfQuick(_ params: JSONValue?, in context: RequestContext) throws(ResponseError) -> JSONValue? {
    let reader = try ParameterReader(params, of: parameters, method: name)
    let params = try self.params(from: reader)
    guard isQuick(params, in: context) else { return nil }
    return reader.finish(try respond(to: params, in: context).json)
  }
}

extension RequestMethod {
  static var workClass: WorkClass { .long }
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
