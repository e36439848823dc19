// Proves the validator that the contract's tests use: what it accepts, what it rejects, and the location that it reports.

import JSON
import Testing

struct JSONSchemaTests {
  static let definitions =
    ##"{"$defs":{"Id":{"type":"string","minLength":1},"List":{"type":"object","properties":{"rest":{"$ref":"#/$defs/List"}},"additionalProperties":false}}}"##

  /// Schema, value, and the problem; empty if the value is valid.
  static let cases: [(schema: String, value: String, problem: String)] = [
    (#"true"#, "1", ""), (#"false"#, "1", "$ must not be there"), (#"{}"#, "null", ""),
    (#"{"type":"string"}"#, #""a""#, ""), (#"{"type":"string"}"#, "1", "$ must be string, not 1"),
    (#"{"type":["string","null"]}"#, "null", ""), (#"{"type":["string","null"]}"#, "{}", "$ must be string or null, not {}"),
    (#"{"type":"integer"}"#, "1", ""), (#"{"type":"integer"}"#, "1.0", ""), (#"{"type":"integer"}"#, "1.5", "$ must be integer, not 1.5"),
    (#"{"type":"integer"}"#, "18446744073709551615", ""), (#"{"type":"number"}"#, "1", ""),
    (#"{"type":"number"}"#, "true", "$ must be number, not true"),
    (#"{"type":"boolean"}"#, "0", "$ must be boolean, not 0"), (#"{"type":"array"}"#, "[]", ""),
    (#"{"type":"object"}"#, "[]", "$ must be object, not []"),
    (#"{"const":1}"#, "1.0", ""), (#"{"const":true}"#, "false", "$ must be true, not false"),
    (#"{"enum":["a",null]}"#, "null", ""), (#"{"enum":["a"]}"#, #""b""#, #"$ must be one of ["a"], not "b""#),
    (#"{"minimum":1,"maximum":3}"#, "3", ""), (#"{"minimum":1}"#, "0", "$ must be at least 1, not 0"),
    (#"{"maximum":1}"#, "1.5", "$ must be at most 1, not 1.5"),
    (#"{"minimum":1}"#, #""text""#, ""),
    (#"{"minLength":1}"#, #""""#, #"$ must be longer, not """#), (#"{"minProperties":1}"#, "{}", "$ must have members, not {}"),
    (#"{"pattern":"^t[0-9]+$"}"#, #""t12""#, ""), (#"{"pattern":"^t[0-9]+$"}"#, #""t""#, #"$ must match "^t[0-9]+$", not "t""#),
    (#"{"pattern":"b"}"#, #""abc""#, ""),
    (#"{"items":{"type":"string"}}"#, #"["a",1]"#, "$[1] must be string, not 1"),
    (#"{"required":["a"]}"#, "{}", "$ needs a"), (#"{"required":["a"]}"#, #"{"a":null}"#, ""),
    (#"{"properties":{"a":{"properties":{"b":{"type":"null"}}}}}"#, #"{"a":{"b":1},"c":2}"#, "$.a.b must be null, not 1"),
    (#"{"properties":{"a":{}},"additionalProperties":false}"#, #"{"a":1,"b":2}"#, "$ has an unknown member b"),
    (#"{"properties":{"a":{}},"additionalProperties":{"type":"null"}}"#, #"{"a":1,"b":2}"#, "$.b must be null, not 2"),
    (#"{"properties":{"a":false}}"#, #"{"a":1}"#, "$.a must not be there"),
    (#"{"allOf":[{"type":"integer"},{"minimum":2}]}"#, "1", "$ must be at least 2, not 1"),
    (#"{"anyOf":[{"type":"integer"},{"minimum":2}]}"#, "3", ""),
    (#"{"anyOf":[{"type":"null"},{"const":2}]}"#, "3", "$ must be null, not 3"),
    (#"{"oneOf":[{"type":"integer"},{"minimum":2}]}"#, "1", ""),
    (#"{"oneOf":[{"type":"integer"},{"minimum":2}]}"#, "3", "$ fits 2 of oneOf: 3"),
    (##"{"$ref":"#/$defs/Id"}"##, ##""a""##, ""), (##"{"$ref":"#/$defs/Id"}"##, ##""""##, ##"$ must be longer, not """##),
    (##"{"$ref":"#/$defs/List"}"##, ##"{"rest":{"rest":{"more":1}}}"##, "$.rest.rest has an unknown member more"),
    (##"{"$ref":"#/$defs/No"}"##, "1", ##"$: no "#/$defs/No""##),
    (#"{"description":"text","default":1,"format":"uri"}"#, "1", ""),
    (#"{"multipleOf":2}"#, "3", "$: the schema's keyword multipleOf is not known to this validator"),
    (#"7"#, "1", "$: a schema is an object or a boolean, not 7"),
  ]

  @Test(arguments: cases.indices) func problem(_ index: Int) throws {
    let (schema, value, expected) = Self.cases[index]
    let validator = JSONSchema(document: try JSONValue(parsing: Self.definitions))
    let got = validator.problems(try JSONValue(parsing: value), try JSONValue(parsing: schema)).joined(separator: "; ")
    #expect(got == expected, "\(value) against \(schema)\n  expected \(expected)\n  got      \(got)")
  }
}
