// An answer for programs. What a door says beside it (is it whole, how long are its words) is known where the answer is made: no door
// looks for it in the members.

import JSON

/// An answer as JSON.
struct JSONAnswer: Sendable {
  var object: JSONObject
  /// The words that stand among the members, if it has any.
  let text: String?
  /// Not everything is shown; the members say what is missing and how to get it.
  var isCut: Bool

  private static let textMember = "text"

  init(_ object: JSONObject, isCut: Bool = false) {
    self.object = object
    self.isCut = isCut
    text = nil
  }

  /// With words, which come behind `head` and before `rest`.
  init(_ head: JSONObject, text: String, _ rest: JSONObject, isCut: Bool) {
    object = head
    object[Self.textMember] = .string(text)
    for (key, value) in rest.members { object[key] = value }
    self.text = text
    self.isCut = isCut
  }

  var json: JSONValue { .object(object) }

  /// The members without the words: for a reader who asked for facts, and would pay for both.
  var facts: JSONObject {
    var facts = object
    if text != nil { facts[Self.textMember] = nil }
    return facts
  }

  var length: Int { JSONLength.of(json) }
}
