// From bytes to `JSONValue`, through jansson's tree.

import CJansson

extension JSONValue {
  /// Parses one complete JSON text.
  ///
  /// Of duplicate names the last wins. Integers beyond Int64 and reals beyond Double become `.bigNumber`. NUL is kept in strings and names.
  /// Invalid UTF-8, lone surrogates, NaN and trailing bytes are errors.
  /// - Complexity: O(bytes). The offset of an error counts bytes from the start of `text`.
  package init(parsing text: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits(), repair: JSONRepair.Policy = .numbersAndNUL)
    throws(JSONError)
  {
    let tree = try JanssonTree(parsing: text, limits: limits, repair: repair)
    var builder = ValueBuilder(repairs: tree.repairs)
    self = builder.value(tree.root)
  }

  package init(parsing text: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
    self = try Self.parse(text, limits)
  }

  package init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
    self = try Self.parse(Array(text.utf8), limits)
  }

  /// `withUnsafeBytes` does not rethrow a typed error, hence the Result.
  private static func parse(_ text: [UInt8], _ limits: JSONLimits) throws(JSONError) -> JSONValue {
    try text.withUnsafeBytes { bytes in
      Result { () throws(JSONError) in try JSONValue(parsing: bytes, limits: limits) }
    }.get()
  }
}

/// Converts a jansson tree to values. The depth limit of the parse bounds the recursion.
private struct ValueBuilder {
  let repairs: JSONRepair.Findings

  mutating func value(_ node: UnsafeMutablePointer<json_t>) -> JSONValue {
    switch node.pointee.type {
    case JSON_NULL: return .null
    case JSON_TRUE: return .bool(true)
    case JSON_FALSE: return .bool(false)
    case JSON_INTEGER: return .integer(Int64(json_integer_value(node)))
    case JSON_REAL: return .number(json_real_value(node))
    case JSON_STRING: return string(node)
    case JSON_ARRAY:
      let count = json_array_size(node)
      var elements: [JSONValue] = []
      elements.reserveCapacity(count)
      for index in 0..<count { if let element = json_array_get(node, index) { elements.append(value(element)) } }
      return .array(elements)
    default:
      var object = JSONObject()
      var iterator = json_object_iter(node)
      while let member = iterator {
        if let child = json_object_iter_value(member) { object.appendUnique(key(member), value(child)) }
        iterator = json_object_iter_next(node, member)
      }
      return .object(object)
    }
  }

  private func string(_ node: UnsafeMutablePointer<json_t>) -> JSONValue {
    let bytes = UnsafeRawBufferPointer(start: json_string_value(node), count: json_string_length(node))
    let text = String(decoding: bytes, as: UTF8.self)
    return repairs.isNumber(node) ? .bigNumber(text) : .string(text)
  }

  private func key(_ member: UnsafeMutableRawPointer) -> String {
    let bytes = UnsafeRawBufferPointer(start: json_object_iter_key(member), count: json_object_iter_key_len(member))
    return String(decoding: bytes, as: UTF8.self)
  }
}
