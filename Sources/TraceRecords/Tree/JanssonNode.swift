// Reading a jansson tree member by member: the accessors that the decoders share.

import CJansson
import JSON
import Platform

/// A node of a jansson tree, borrowed from it.
typealias JanssonNode = UnsafeMutablePointer<json_t>

extension JanssonNode {
  var isObject: Bool { pointee.type == JSON_OBJECT }
  var isNull: Bool { pointee.type == JSON_NULL }

  /// A string's bytes, valid as long as the tree lives.
  var text: UnsafeRawBufferPointer? {
    pointee.type == JSON_STRING ? UnsafeRawBufferPointer(start: json_string_value(self), count: json_string_length(self)) : nil
  }

  var integer: Int64? { pointee.type == JSON_INTEGER ? Int64(json_integer_value(self)) : nil }

  var double: Double? {
    switch pointee.type {
    case JSON_REAL: json_real_value(self)
    case JSON_INTEGER: Double(json_integer_value(self))
    default: nil
    }
  }

  /// Visits the members of an object, each once, with the bytes of their names.
  @inline(__always)
  func forEachMember(_ body: (UnsafeRawBufferPointer, JanssonNode) -> Void) {
    var iterator = json_object_iter(self)
    while let member = iterator {
      if let value = json_object_iter_value(member) {
        body(UnsafeRawBufferPointer(start: json_object_iter_key(member), count: json_object_iter_key_len(member)), value)
      }
      iterator = json_object_iter_next(self, member)
    }
  }

  /// The node as compact JSON, for attribute values that are arrays or objects; repaired parts are in their original form.
  func withCompactText<Result>(undoing repairs: JSONRepair.Findings, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    if repairs.contains(.bigNumber) {
      var text = CompactText()
      text.append(self, repairs)
      return text.bytes.withUnsafeBytes(body)
    }
    let compactEncodeAny = 0x20 | 0x200
    guard let text = json_dumps(self, compactEncodeAny) else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    defer { free(text) }
    return body(UnsafeRawBufferPointer(start: text, count: strlen(text)))
  }
}

extension UnsafeRawBufferPointer {
  /// Whether the bytes equal the name; compared as bytes, never as Unicode.
  @inline(__always)
  func equals(_ name: StaticString) -> Bool {
    guard count == name.utf8CodeUnitCount else { return false }
    guard let baseAddress else { return true }
    return memcmp(baseAddress, name.utf8Start, count) == 0
  }
}

/// Allows a switch over a name's bytes.
@inline(__always)
func ~= (name: StaticString, key: UnsafeRawBufferPointer) -> Bool { key.equals(name) }
