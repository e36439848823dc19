// When two subtrees are alike: the same name and outcome, and below it the same kinds of subtrees, however many of each.

/// For every span a number that is equal for alike subtrees.
///
/// How often a kind of child comes does not count: an iteration that reads three rows and one that reads four are alike. Numbers are 64-bit hashes
/// without a seed: equal for equal traces on every machine. Two unlike shapes meet by chance once in 2^64 pairs, and then are shown as one group.
struct SubtreeShapes {
  private(set) var shapes: [UInt64]

  /// - Complexity: O(n log n) for the sorting of siblings' shapes; no recursion.
  init(_ trace: DistilledTrace) {
    shapes = Array(repeating: 0, count: trace.tree.count)
    let storage = trace.snapshot.storage
    var codes = [UInt64?](repeating: nil, count: storage.texts.count)
    var below: [UInt64] = []
    for row in trace.tree.parentsFirst.reversed().lazy.map(Int.init) {
      below.removeAll(keepingCapacity: true)
      for child in trace.tree.children(of: row) {
        let shape = shapes[Int(child)]
        // There are few kinds of them mostly; of many, alike ones mostly follow one another.
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

  /// Kinds of children that are looked through one by one.
  private static let few = 8

  /// A name without the numbers and ids in it: `page 1` and `page 2` are alike.
  private static func code(ofName number: UInt32, _ storage: TraceStorage) -> UInt64 {
    guard let reference = storage.texts.reference(number) else { return 0 }
    return storage.arena.withBytes(reference) { bytes in
      var text = CallText()
      text.append(name: bytes)
      return text.kept.reduce(text.restHash) { StableHash.mix($0, UInt64($1)) }
    }
  }

  /// What must not be hidden among others: failures, running spans, and spans that already stand for many.
  private static func outcome(_ row: Int, _ trace: DistilledTrace) -> UInt64 {
    let flags = trace.tree.flags[row]
    if flags.contains(.collapsed) { return 16 + UInt64(row) }
    return (flags.contains(.failed) ? 1 : 0) | (trace.tree.isOpen[row] ? 2 : 0) | (flags.contains(.hasWarning) ? 4 : 0)
  }
}
