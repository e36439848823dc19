// What a value plainly means that came as another kind of JSON: a number as text, a whole number as 5.0, an object as JSON text. Nil, or the
// value as it was, where its meaning is not plain.

import JSON
import TraceDistiller

enum PlainValue {
  /// Models fill in what they mean to leave out.
  static func isLeftOut(_ value: JSONValue) -> Bool {
    switch value {
    case .null: true
    case .string(let text): text.utf8.allSatisfy { $0 == UInt8(ascii: " ") } || unquoted(text) == ""
    default: false
    }
  }

  /// Text, of a number or a truth its JSON; without the quotes of JSON around it.
  static func text(_ value: JSONValue, keepsQuotes: Bool = false) -> JSONValue {
    switch value {
    case .string(let text): .string(keepsQuotes ? text : unquoted(text) ?? text)
    case .integer, .bool: .string(value.serializedString)
    case .bigNumber(let digits): .string(digits)
    case .number(let number): .string(Int64(exactly: number).map { String($0) } ?? value.serializedString)
    default: value
    }
  }

  /// The word of those that are known, in whatever case it is written.
  static func word(_ value: JSONValue, among words: [String]) -> JSONValue {
    guard case .string(let text) = self.text(value) else { return value }
    let matching = words.filter { $0.lowercased() == text.lowercased() }
    return .string(matching.count == 1 ? matching[0] : text)
  }

  /// A number, whole where its value is, from itself or from text that is one.
  static func number(_ value: JSONValue) -> JSONValue? {
    switch value {
    case .integer, .bigNumber: value
    case .number(let number): Int64(exactly: number).map { .integer($0) } ?? value
    case .string(let text): parsed(unquoted(text) ?? text).flatMap { $0.string == nil ? self.number($0) : nil }
    default: nil
    }
  }

  static func truth(_ value: JSONValue) -> JSONValue? {
    if value.bool != nil { return value }
    // Python's words are among them.
    switch value.string?.lowercased() {
    case "true": return true
    case "false": return false
    default: return nil
    }
  }

  /// An object, from itself or from text that is one.
  static func object(_ value: JSONValue) -> JSONObject? {
    switch value {
    case .object(let object): return object
    case .string(let text):
      guard let value = parsed(text) else { return nil }
      // Text of text: some encode what is encoded already. Not deeper.
      return value.object ?? value.string.flatMap { parsed($0)?.object }
    default: return nil
    }
  }

  /// A list, from itself, from text that is one, or of the one element that came alone.
  static func list(_ value: JSONValue) -> [JSONValue]? {
    switch value {
    case .array(let elements): return elements
    case .string(let text): return parsed(text)?.array ?? [value]
    default: return nil
    }
  }

  static func shown(_ value: JSONValue) -> String {
    if case .bigNumber(let digits) = value { return VisibleText.make(digits, limit: 24) }
    return VisibleText.make(value.serializedString, limit: 24)
  }

  private static func parsed(_ text: String) -> JSONValue? { try? JSONValue(parsing: text) }

  /// The text inside of a JSON string that the text is; nil where it is none.
  private static func unquoted(_ text: String) -> String? { text.utf8.first == UInt8(ascii: "\"") ? parsed(text)?.string : nil }
}
