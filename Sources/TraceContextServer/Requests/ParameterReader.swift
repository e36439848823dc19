// Reads the parameters of a request by name. Every error says what was found, what is expected, and what the caller may have meant.

import JSON
import JSONRPC
import TraceDistiller

struct ParameterReader {
  private let members: JSONObject
  let declared: [Parameter]
  private let method: String

  /// Checks that the parameters are an object with known names only.
  init(_ params: JSONValue?, of declared: [Parameter], method: String) throws(ResponseError) {
    self.declared = declared
    self.method = method
    switch params {
    case nil, .null: members = [:]
    case .object(let object): members = object
    // Neovim encodes an empty Lua table as an empty array.
    case .array([]): members = [:]
    case .some: throw .invalidParams("\(method) takes its parameters by name: send an object")
    }
    for key in members.keys where !declared.contains(where: { $0.name == key }) {
      throw .unknownKey(key, in: method, known: declared.map(\.name))
    }
  }

  func string(_ name: String) throws(ResponseError) -> String? {
    switch value(name) {
    case nil: return nil
    case .string(let text): return text
    case .some(let other): throw wrong(name, other, expected: "a string")
    }
  }

  func integer(_ name: String) throws(ResponseError) -> Int? {
    guard let value = value(name) else { return nil }
    guard case .integer(let range)? = kind(of: name) else { return nil }
    guard let number = value.integer, let exact = Int(exactly: number), range.contains(exact) else {
      throw wrong(name, value, expected: "an integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return exact
  }

  func flag(_ name: String) throws(ResponseError) -> Bool? {
    guard let value = value(name) else { return nil }
    guard let flag = value.bool else { throw wrong(name, value, expected: "true or false") }
    return flag
  }

  /// Milliseconds, returned as nanoseconds.
  func millis(_ name: String) throws(ResponseError) -> Int64? {
    guard let value = value(name) else { return nil }
    guard let number = value.double, number >= 0, number <= 1e9 else {
      throw wrong(name, value, expected: "a number of milliseconds, 0 or more")
    }
    return Int64((number * 1e6).rounded())
  }

  /// One of the parameter's declared words.
  func choice<Choice: RawRepresentable>(_ name: String, _ type: Choice.Type) throws(ResponseError) -> Choice?
  where Choice.RawValue == String {
    guard let value = value(name) else { return nil }
    guard let text = value.string, let choice = Choice(rawValue: text) else { throw wrong(name, value, expected: words(name)) }
    return choice
  }

  func choices<Choice: RawRepresentable & Hashable>(_ name: String, _ type: Choice.Type) throws(ResponseError) -> Set<Choice>?
  where Choice.RawValue == String {
    guard let value = value(name) else { return nil }
    guard let list = value.array else { throw wrong(name, value, expected: "a list of \(words(name))") }
    var chosen: Set<Choice> = []
    for element in list {
      guard let choice = element.string.flatMap({ Choice(rawValue: $0) }) else { throw wrong(name, element, expected: words(name)) }
      chosen.insert(choice)
    }
    return chosen
  }

  func value(_ name: String) -> JSONValue? {
    assert(declared.contains { $0.name == name }, "\(method) reads \(name), which it does not declare")
    guard let value = members[name], !value.isNull else { return nil }
    return value
  }

  private func kind(of name: String) -> Parameter.Kind? { declared.first { $0.name == name }?.kind }

  private func words(_ name: String) -> String {
    switch kind(of: name) {
    case .oneOf(let words), .listOf(let words): "one of " + words.joined(separator: ", ")
    default: "another value"
    }
  }

  private func wrong(_ name: String, _ found: JSONValue, expected: String) -> ResponseError {
    .invalidParams(
      "\(name) must be \(expected), not \(Self.quote(found))", data: ["parameter": .string(name), "expected": .string(expected)])
  }

  static func quote(_ value: JSONValue) -> String { VisibleText.make(value.serializedString, limit: 80) }
}
