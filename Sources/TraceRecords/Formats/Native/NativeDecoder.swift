// Native records (records.md, section 1, every variant), decoded from jansson's tree. This is the reference with which faster scanners are
// compared.

package import JSON

package struct NativeDecoder: RecordDecoder {
  private let limits: JSONLimits

  package init(limits: JSONLimits = JSONLimits()) { self.limits = limits }

  package mutating func decode(_ line: UnsafeRawBufferPointer, offset: Int, into batch: inout RecordBatch) throws(RecordError)
    -> LineOutcome
  {
    let tree: JanssonTree
    do { tree = try JanssonTree(parsing: line, limits: limits, repair: .text) } catch { throw .json(error) }
    guard let outcome = try decode(tree, into: &batch) else { throw .unrecognised(ValueNode(tree.root).described) }
    return outcome
  }

  private func decode(_ tree: borrowing JanssonTree, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    try NativeDecoder.decode(ValueNode(tree.root), repairs: tree.repairs, into: &batch)
  }

  /// Decodes a line with one of the native markers; nil if it has none.
  static func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    guard root.isObject else { return nil }
    return try NativeTree.with(root, repairs) { tree throws(RecordError) in
      guard let kind = NativeMeaning(source: tree).kind else { return nil }
      return try NativeRecordBuilder(tree: tree, kind: kind).build(into: &batch)
    }
  }
}
