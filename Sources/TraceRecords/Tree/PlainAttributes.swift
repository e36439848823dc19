// Members of plain JSON objects as attributes, for native records, console exporters and Rust's tracing.

import JSON

/// Copies members of jansson's tree to a batch, with repaired parts in their original form.
struct PlainAttributes {
  let repairs: JSONRepair.Findings

  /// Adds every member of an object, in order; nothing for other values.
  func add(membersOf object: ValueNode?, to batch: inout RecordBatch) {
    guard let object, object.isObject else { return }
    object.forEachMember { key, value in add(key, value, to: &batch) }
  }

  func add(_ key: UnsafeRawBufferPointer, _ node: ValueNode, to batch: inout RecordBatch) {
    let value: AttributeValue
    switch node.kind {
    case .string: value = .string(batch.add(text: node.text!))
    case .integer: value = .integer(node.integer!)
    case .real: value = .double(node.double!)
    case .isTrue: value = .bool(true)
    case .isFalse: value = .bool(false)
    default: value = .json(node.withCompactText(undoing: repairs) { batch.add(text: $0) })
    }
    batch.add(Attribute(key: batch.add(text: key), value: value))
  }

  /// A text in its original form; empty for other values.
  func text(_ node: ValueNode?, _ batch: inout RecordBatch) -> TextRange {
    node?.text.map { batch.add(text: $0) } ?? .empty
  }

  /// A span's name: a text unchanged, a number as its shortest digits; empty for other values.
  func name(_ node: ValueNode?, _ batch: inout RecordBatch) -> TextRange {
    guard let node else { return .empty }
    switch node.kind {
    case .string: return batch.add(text: node.text!)
    case .integer: return batch.add(text: String(node.integer!))
    case .real: return batch.add(text: "\(node.double!)")
    default: return .empty
    }
  }
}
