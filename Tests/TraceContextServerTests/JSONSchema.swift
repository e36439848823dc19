// A validator for the part of JSON Schema that protocol/ uses. An unknown keyword is reported as a problem, so that nothing is ignored.

import JSON

struct JSONSchema {
  /// The document for `$ref`.
  let document: JSONValue

  /// All problems of the value, each with its location; empty if it is valid.
  func problems(_ value: JSONValue, _ schema: JSONValue, at place: String = "$") -> [String] {
    switch schema {
    case .bool(true): return []
    case .bool(false): return ["\(place) must not be there"]
    case .object(let keywords): return keywords.members.flatMap { problems(value, keyword: $0.key, $0.value, keywords, place) }
    default: return ["\(place): a schema is an object or a boolean, not \(schema.serializedString)"]
    }
  }

  private func problems(_ value: JSONValue, keyword: String, _ rule: JSONValue, _ schema: JSONObject, _ place: String) -> [String] {
    func unless(_ isValid: Bool, _ what: String) -> [String] { isValid ? [] : ["\(place) \(what), not \(short(value))"] }
    switch keyword {
    case "title", "description", "default", "examples", "format", "$schema", "$id", "$defs": return []
    case "$ref": return resolve(rule.string ?? "").map { problems(value, $0, at: place) } ?? ["\(place): no \(rule.serializedString)"]
    case "type":
      let types = rule.array?.compactMap(\.string) ?? [rule.string ?? ""]
      return unless(types.contains { has(value, type: $0) }, "must be \(types.joined(separator: " or "))")
    case "enum": return unless(rule.array?.contains { same($0, value) } ?? false, "must be one of \(rule.serializedString)")
    case "const": return unless(same(rule, value), "must be \(rule.serializedString)")
    case "minimum": return value.double.map { unless($0 >= rule.double ?? 0, "must be at least \(rule.serializedString)") } ?? []
    case "maximum": return value.double.map { unless($0 <= rule.double ?? 0, "must be at most \(rule.serializedString)") } ?? []
    case "minLength": return value.string.map { unless($0.unicodeScalars.count >= rule.integer ?? 0, "must be longer") } ?? []
    case "minProperties": return value.object.map { unless($0.members.count >= rule.integer ?? 0, "must have members") } ?? []
    case "pattern":
      guard let text = value.string else { return [] }
      guard let regex = try? Regex(rule.string ?? "") else { return ["\(place): \(rule.serializedString) is no pattern"] }
      return unless(text.contains(regex), "must match \(rule.serializedString)")
    case "items":
      return (value.array ?? []).enumerated().flatMap { problems($1, rule, at: "\(place)[\($0)]") }
    case "required":
      guard let object = value.object else { return [] }
      return (rule.array ?? []).compactMap(\.string).filter { object[$0] == nil }.map { "\(place) needs \($0)" }
    case "properties":
      return (value.object?.members ?? []).flatMap { key, member in rule[key].map { problems(member, $0, at: "\(place).\(key)") } ?? [] }
    case "additionalProperties":
      let others = (value.object?.members ?? []).filter { schema["properties"]?[$0.key] == nil }
      if rule == .bool(false) { return others.map { "\(place) has an unknown member \($0.key)" } }
      return others.flatMap { problems($0.value, rule, at: "\(place).\($0.key)") }
    case "allOf": return (rule.array ?? []).flatMap { problems(value, $0, at: place) }
    case "anyOf", "oneOf":
      let tries = (rule.array ?? []).map { problems(value, $0, at: place) }
      let fitting = tries.filter(\.isEmpty).count
      if fitting == 1 || (fitting > 1 && keyword == "anyOf") { return [] }
      if fitting > 1 { return ["\(place) fits \(fitting) of oneOf: \(short(value))"] }
      // The variant with the fewest problems is the one that was meant.
      return tries.min { $0.count < $1.count } ?? ["\(place): empty \(keyword)"]
    default: return ["\(place): the schema's keyword \(keyword) is not known to this validator"]
    }
  }

  /// Resolves `#/components/schemas/Span` and similar references.
  func resolve(_ reference: String) -> JSONValue? {
    guard reference.hasPrefix("#") else { return nil }
    var value = document
    for part in reference.dropFirst().split(separator: "/") {
      guard let next = value[String(part)] else { return nil }
      value = next
    }
    return value
  }

  private func has(_ value: JSONValue, type: String) -> Bool {
    switch (type, value) {
    case ("integer", .integer), ("integer", .bigNumber), ("number", .integer), ("number", .bigNumber), ("number", .number): true
    case ("integer", .number(let number)): number == number.rounded()
    case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object): true
    default: false
    }
  }

  private func same(_ left: JSONValue, _ right: JSONValue) -> Bool {
    if let left = left.double, let right = right.double { return left == right }
    return left == right
  }

  private func short(_ value: JSONValue) -> String {
    let text = value.serializedString
    return text.count <= 120 ? text : text.prefix(120) + "…"
  }
}
