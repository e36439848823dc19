// An answer for programs. Whether it is cut and how long its text is are stored beside the members, so no door has to search the members
// for them.

import JSON

/// An answer as JSON.
struct JSONAnswer: Sendable {
  var object: JSONObject
  /// The text that is one of the members, if there is one.
  let text: String?
  /// Not everything is shown. The members say what is missing and how to get it.
  var isCut: Bool

  private static let textMember = "text"

  init(_ object: JSONObject, isCut: Bool = false) {
    self.object = object
    self.isCut = isCut
    text = nil
  }

  /// An answer with text; the text follows `head` and comes before `rest`.
  init(_ head: JSONObject, text: String, _ rest: JSONObject, isCut: Bool) {
    object = head
    object[Self.textMember] = .string(text)
    for (key, value) in rest.members { object[key] = value }
    self.text = text
    self.isCut = isCut
  }

  var json: JSONValue { .object(object) }

  /// The members without the text: for a reader who asked for facts and would pay for both.
  var facts: JSONObject {
    var facts = object
    if text != nil { facts[Self.textMember] = nil }
    return facts
  }

  var length: Int { JSONLength.of(json) }
}
