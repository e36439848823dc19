// Formats may be mixed on one pipe: each line is parsed once and recognised by its keys.

package import JSON

/// The decoder of a pipe: native records by their markers first, because most lines of a busy pipe are those, then OTLP by its keys.
package struct FormatDecoder: RecordDecoder {
  private let limits: JSONLimits

  package init(limits: JSONLimits = JSONLimits()) { self.limits = limits }

  package mutating func decode(_ line: UnsafeRawBufferPointer, offset: Int, into batch: inout RecordBatch) throws(RecordError) {
    let tree: JanssonTree
    do { tree = try JanssonTree(parsing: line, limits: limits, repair: .text) } catch { throw .json(error) }
    if try NativeDecoder.decode(tree, into: &batch) { return }
    if try OTLPDecoder.decode(tree, into: &batch) { return }
    throw .unrecognised(tree.root.described)
  }
}
