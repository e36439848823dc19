// What a method answers: facts, and two ways to write them. Doors choose one of the two; neither is made of the other.

import JSON
import JSONRPC
import TraceDistiller

protocol MethodResult: Sendable {
  /// The answer for programs, at most `maxChars` long where the method has such a bound.
  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer
  /// The answer for people and models, at most `maxChars` long.
  /// - Parameter calls: What the reader calls our methods.
  func text(maxChars: Int, _ calls: CallNames) throws(ResponseError) -> TextAnswer
}

/// A result with the bound that the caller gave, and what the source did not speak for.
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

  /// - Parameter standard: The bound where the method itself has none.
  func text(_ calls: CallNames, maxChars standard: Int = .max) throws(ResponseError) -> TextAnswer {
    try text(calls, within: budget.maxChars ?? standard)
  }

  func text(_ calls: CallNames, within maxChars: Int) throws(ResponseError) -> TextAnswer {
    guard !gaps.isEmpty else { return try result.text(maxChars: maxChars, calls) }
    let partial = GapNotes(gaps, room: GapNotes.room(within: maxChars))
    var answer = try result.text(maxChars: maxChars - partial.textLength, calls)
    // The file of another tool has no place for words.
    if let note = answer.note { answer.note = note + "; " + partial.text } else { answer.text += "\n" + partial.text }
    answer.isCut = true
    return answer
  }

  /// The same between the lines of a fence, both within the bound that the caller gave and within this one.
  func text(_ calls: CallNames, maxChars most: Int, in fence: DataFence) throws(ResponseError) -> TextAnswer {
    let bound = min(budget.maxChars ?? most, most)
    let found = try text(calls, within: bound - fence.length)
    let (text, isCut) = fence.around(found.text, maxChars: bound)
    return TextAnswer(text, isCut: found.isCut || isCut, note: found.note)
  }

  private func estimated(_ answer: JSONAnswer) -> JSONAnswer { budget.isInTokens ? TokenBudget.estimated(answer) : answer }
}

/// How long an answer may be.
struct AnswerBudget: Sendable {
  /// Unicode scalars of the JSON string; nil for methods whose answers are short by nature.
  var maxChars: Int?
  /// The caller counts in tokens, and the answer says what it takes.
  var isInTokens = false
}
