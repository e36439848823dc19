// From bytes to JSONValue, by way of jansson's tree.

import CJansson

extension JSONValue {
  /// Parses one JSON text, whole.
  ///
  /// Outcomes worth knowing: duplicate names, the last wins; integers beyond Int64 and reals beyond Double become `.bigNumber`;
  /// NUL is kept in strings and names; invalid UTF-8, lone surrogates, NaN and trailing bytes are errors.
  /// - Complexity: O(bytes). The offset of an error counts bytes from the start of `text`.
  package init(parsing text: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits(), repair: JSONRepair.Policy = .numbersAndNUL)
    throws(JSONError)
  {
    let tree: JanssonTree
    do throws(JSONError) {
      tree = try JanssonTree(parsing: text, limits: limits, repair: repair)
    } catch {
      // jansson gives up at its own depth, which is not the limit that the caller has set.
      guard case .tooDeep = error.reason else { throw error }
      throw JSONError(.tooDeep(limit: limits.maxDepth), offset: ValueBuilder.offset(ofDepth: limits.maxDepth, in: text))
    }
    var builder = ValueBuilder(maxDepth: limits.maxDepth, repairs: tree.repairs)
    guard let value = builder.value(tree.root, depth: 0) else {
      throw JSONError(.tooDeep(limit: limits.maxDepth), offset: ValueBuilder.offset(ofDepth: limits.maxDepth, in: text))
    }
    self = value
  }

  package init(parsing text: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
    self = try Self.parse(text, limits)
  }

  package init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
    self = try Self.parse(Array(text.utf8), limits)
  }

  /// `withUnsafeBytes` does not pass a typed error on, hence the Result.
  private static func parse(_ text: [UInt8], _ limits: JSONLimits) throws(JSONError) -> JSONValue {
    try text.withUnsafeBytes { bytes in
      Result { () throws(JSONError) in try JSONValue(parsing: bytes, limits: limits) }
    }.get()
  }
}

/// Copies a jansson tree into values. Recursion is bounded by `maxDepth`.
private struct ValueBuilder {
  let maxDepth: Int
  let repairs: JSONRepair.Findings

  /// Nil where the tree is deeper than allowed.
  mutating func value(_ node: UnsafeMutablePointer<json_t>, depth: Int) -> JSONValue? {
    switch node.pointee.type {
    case JSON_NULL: return .null
    case JSON_TRUE: return .bool(true)
    case JSON_FALSE: return .bool(false)
    case JSON_INTEGER: return .integer(Int64(json_integer_value(node)))
    case JSON_REAL: return .number(json_real_value(node))
    case JSON_STRING: return string(node)
    case JSON_ARRAY:
      guard depth < maxDepth else { return nil }
      let count = json_array_size(node)
      var elements: [JSONValue] = []
      elements.reserveCapacity(count)
      for index in 0..<count {
        guard let element = json_array_get(node, index), let value = value(element, depth: depth + 1) else { return nil }
        elements.append(value)
      }
      return .array(elements)
    default:
      guard depth < maxDepth else { return nil }
      var object = JSONObject()
      var iterator = json_object_iter(node)
      while let member = iterator {
        guard let child = json_object_iter_value(member), let value = value(child, depth: depth + 1) else { return nil }
        object.appendUnique(key(member), value)
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

  /// Where the nesting first exceeds `depth`; asked for only when an error is to be told.
  static func offset(ofDepth depth: Int, in text: UnsafeRawBufferPointer) -> Int {
    var level = 0
    var isInString = false
    var isEscaped = false
    for (offset, byte) in text.enumerated() {
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == 0x22 {
          isInString = false
        }
        continue
      }
      switch byte {
      case 0x22: isInString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        level += 1
        if level > depth { return offset }
      case UInt8(ascii: "}"), UInt8(ascii: "]"): level -= 1
      default: break
      }
    }
    return text.count
  }
}
