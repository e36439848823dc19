// JSON without blanks, byte for byte as jansson writes it: an attribute has the same text, whichever parser read its record.

import CJansson
import JSON
import Platform

struct CompactText {
  private(set) var bytes: [UInt8] = []

  /// Appends punctuation or anything else that already is JSON.
  mutating func append(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends the name of a member after its object's bracket or after another member.
  mutating func append(name: StaticString, isFirst: Bool) {
    append(isFirst ? "\"" : ",\"")
    append(name)
    append("\":")
  }

  mutating func append(_ node: ValueNode, undoing repairs: JSONRepair.Findings) {
    node.withCompactText(undoing: repairs) { bytes.append(contentsOf: $0) }
  }

  /// - Complexity: O(bytes). The scanner's depth limit bounds the recursion.
  mutating func append(_ node: UnsafePointer<ScannedNode>) {
    switch node.pointee.kind {
    case .null: append("null")
    case .isTrue: append("true")
    case .isFalse: append("false")
    case .integer: append(Int64(bitPattern: node.pointee.bits))
    case .real: append(node.pointee.real)
    case .string: append(string: node.pointee.bytes)
    case .array:
      bytes.append(UInt8(ascii: "["))
      var at = node + 1
      for index in 0..<node.pointee.count {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        append(at)
        at += Int(at.pointee.extent)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object:
      bytes.append(UInt8(ascii: "{"))
      var at = node + 1
      for index in 0..<node.pointee.count {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        append(string: at.pointee.bytes)
        bytes.append(UInt8(ascii: ":"))
        append(at + 1)
        at += 1 + Int(at[1].extent)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  /// Appends a tree in which some strings are numbers of the text. jansson's depth limit bounds the recursion.
  mutating func append(_ node: JanssonNode, _ repairs: JSONRepair.Findings) {
    switch node.pointee.type {
    case JSON_STRING where repairs.isNumber(node): bytes.append(contentsOf: node.text!)
    case JSON_ARRAY:
      bytes.append(UInt8(ascii: "["))
      for index in 0..<json_array_size(node) {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        if let element = json_array_get(node, index) { append(element, repairs) }
      }
      bytes.append(UInt8(ascii: "]"))
    case JSON_OBJECT:
      bytes.append(UInt8(ascii: "{"))
      var isFirst = true
      var iterator = json_object_iter(node)
      while let member = iterator {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        append(string: UnsafeRawBufferPointer(start: json_object_iter_key(member), count: json_object_iter_key_len(member)))
        bytes.append(UInt8(ascii: ":"))
        if let value = json_object_iter_value(member) { append(value, repairs) }
        iterator = json_object_iter_next(node, member)
      }
      bytes.append(UInt8(ascii: "}"))
    default: node.withCompactText(undoing: []) { bytes.append(contentsOf: $0) }
    }
  }

  private mutating func append(_ number: Int64) {
    var rest = number.magnitude
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var start = digits.count
      repeat {
        start -= 1
        digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest > 0
      if number < 0 { bytes.append(UInt8(ascii: "-")) }
      bytes.append(contentsOf: digits[start...])
    }
  }

  /// jansson decides how many digits a real gets.
  private mutating func append(_ number: Double) {
    guard let real = json_real(number) else { return }
    defer { json_decref(real) }
    real.withCompactText(undoing: []) { bytes.append(contentsOf: $0) }
  }

  mutating func append(string text: UnsafeRawBufferPointer) {
    bytes.append(UInt8(ascii: "\""))
    if text.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
      for byte in text { append(escaping: byte) }
    } else {
      bytes.append(contentsOf: text)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func append(escaping byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): append("\\\"")
    case UInt8(ascii: "\\"): append("\\\\")
    case 0x08: append("\\b")
    case 0x09: append("\\t")
    case 0x0A: append("\\n")
    case 0x0C: append("\\f")
    case 0x0D: append("\\r")
    case 0..<0x20:
      append(byte < 0x10 ? "\\u000" : "\\u001")
      bytes.append(contentsOf: String(byte & 0xF, radix: 16, uppercase: true).utf8)
    default: bytes.append(byte)
    }
  }
}
