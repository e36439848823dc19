// Members of plain JSON objects as attributes: what native records, console exporters and Rust's tracing have in common.

import JSON

/// Copies members of jansson's tree into a batch, with what had to be repaired as it was written.
struct PlainAttributes {
  let repairs: JSONRepair.Findings

  /// Every member of an object, in its order; nothing for other values.
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

  /// A text as it was written; empty for other values.
  func text(_ node: ValueNode?, _ batch: inout RecordBatch) -> TextRange {
    node?.text.map { batch.add(text: $0) } ?? .empty
  }

  /// A span's name: a text as it stands, a number by its shortest digits; none for other values.
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
