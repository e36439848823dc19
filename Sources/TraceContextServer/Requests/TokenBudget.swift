// A bound in tokens, for callers who pay by token. There are many tokenizers and we include none: tokens are estimated from characters,
// with a ratio that errs on the safe side.

import JSON
import JSONRPC
import TraceDistiller

/// The meaning of `maxTokens`.
enum TokenBudget {
  static let range = 250...100_000
  /// The fewest characters per token. Answers about the shared traces never had less than 2.01 with o200k, cl100k, and the tokenizers of
  /// Anthropic and DeepSeek (`scripts/bench distill`). Text in a script that those tokenizers know little of can have less.
  static let leastCharacters = 2

  /// Room for the member `estimatedTokens` itself.
  private static let reserve = 32

  static func characters(_ tokens: Int) -> Int { tokens * leastCharacters - reserve }

  /// The answer with an upper estimate of its cost.
  static func estimated(_ answer: JSONAnswer) -> JSONAnswer {
    var answer = answer
    let length = answer.text.map { jsonLength($0) + 2 } ?? answer.length
    answer.object["estimatedTokens"] = .integer((length + leastCharacters - 1) / leastCharacters)
    return answer
  }
}

extension ParameterReader {
  /// The bound of the answer, if the method accepts one.
  func budget(or standard: Int) throws(ResponseError) -> AnswerBudget {
    guard declares("maxChars") else { return AnswerBudget(maxChars: nil) }
    let characters = try integer("maxChars")
    guard declares("maxTokens"), let tokens = try integer("maxTokens") else { return AnswerBudget(maxChars: characters ?? standard) }
    guard characters == nil else {
      throw .invalidParams("maxChars and maxTokens are two words for one bound: give one of them", data: ["parameter": "maxTokens"])
    }
    return AnswerBudget(maxChars: TokenBudget.characters(tokens), isInTokens: true)
  }

  private func declares(_ name: String) -> Bool { declared.contains { $0.name == name } }
}
