// The filter in the arguments of tools: the type of each member, and attributes as a list of key=value, because not every model API accepts
// an object with undeclared members.

import JSON
import JSONRPC

enum FilterArgument {
  enum Kind { case text, pattern, flag, number, outcome, attributes, instant }

  /// Decided by the member's name, so that a new member of filters is accepted here without a change.
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

  /// The filter as methods expect it; nil if it is empty.
  static func read(_ value: JSONValue) throws(ResponseError) -> JSONValue? {
    if value == .array([]) { return nil }
    // The filter's own reader rejects anything else.
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
    // A number is passed on unchanged: it may be seconds, milliseconds or nanoseconds.
    case .instant: value.string == nil ? value : PlainValue.text(value)
    }
  }

  /// Accepts `["user.id=7"]`, an object, either of them as JSON text, or a single `user.id=7`.
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
