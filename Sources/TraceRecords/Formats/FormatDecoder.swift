// Formats may be mixed in one source: each value is parsed once and recognised by its marks.

package import JSON

/// The decoder of pipes and files: asks the format that took the value before, then the others in the registry's order.
package struct FormatDecoder: RecordDecoder {
  private let limits: JSONLimits
  private var formats: [any TraceFormat]
  /// The format of the latest value: streams rarely change theirs.
  private var latest = 0

  /// - Parameter only: the name of the one format to read; nil, or a name that the registry does not have, reads all.
  package init(limits: JSONLimits = JSONLimits(), only name: String? = nil) {
    self.limits = limits
    let chosen = name.flatMap { FormatRegistry.named($0) }.map { [$0] } ?? FormatRegistry.formats
    formats = chosen.map { $0.init() }
  }

  package mutating func decode(_ line: UnsafeRawBufferPointer, offset: Int, into batch: inout RecordBatch) throws(RecordError) {
    let tree: JanssonTree
    do { tree = try JanssonTree(parsing: line, limits: limits, repair: .text) } catch { throw .json(error) }
    if try formats[latest].decode(tree, into: &batch) { return }
    for index in formats.indices where index != latest {
      if try formats[index].decode(tree, into: &batch) {
        latest = index
        return
      }
    }
    throw .unrecognised(tree.root.described)
  }

  package mutating func finish(into batch: inout RecordBatch) {
    for index in formats.indices { formats[index].finish(into: &batch) }
  }

  package var holdsRecords: Bool { formats[latest].holdsRecords || formats.contains { $0.holdsRecords } }
}
