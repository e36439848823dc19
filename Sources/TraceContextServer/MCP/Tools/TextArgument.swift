// Texts to look for as models write them: each property of a tool has one type, so that a regular expression is text too.

import JSON
import TraceDistiller

enum TextArgument {
  /// What stands before a regular expression.
  static let prefix = "regex:"

  /// `regex:PATTERN`, or the object that other doors take, also as JSON text; everything else is text. Quotes may be what is looked for.
  static func read(_ value: JSONValue) -> JSONValue {
    if let object = PlainValue.object(value), object.keys == ["regex"], object["regex"]?.string != nil { return .object(object) }
    guard let text = value.string, text.utf8.starts(with: prefix.utf8) else { return PlainValue.text(value, keepsQuotes: true) }
    var pattern = text.dropFirst(prefix.count)
    if pattern.first == " " { pattern.removeFirst() }
    return ["regex": .string(String(pattern))]
  }
}
