// A JSON document as a Swift value, used for messages, answers and schemas. Records of the pipe are not converted to it: they are read
// directly from jansson's tree.

/// One JSON value. Objects keep the order of their members.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// A number that Int64 or Double cannot hold (2^64 − 1, 1e999), as its JSON text.
  case bigNumber(String)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

/// The members of a JSON object in their written order. Keys are compared as bytes: "é" in NFC and in NFD are two keys.
/// Lookup is linear: our objects have a handful of members.
package struct JSONObject: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  package private(set) var members: [(key: String, value: JSONValue)]

  package init() { members = [] }

  /// A duplicate key in a literal is a programming error.
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    members = elements.map { (key: $0, value: $1) }
    assert(Set(members.map { Array($0.key.utf8) }).count == members.count, "a key twice in \(keys)")
  }

  package var keys: [String] { members.map(\.key) }
  package var isEmpty: Bool { members.isEmpty }

  /// The member's value. Setting nil removes the member, setting an existing key keeps its place, and a new key goes last.
  package subscript(key: String) -> JSONValue? {
    get { index(of: key).map { members[$0].value } }
    set {
      switch (index(of: key), newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append((key, value))
      case (nil, nil): break
      }
    }
  }

  /// Adds a member at the end; a nil value is left out.
  package mutating func append(_ key: String, _ value: JSONValue?) {
    if let value { self[key] = value }
  }

  /// Adds a member whose key the caller knows to be new, without a lookup.
  /// - Complexity: O(1), where the subscript is linear.
  package mutating func appendUnique(_ key: String, _ value: JSONValue) { members.append((key, value)) }

  private func index(of key: String) -> Int? {
    members.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
  }

  package static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.members.count == right.members.count
      && left.members.allSatisfy { member in right[member.key] == member.value }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByFloatLiteral, ExpressibleByNilLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(nilLiteral: ()) { self = .null }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    var object = JSONObject()
    for (key, value) in elements { object.appendUnique(key, value) }
    self = .object(object)
  }
}

extension JSONValue {
  package static func integer(_ value: Int) -> JSONValue { .integer(Int64(value)) }

  package var string: String? { if case .string(let value) = self { value } else { nil } }
  package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  package var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  package var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
  package var isNull: Bool { if case .null = self { true } else { false } }

  /// The value as a Double, for any JSON number that fits into one.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The member of an object; nil for other values and for members that are not there.
  package subscript(key: String) -> JSONValue? { object?[key] }

  /// The element of an array; nil for other values and beyond the end.
  package subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  /// JSON's name for this kind of value, for error messages.
  package var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .integer, .bigNumber, .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}
