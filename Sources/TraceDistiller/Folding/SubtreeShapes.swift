// Decides when two subtrees are similar: same name and outcome, and below it the same kinds of subtrees, however many of each.

/// For every span a number that is equal for similar subtrees.
///
/// The number of children of a kind does not matter: an iteration that reads three rows and one that reads four are similar. The numbers
/// are 64-bit hashes without a seed, equal for equal traces on every machine. Two different shapes collide with a probability of 2^-64 and
/// would then be shown as one group.
struct SubtreeShapes {
  private(set) var shapes: [UInt64]

  /// - Complexity: O(n log n) for sorting siblings' shapes; no recursion.
  init(_ trace: DistilledTrace) {
    shapes = Array(repeating: 0, count: trace.tree.count)
    let storage = trace.snapshot.storage
    var codes = [UInt64?](repeating: nil, count: storage.texts.count)
    var below: [UInt64] = []
    for row in trace.tree.parentsFirst.reversed().lazy.map(Int.init) {
      below.removeAll(keepingCapacity: true)
      for child in trace.tree.children(of: row) {
        let shape = shapes[Int(child)]
        // Usually there are few kinds; if there are many, similar ones are usually adjacent.
        let isKnown = below.count <= SubtreeShapes.few ? below.contains(shape) : below.last == shape
        if !isKnown { below.append(shape) }
      }
      if below.count > 1 { below.sort() }
      let name = Int(trace.tree.name[row])
      let code = codes[name] ?? SubtreeShapes.code(ofName: UInt32(name), storage)
      codes[name] = code
      var mixed = StableHash.mix(code, SubtreeShapes.outcome(row, trace))
      var previous: UInt64?
      for shape in below where shape != previous {
        mixed = StableHash.mix(mixed, shape)
        previous = shape
      }
      shapes[row] = mixed
    }
  }

  /// Up to this number, kinds of children are searched linearly.
  private static let few = 8

  /// A name without its numbers and ids: `page 1` and `page 2` are equal.
  private static func code(ofName number: UInt32, _ storage: TraceStorage) -> UInt64 {
    guard let reference = storage.texts.reference(number) else { return 0 }
    return storage.arena.withBytes(reference) { bytes in
      var text = CallText()
      text.append(name: bytes)
      return text.kept.reduce(text.restHash) { StableHash.mix($0, UInt64($1)) }
    }
  }

  /// What must not be hidden in a group: failures, running spans, and spans that already stand for many.
  private static func outcome(_ row: Int, _ trace: DistilledTrace) -> UInt64 {
    let flags = trace.tree.flags[row]
    if flags.contains(.collapsed) { return 16 + UInt64(row) }
    return (flags.contains(.failed) ? 1 : 0) | (trace.tree.isOpen[row] ? 2 : 0) | (flags.contains(.hasWarning) ? 4 : 0)
  }
}
