// An AnyValue in jansson's tree, in every spelling: integers as strings or numbers, reals that JSON has no form for, values without the object around them; arrays and
// maps as compact JSON.

import CJansson
import JSON

struct OTLPTreeValue: OTLPAnyValue {
  /// Nil where an attribute has no value.
  private let value: JanssonNode?
  private let repairs: JSONRepair.Findings

  init(_ value: JanssonNode?, _ repairs: JSONRepair.Findings) { (self.value, self.repairs) = (value, repairs) }

  private enum Shape { case text, integer, double, bool, array, map }

  /// The one member that says what it is; nil for the empty value, which is OTLP's null, and for what is no AnyValue.
  private var content: (shape: Shape, node: JanssonNode)? {
    var content: (Shape, JanssonNode)?
    guard let value, value.isObject else { return nil }
    value.forEachMember { key, node in
      switch OTLPName(key) {
      // Bytes stay as their base64.
      case .stringValue, .bytesValue: content = (.text, node)
      case .intValue: content = (.integer, node)
      case .doubleValue: content = (.double, node)
      case .boolValue: content = (.bool, node)
      case .arrayValue: content = (.array, node)
      case .kvlistValue: content = (.map, node)
      default: break
      }
    }
    return content
  }

  /// Whether it has members, none of which says what value it is: its JSON is kept.
  var isUnknown: Bool {
    guard let value else { return false }
    return value.isObject && json_object_size(value) > 0 && content == nil
  }

  var isNone: Bool {
    guard let value else { return true }
    return value.isNull || value.isObject && json_object_size(value) == 0
  }

  private var text: UnsafeRawBufferPointer? { (content?.node ?? value)?.text }

  func withText<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result? { text.map(body) }
  func range(_ batch: inout RecordBatch) -> TextRange? { text.map { batch.add(text: $0) } }

  var number: Int64? {
    guard let node = content?.node else { return value?.integer }
    return node.integer ?? node.text.flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
  }

  var isTrue: Bool {
    guard let node = content?.node else { return value?.pointee.type == JSON_TRUE }
    return node.pointee.type == JSON_TRUE || (node.text.map { $0.equals("true") || $0.equals("True") } ?? false)
  }

  var isTruth: Bool {
    guard let node = content?.node ?? value else { return false }
    return node.pointee.type == JSON_TRUE || node.pointee.type == JSON_FALSE
  }

  func forEachElement(_ body: (OTLPTreeValue) -> Void) {
    content?.node.member(OTLPName.values)?.forEachElement { body(OTLPTreeValue($0, repairs)) }
  }

  func attributeValue(_ batch: inout RecordBatch) -> AttributeValue {
    guard let value else { return .json(batch.add(text: "null")) }
    guard let (shape, node) = content else {
      // Some producers leave AnyValue out and write the value itself.
      switch value.pointee.type {
      case JSON_STRING: return .string(batch.add(text: value.text!))
      case JSON_INTEGER: return .integer(Int64(json_integer_value(value)))
      case JSON_REAL: return .double(json_real_value(value))
      case JSON_TRUE: return .bool(true)
      case JSON_FALSE: return .bool(false)
      case JSON_OBJECT where !isUnknown: return .json(batch.add(text: "null"))
      default: return json(of: self, &batch)
      }
    }
    switch (shape, node.pointee.type) {
    case (.array, _), (.map, _): return json(of: self, &batch)
    case (.integer, JSON_STRING):
      let digits = String(decoding: node.text!, as: UTF8.self)
      return Int64(digits).map { .integer($0) } ?? .string(batch.add(text: digits))
    case (.double, JSON_STRING): return OTLPTreeValue.double(node).map { .double($0) } ?? .string(batch.add(text: node.text!))
    case (.double, _): return node.double.map { .double($0) } ?? json(of: OTLPTreeValue(node, repairs), &batch)
    case (_, JSON_INTEGER): return .integer(Int64(json_integer_value(node)))
    case (_, JSON_REAL): return .double(json_real_value(node))
    case (_, JSON_TRUE): return .bool(true)
    case (_, JSON_FALSE): return .bool(false)
    case (_, JSON_STRING): return .string(batch.add(text: node.text!))
    default: return json(of: OTLPTreeValue(node, repairs), &batch)
    }
  }

  /// NaN and the infinities travel as text.
  private static func double(_ node: JanssonNode) -> Double? {
    switch node.text {
    case .some("NaN"): .nan
    case .some("Infinity"): .infinity
    case .some("-Infinity"): -.infinity
    case let text?: Double(String(decoding: text, as: UTF8.self))
    case nil: nil
    }
  }

  private func json(of value: OTLPTreeValue, _ batch: inout RecordBatch) -> AttributeValue {
    guard let plain = value.plain else { return .json(batch.add(text: "null")) }
    defer { json_decref(plain) }
    return .json(plain.withCompactText(undoing: repairs) { batch.add(text: $0) })
  }

  /// The JSON that it stands for, as a tree of its own. The depth is that of the text, which jansson bounds.
  var plain: JanssonNode? {
    guard let value else { return json_null() }
    guard let (shape, node) = content else { return value.isObject && !isUnknown ? json_null() : json_incref(value) }
    switch shape {
    case .array:
      let array = json_array()
      node.member(OTLPName.values)?.forEachElement { json_array_append_new(array, OTLPTreeValue($0, repairs).plain) }
      return array
    case .map: return OTLPValues(repairs: repairs).object(node.member(OTLPName.values))
    case .integer:
      guard let text = node.text, let number = Int64(String(decoding: text, as: UTF8.self)) else { return json_incref(node) }
      return json_integer(json_int_t(number))
    case .double:
      guard let number = node.integer else { return json_incref(node) }
      return json_real(Double(number))
    case .text, .bool: return json_incref(node)
    }
  }
}
