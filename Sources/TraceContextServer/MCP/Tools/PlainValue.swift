// Converts a value that arrived as another kind of JSON if its meaning is clear: a number sent as text, a whole number sent as 5.0, an
// object sent as JSON text. Otherwise returns nil, or the value unchanged.

import JSON
import TraceDistiller

enum PlainValue {
  /// Models send null or an empty string for arguments that they want to leave out.
  static func isLeftOut(_ value: JSONValue) -> Bool {
    switch value {
    case .null: true
    case .string(let text): text.utf8.allSatisfy { $0 == UInt8(ascii: " ") } || unquoted(text) == ""
    default: false
    }
  }

  /// Text. A number or a boolean becomes its JSON text; quotes of JSON around a text are removed.
  static func text(_ value: JSONValue, keepsQuotes: Bool = false) -> JSONValue {
    switch value {
    case .string(let text): .string(keepsQuotes ? text : unquoted(text) ?? text)
    case .integer, .bool: .string(value.serializedString)
    case .bigNumber(let digits): .string(digits)
    case .number(let number): .string(Int64(exactly: number).map { String($0) } ?? value.serializedString)
    default: value
    }
  }

  /// The known word that the text matches in any case; otherwise the text itself.
  static func word(_ value: JSONValue, among words: [String]) -> JSONValue {
    guard case .string(let text) = self.text(value) else { return value }
    let matching = words.filter { $0.lowercased() == text.lowercased() }
    return .string(matching.count == 1 ? matching[0] : text)
  }

  /// A number, given as a number or as text. A whole value becomes an integer.
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
    // This includes Python's True and False.
    switch value.string?.lowercased() {
    case "true": return true
    case "false": return false
    default: return nil
    }
  }

  /// An object, given as an object or as text.
  static func object(_ value: JSONValue) -> JSONObject? {
    switch value {
    case .object(let object): return object
    case .string(let text):
      guard let value = parsed(text) else { return nil }
      // Some clients encode JSON text twice. A third level is not decoded.
      return value.object ?? value.string.flatMap { parsed($0)?.object }
    default: return nil
    }
  }

  /// A list, given as a list, as text, or as its only element.
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

  /// The decoded text if the text is itself a JSON string; otherwise nil.
  private static func unquoted(_ text: String) -> String? { text.utf8.first == UInt8(ascii: "\"") ? parsed(text)?.string : nil }
}
