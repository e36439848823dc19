// The result of a method: facts, and two ways to write them. A door chooses one; neither is derived from the other.

import JSON
import JSONRPC
import TraceDistiller

protocol MethodResult: Sendable {
  /// The answer for programs, at most `maxChars` long if the method has such a bound.
  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer
  /// The answer for people and models, at most `maxChars` long.
  /// - Parameter calls: The reader's names for our methods.
  func text(maxChars: Int, _ calls: CallNames) throws(ResponseError) -> TextAnswer
}

/// A result with the caller's bound, and what the source does not cover.
struct MethodAnswer: Sendable {
  let result: any MethodResult
  let budget: AnswerBudget
  let gaps: [SourceGap]

  func json() throws(ResponseError) -> JSONAnswer {
    let maxChars = budget.maxChars ?? .max
    guard !gaps.isEmpty else { return estimated(try result.json(maxChars: maxChars)) }
    let partial = GapNotes(gaps, room: GapNotes.room(within: maxChars))
    var answer = try result.json(maxChars: maxChars - partial.jsonLength)
    answer.object["partial"] = partial.json
    answer.isCut = true
    return estimated(answer)
  }

  /// - Parameter standard: The bound if the method itself has none.
  func text(_ calls: CallNames, maxChars standard: Int = .max) throws(ResponseError) -> TextAnswer {
    try text(calls, within: budget.maxChars ?? standard)
  }

  func text(_ calls: CallNames, within maxChars: Int) throws(ResponseError) -> TextAnswer {
    guard !gaps.isEmpty else { return try result.text(maxChars: maxChars, calls) }
    let partial = GapNotes(gaps, room: GapNotes.room(within: maxChars))
    var answer = try result.text(maxChars: maxChars - partial.textLength, calls)
    // A file for another tool has no place for text.
    if let note = answer.note { answer.note = note + "; " + partial.text } else { answer.text += "\n" + partial.text }
    answer.isCut = true
    return answer
  }

  /// The same inside a fence, within both the caller's bound and this one.
  func text(_ calls: CallNames, maxChars most: Int, in fence: DataFence) throws(ResponseError) -> TextAnswer {
    let bound = min(budget.maxChars ?? most, most)
    let found = try text(calls, within: bound - fence.length)
    let (text, isCut) = fence.around(found.text, maxChars: bound)
    return TextAnswer(text, isCut: found.isCut || isCut, note: found.note)
  }

  private func estimated(_ answer: JSONAnswer) -> JSONAnswer { budget.isInTokens ? TokenBudget.estimated(answer) : answer }
}

/// The bound of an answer's length.
struct AnswerBudget: Sendable {
  /// Unicode scalars of the JSON string; nil for methods whose answers are always short.
  var maxChars: Int?
  /// The caller gave the bound in tokens, and the answer reports how many it takes.
  var isInTokens = false
}
