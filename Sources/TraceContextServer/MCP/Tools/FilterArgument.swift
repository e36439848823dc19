// The filter as tools declare and take it: what kind each member is, and attributes as a list of key=value, because not every model API takes an
// object whose members are not declared.

import JSON
import JSONRPC

enum FilterArgument {
  enum Kind { case text, pattern, flag, number, outcome, attributes, instant }

  /// By their names, so that a member that filters learn is taken here at once.
  static func kind(of key: String) -> Kind {
    switch key {
    case "attributes": .attributes
    case "hasErrors": .flag
    case "since", "until": .instant
    case "text": .pattern
    case _ where key.hasSuffix("DurationMs"): .number
    case _ where key == "status" || key.hasSuffix("Status"): .outcome
    default: .text
    }
  }

  static let outcomes = ["ok", "error", "running"]

  /// The filter as methods take it; nil where nothing is asked.
  static func read(_ value: JSONValue) throws(ResponseError) -> JSONValue? {
    if value == .array([]) { return nil }
    // What is no object is refused by who reads filters.
    guard let object = PlainValue.object(value) else { return value }
    var members = JSONObject()
    for (key, value) in object.members where !PlainValue.isLeftOut(value) { members.append(key, try read(value, key)) }
    return members.isEmpty ? Optional.none : .object(members)
  }

  private static func read(_ value: JSONValue, _ key: String) throws(ResponseError) -> JSONValue? {
    switch kind(of: key) {
    case .text: PlainValue.text(value)
    case .pattern: TextArgument.read(value)
    case .flag: PlainValue.truth(value) ?? value
    case .number: PlainValue.number(value) ?? value
    case .outcome: PlainValue.word(value, among: outcomes)
    case .attributes: try attributes(value)
    // A number may be seconds, milliseconds or nanoseconds.
    case .instant: value.string == nil ? value : PlainValue.text(value)
    }
  }

  /// `["user.id=7"]`, or an object, or either as JSON text, or one `user.id=7` alone.
  private static func attributes(_ value: JSONValue) throws(ResponseError) -> JSONValue? {
    if let object = PlainValue.object(value) { return object.isEmpty ? Optional.none : .object(object) }
    guard let elements = PlainValue.list(value) else { throw wrong(value) }
    var wanted = JSONObject()
    for element in elements where !PlainValue.isLeftOut(element) {
      if let members = element.object?.members, !members.isEmpty {
        for (key, value) in members { wanted.appendUnique(key, value) }
        continue
      }
      guard let text = element.string, let sign = text.utf8.firstIndex(of: UInt8(ascii: "=")), sign > text.startIndex else {
        throw wrong(element)
      }
      wanted.appendUnique(String(text[..<sign]), .string(String(text[text.utf8.index(after: sign)...])))
    }
    return wanted.isEmpty ? Optional.none : .object(wanted)
  }

  private static func wrong(_ found: JSONValue) -> ResponseError {
    .invalidParams(
      "filter.attributes must be a list of key=value, not \(ParameterReader.quote(found))", data: ["parameter": "filter.attributes"])
  }
}
