// Folded stacks, one per line: `root;checkout;charge_card 27500000`. This is the input of flame graphs. The heaviest come first, so that
// the first page is the most important; the lines of all pages add up to the trace's time.

struct FoldedExport: ExportWriter {
  /// Deeper frames are counted for the last one that is written: a chain of a million spans would otherwise give a million lines with up to
  /// a million frames each.
  static let maxFrames = 256
  static let deeper = "(deeper)"

  /// A stack: its frame, and the stack of its caller.
  private struct Stack: Sendable {
    var parent: Int32
    var frame: FrameNaming.Key?
    var depth: Int32
    var weight: Int64 = 0
    var spans = 0
    var selfNanos: Int64 = 0
  }

  private let naming: FrameNaming
  private let stacks: [Stack]
  /// Stacks with a weight, the heaviest first, ties in the order of the tree.
  private let lines: [Int32]

  /// - Complexity: O(n) for the stacks, O(n log n) for sorting them.
  init(_ trace: DistilledTrace, weight: ExportWeight) {
    struct Step: Hashable {
      var parent: Int32
      var frame: FrameNaming.Key?
    }
    let order = ExportOrder(trace)
    naming = FrameNaming(trace, rows: order.rows)
    var stacks: [Stack] = []
    var places: [Step: Int32] = [:]
    var stackOf = [Int32](repeating: -1, count: trace.tree.count)
    for row in order.rows.map(Int.init) {
      let parent = trace.tree.parent[row] < 0 ? -1 : stackOf[Int(trace.tree.parent[row])]
      let depth = parent < 0 ? 0 : stacks[Int(parent)].depth + 1
      var stack = parent
      if depth <= Self.maxFrames {
        let step = Step(parent: parent, frame: depth == Self.maxFrames ? nil : naming.key(row))
        stack = places[step] ?? Int32(stacks.count)
        if Int(stack) == stacks.count {
          places[step] = stack
          stacks.append(Stack(parent: parent, frame: step.frame, depth: depth))
        }
      }
      stackOf[row] = stack
      let nanos = weight == .critical ? trace.criticalNanos[row] : trace.selfNanos[row]
      stacks[Int(stack)].weight = stacks[Int(stack)].weight.addingSaturated(weight == .count ? 1 : nanos)
      stacks[Int(stack)].spans += 1
      stacks[Int(stack)].selfNanos = stacks[Int(stack)].selfNanos.addingSaturated(trace.selfNanos[row])
    }
    self.stacks = stacks
    lines = stacks.indices.filter { stacks[$0].weight > 0 }
      .sorted { (stacks[$1].weight, $0) < (stacks[$0].weight, $1) }.map { Int32($0) }
  }

  func page(from start: Int, budget: Int, isForced: Bool) -> ExportPage {
    var text = BoundedExport(budget: budget)
    var shown = SummaryShare(spans: 0, nanos: 0)
    var end = min(start, lines.count)
    while end < lines.count, !Task.isCancelled {
      guard text.take(line(Int(lines[end])), isForced: isForced && end == start) else { break }
      let stack = stacks[Int(lines[end])]
      shown.spans += stack.spans
      shown.nanos = shown.nanos.addingSaturated(stack.selfNanos)
      end += 1
    }
    return ExportPage(text: String(decoding: text.closed.bytes, as: UTF8.self), end: end, total: lines.count, shown: shown)
  }

  private func line(_ stack: Int) -> ExportText {
    var frames: [String] = []
    var next = Int32(stack)
    while next >= 0 {
      frames.append(stacks[Int(next)].frame.map { FoldedExport.frame(naming.name($0)) } ?? Self.deeper)
      next = stacks[Int(next)].parent
    }
    var text = ExportText()
    for (index, frame) in frames.reversed().enumerated() {
      if index > 0 { text.raw(";") }
      text.raw(frame)
    }
    text.raw(" ")
    text.raw(stacks[stack].weight)
    text.raw("\n")
    return text
  }

  /// A name that cannot be mistaken for another frame, line or number: special characters are written as visible escapes.
  static func frame(_ name: String) -> String {
    var frame = VisibleText.make(name, limit: .max).replacing(";", with: "\\u{3b}")
    // A viewer would read `step 12` at the end of a stack as a count, followed by the real one.
    let scalars = frame.unicodeScalars
    if let blank = scalars.lastIndex(where: { $0.properties.isWhitespace }) {
      let tail = scalars[scalars.index(after: blank)...]
      if tail.allSatisfy({ ("0"..."9").contains($0) || $0 == "." }) {
        frame = String(scalars[..<blank]) + "_" + String(tail)
      }
    }
    return frame.isEmpty ? "(unnamed)" : frame
  }
}
