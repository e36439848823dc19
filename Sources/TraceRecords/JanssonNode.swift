// Reading a jansson tree member by member: the vocabulary that the decoders share.

import CJansson
import JSON
import Platform

/// A node of a jansson tree, borrowed from it.
typealias JanssonNode = UnsafeMutablePointer<json_t>

extension JanssonNode {
  var isObject: Bool { pointee.type == JSON_OBJECT }
  var isNull: Bool { pointee.type == JSON_NULL }

  /// A string's bytes, as long as the tree lives.
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

  /// Visits the members of an object, once each, with the bytes of their names.
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

  /// The node as compact JSON, for attribute values that are arrays or objects; what mending had to change reads as it was written.
  func withCompactText<Result>(undoing repairs: JSONRepair.Findings, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let compactEncodeAny = 0x20 | 0x200
    guard let text = json_dumps(self, compactEncodeAny) else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    defer { free(text) }
    let bytes = UnsafeRawBufferPointer(start: text, count: strlen(text))
    return repairs.isDisjoint(with: [.bigNumber, .nulInKey]) ? body(bytes) : bytes.unmended.withUnsafeBytes(body)
  }
}

extension UnsafeRawBufferPointer {
  /// Compact JSON without the marks of `JSONRepair`: numbers are bare again, names have their NUL back.
  fileprivate var unmended: [UInt8] {
    let quote = UInt8(ascii: "\"")
    let numeric = Array("0123456789+-.eE".utf8)
    var output: [UInt8] = []
    output.reserveCapacity(count)
    var at = 0
    while at < count {
      guard self[at...].starts(with: JSONRepair.marker) else {
        output.append(self[at])
        at += 1
        continue
      }
      at += JSONRepair.marker.count
      let digits = self[at...].prefix { numeric.contains($0) }
      let end = at + digits.count
      let isName = end + 1 < count && self[end + 1] == UInt8(ascii: ":")
      let isNumber = output.last == quote && !digits.isEmpty && end < count && self[end] == quote && !isName
      if isNumber {
        output.removeLast()
        output.append(contentsOf: digits)
        at = end + 1
      } else {
        output.append(contentsOf: Array("\\u0000".utf8))
      }
    }
    return output
  }

  /// Whether the bytes are those of the name; compared as bytes, never as Unicode.
  @inline(__always)
  func equals(_ name: StaticString) -> Bool {
    guard count == name.utf8CodeUnitCount else { return false }
    guard let baseAddress else { return true }
    return memcmp(baseAddress, name.utf8Start, count) == 0
  }
}

/// Lets a name of bytes be switched over.
@inline(__always)
func ~= (name: StaticString, key: UnsafeRawBufferPointer) -> Bool { key.equals(name) }
