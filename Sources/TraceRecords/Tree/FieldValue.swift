// One value of a record from any reader: the meaning of a field is implemented once on this protocol, for every reader of its format.

import JSON

/// A value in jansson's or the scanner's tree, or one that the line scanner has found.
protocol FieldValue {
  var isNull: Bool { get }
  /// Whether it is a string. Its bytes may not be available.
  var isText: Bool { get }
  /// A string's bytes.
  var text: UnsafeRawBufferPointer? { get }
  var integer: Int64? { get }
  /// A number, whole or not.
  var double: Double? { get }
  /// A string's text, added in the cheapest way; empty for other values.
  func range(_ batch: inout RecordBatch) -> TextRange
  /// The beginning of the value, for messages.
  var beginning: String { get }
  /// See `OTLPScalars.swift`: they are here because binary values need none of the spellings that those of JSON have.
  func otlpIdentifier(size: Int, _ batch: inout RecordBatch) -> TextRange?
  var otlpInstant: (nanos: Int64?, isUnread: Bool) { get }
}

extension FieldValue {
  var isText: Bool { text != nil }
}

/// A value in a tree, with repaired parts in their original form.
struct RepairedNode: FieldValue {
  let node: ValueNode
  let repairs: JSONRepair.Findings

  var isNull: Bool { node.isNull }
  var text: UnsafeRawBufferPointer? { node.text }
  var integer: Int64? { node.integer }
  var double: Double? { node.double }
  func range(_ batch: inout RecordBatch) -> TextRange { PlainAttributes(repairs: repairs).text(node, &batch) }
  var beginning: String { node.beginning(repairs) }
}

extension ValueNode: FieldValue {
  func range(_ batch: inout RecordBatch) -> TextRange { text.map { batch.add(text: $0) } ?? .empty }
  var beginning: String { beginning([]) }
}

extension JanssonNode: FieldValue {
  func range(_ batch: inout RecordBatch) -> TextRange { text.map { batch.add(text: $0) } ?? .empty }
  var beginning: String { ValueNode(self).beginning }
}

/// A scalar that the line scanner has found. The bytes of strings with escapes are not available, but the strings can be handed on.
struct ScannedField: FieldValue {
  let value: ScannedValue
  let source: ScanText

  var isNull: Bool { value.kind == .null }
  var isText: Bool { value.isString }
  var text: UnsafeRawBufferPointer? { value.plainText.map { source.line.bytes($0) } }
  var integer: Int64? { value.kind == .integer ? value.integer : nil }
  var double: Double? { value.kind == .real ? value.real : integer.map { Double($0) } }
  func range(_ batch: inout RecordBatch) -> TextRange { source.range(value, &batch) }
  var beginning: String { String(decoding: source.line.bytes(value.text).prefix(60), as: UTF8.self) }

  /// Whether the value can be examined: a value that decides something must not have escapes, nor be a list or an object.
  var isPlain: Bool {
    switch value.kind {
    case .null, .integer, .real, .string: true
    default: false
    }
  }
}
