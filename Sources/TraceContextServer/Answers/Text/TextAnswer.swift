// Answers as text. Some methods write one themselves; the answers of the others are lists, told here line by line within the same bound.

import JSON
import JSONRPC
import TraceDistiller

/// An answer as text, and the answer that it was made of.
struct TextAnswer {
  var text: String
  var json: JSONValue
  /// Not everything is told; the text says what is missing and how to get it.
  var isCut: Bool
}

/// The lines of an answer: what stands before its entries, each entry's lines, what stands behind.
struct AnswerLines {
  var head: [String] = []
  var entries: [[String]] = []
  var tail: [String] = []

  var text: String { (head + entries.joined() + tail).joined(separator: "\n") }

  /// How many entries fit beside the rest.
  func fitting(_ maxChars: Int) -> Int {
    func cost(_ lines: [String]) -> Int { lines.reduce(0) { $0 + jsonLength($1) + 2 } }
    // The tail grows where the answer is cut: a cursor, and how much is left.
    var used = cost(head) + cost(tail) + 120
    return entries.prefix { entry in
      used += cost(entry)
      return used <= maxChars
    }.count
  }

  /// The same with as many entries as fit, and the number of the others.
  func cut(to maxChars: Int) -> AnswerLines {
    guard jsonLength(text) > maxChars else { return self }
    var kept = self
    kept.entries = Array(entries.prefix(fitting(maxChars)))
    if kept.entries.isEmpty, let first = entries.first {
      // What happened comes before all about it.
      let rest = maxChars - jsonLength((head + tail).joined(separator: "\n")) - 24
      kept.entries = [[JSONLength.cut(first.joined(separator: "\n"), to: max(40, rest))]]
    }
    if kept.entries.count < entries.count { kept.entries.append(["… \(DurationText.count(entries.count - kept.entries.count)) more"]) }
    return kept
  }
}

extension RequestMethod {
  /// What is asked for a text of that length.
  static func asked(_ params: JSONObject, maxChars: Int) -> JSONObject {
    var asked = params
    let length = min(SummaryOptions.budgetRange.upperBound, maxChars * lengthOfJSON)
    asked["maxChars"] = parameters.contains { $0.name == "maxChars" } ? .integer(length) : nil
    return asked
  }

  /// - Parameter first: The answer to `asked`.
  static func text(of first: JSONValue, _ params: JSONObject, maxChars: Int, in context: RequestContext) throws(ResponseError) -> TextAnswer
  {
    var answer = first
    guard var lines = self.lines(of: answer, context.calls) else {
      let text = first["text"]?.string ?? first.serializedString
      return TextAnswer(text: JSONLength.cut(text, to: maxChars), json: first, isCut: first["truncated"] == true)
    }
    // Once more with as many entries as have room, so that the cursor goes on behind the last that is told.
    if jsonLength(lines.text) > maxChars, repeats, parameters.contains(where: { $0.name == "limit" }) {
      var again = asked(params, maxChars: maxChars)
      again["limit"] = .integer(max(1, lines.fitting(maxChars)))
      answer = try self.answer(.object(again), in: context)
      lines = self.lines(of: answer, context.calls) ?? lines
    }
    let text = JSONLength.cut(lines.cut(to: maxChars).text, to: maxChars)
    let isCut = text != lines.text || answer["truncated"] == true || answer["nextCursor"].map { !$0.isNull } ?? false
    return TextAnswer(text: text, json: answer, isCut: isCut)
  }
}
