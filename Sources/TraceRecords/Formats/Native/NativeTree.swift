// The members of a native line in a tree, indexed by the numbers of their names.

import JSON

/// Its memory is borrowed for one line.
struct NativeTree: NativeSource {
  /// The members of the line, followed by those of its `fields`.
  private let members: UnsafeMutableBufferPointer<ValueNode?>
  let repairs: JSONRepair.Findings

  private static let count = NativeName.allCases.count

  /// Reads an object. Of members with equal names the last is used, as in jansson.
  static func with<Result>(
    _ root: ValueNode, _ repairs: JSONRepair.Findings, _ body: (NativeTree) throws(RecordError) -> Result
  ) throws(RecordError) -> Result {
    var outcome: Swift.Result<Result, RecordError>?
    withUnsafeTemporaryAllocation(of: ValueNode?.self, capacity: 2 * count) { memory in
      memory.initialize(repeating: nil)
      root.forEachMember { key, value in if let name = NativeName(key) { memory[Int(name.rawValue)] = value } }
      if let fields = memory[Int(NativeName.fields.rawValue)], fields.isObject {
        fields.forEachMember { key, value in
          guard let name = NativeName(key), name != .span || NativeTree.isSpanContext(value) else { return }
          memory[count + Int(name.rawValue)] = value
        }
      }
      do throws(RecordError) {
        outcome = .success(try body(NativeTree(members: memory, repairs: repairs)))
      } catch { outcome = .failure(error) }
    }
    return try outcome!.get()
  }

  func top(_ name: NativeName) -> RepairedNode? { members[Int(name.rawValue)].map { RepairedNode(node: $0, repairs: repairs) } }

  func field(_ name: NativeName) -> RepairedNode? {
    members[NativeTree.count + Int(name.rawValue)].map { RepairedNode(node: $0, repairs: repairs) }
  }

  /// Whether a value names a span and its trace. Any other `span` belongs to the program.
  static func isSpanContext(_ value: ValueNode) -> Bool {
    guard value.isObject else { return false }
    var (hasTrace, hasSpan) = (false, false)
    value.forEachMember { key, _ in
      if key.equals("trace_id") { hasTrace = true }
      if key.equals("span_id") { hasSpan = true }
    }
    return hasTrace && hasSpan
  }
}
