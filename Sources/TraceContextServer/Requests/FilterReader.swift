// What all filters have in common: reading members, texts, instants and attributes, and the error for a wrong one.

import JSON
import JSONRPC
import TraceDistiller
import TraceRecords

enum FilterReader {
  /// The given members; null counts as left out.
  static func members(of filter: JSONValue) throws(ResponseError) -> [(key: String, value: JSONValue)] {
    guard case .object(let object) = filter else {
      throw .invalidParams("filter must be an object, not \(ParameterReader.quote(filter))", data: ["parameter": "filter"])
    }
    return object.members.filter { !$0.value.isNull }.map { ($0.key, $0.value) }
  }

  static func text(_ key: String, _ value: JSONValue) throws(ResponseError) -> String {
    guard let text = value.string else { throw wrong(key, value, "a string") }
    return text
  }

  static func pattern(_ key: String, _ value: JSONValue) throws(ResponseError) -> TextPattern { TextPattern(try text(key, value)) }

  static func outcome(_ key: String, _ value: JSONValue) throws(ResponseError) -> SpanOutcome {
    guard let outcome = value.string.flatMap({ SpanOutcome(rawValue: $0) }) else { throw wrong(key, value, "ok, error or running") }
    return outcome
  }

  static func millis(_ key: String, _ value: JSONValue) throws(ResponseError) -> Double {
    guard let number = value.double, number >= 0 else { throw wrong(key, value, "a number of milliseconds") }
    return number
  }

  static func instant(_ key: String, _ value: JSONValue) throws(ResponseError) -> Int64 {
    guard let text = value.string, let instant = Timestamp.parse(text) ?? Int64(text) else {
      throw wrong(key, value, "an instant as RFC 3339 or as a string of Unix nanoseconds")
    }
    return instant
  }

  static func attributes(_ key: String, _ value: JSONValue) throws(ResponseError) -> [(key: String, value: String)] {
    guard let wanted = value.object else { throw wrong(key, value, "an object of key and value") }
    return wanted.members.map { ($0.key, $0.value.string ?? $0.value.serializedString) }
  }

  static func wrong(_ key: String, _ found: JSONValue, _ expected: String) -> ResponseError {
    .invalidParams("filter.\(key) must be \(expected), not \(ParameterReader.quote(found))", data: ["parameter": .string("filter.\(key)")])
  }
}
