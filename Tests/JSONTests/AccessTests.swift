// Proves that values can be accessed without knowing their kind: a wrong kind, name or index gives nil.

import JSON
import Testing

@Suite struct AccessTests {
  private let value: JSONValue = ["a": [1, "x", 2.5, true, nil], "b": ["c": 7]]

  @Test func membersAndElements() {
    #expect(value["a"]?[0] == 1)
    #expect(value["a"]?[5] == nil)
    #expect(value["a"]?[-1] == nil)
    #expect(value["b"]?["c"]?.integer == 7)
    #expect(value["b"]?["d"] == nil)
    #expect(value["a"]?["c"] == nil)
  }

  @Test func kinds() {
    let elements = value["a"]?.array ?? []
    #expect(elements.map(\.kindName) == ["number", "string", "number", "boolean", "null"])
    #expect(elements.map(\.double) == [1, nil, 2.5, nil, nil])
    #expect(elements.map(\.integer) == [1, nil, nil, nil, nil])
    #expect(elements.map(\.string) == [nil, "x", nil, nil, nil])
    #expect(elements.map(\.bool) == [nil, nil, nil, true, nil])
    #expect(elements.map(\.isNull) == [false, false, false, false, true])
    #expect(JSONValue.bigNumber("1e999").double == nil)
  }

  @Test func objectsAreEqualWhateverTheirOrder() {
    #expect(["a": 1, "b": 2] as JSONValue == ["b": 2, "a": 1])
    #expect(["a": 1] as JSONValue != ["a": 1, "b": 2])
    #expect(["a": 1] as JSONValue != ["a": .number(1)])
  }
}
