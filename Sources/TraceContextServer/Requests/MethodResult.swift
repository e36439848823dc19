// What a method answers: facts, and two ways to write them. Doors choose one of the two; neither is made of the other.

import JSON
import JSONRPC
import TraceDistiller

protocol MethodResult: Sendable {
  /// The answer for programs, at most `maxChars` long where the method has such a bound.
  func json(maxChars: Int) throws(ResponseError) -> JSONValue
  /// The answer for people and models, at most `maxChars` long.
  /// - Parameter calls: What the reader calls our methods.
  func text(maxChars: Int, _ calls: CallNames) throws(ResponseError) -> TextAnswer
}

/// A result with the bound that the caller gave, and what the source did not speak for.
struct MethodAnswer: Sendable {
  let result: any MethodResult
  let budget: AnswerBudget
  let gaps: [SourceGap]

  func json() throws(ResponseError) -> JSONValue {
    let maxChars = budget.maxChars ?? .max
    guard !gaps.isEmpty else { return estimated(try result.json(maxChars: maxChars)) }
    let partial = GapNotes(gaps, room: GapNotes.room(within: maxChars))
    guard case .object(var object) = try result.json(maxChars: maxChars - partial.jsonLength) else { return .null }
    object["partial"] = partial.json
    return estimated(.object(object))
  }

  /// - Parameter standard: The bound where the method itself has none.
  func text(_ calls: CallNames, maxChars standard: Int = .max) throws(ResponseError) -> TextAnswer {
    let maxChars = budget.maxChars ?? standard
    guard !gaps.isEmpty else { return try result.text(maxChars: maxChars, calls) }
    let partial = GapNotes(gaps, room: GapNotes.room(within: maxChars))
    var answer = try result.text(maxChars: maxChars - partial.textLength, calls)
    // The file of another tool has no place for words.
    if let note = answer.note { answer.note = note + "; " + partial.text } else { answer.text += "\n" + partial.text }
    answer.isCut = true
    return answer
  }

  private func estimated(_ json: JSONValue) -> JSONValue { budget.isInTokens ? TokenBudget.estimated(json) : json }
}

/// How long an answer may be.
struct AnswerBudget: Sendable {
  /// Unicode scalars of the JSON string; nil for methods whose answers are short by nature.
  var maxChars: Int?
  /// The caller counts in tokens, and the answer says what it takes.
  var isInTokens = false
}
