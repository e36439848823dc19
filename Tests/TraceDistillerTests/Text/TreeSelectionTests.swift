// The tree's own share of a summary: its lines keep the budget without help from the summary, which would leave the tree out, and use it up.

import Testing

@testable import TraceDistiller

@Suite struct TreeSelectionTests {
  private func folded(_ sketch: TraceSketch) -> FoldedTree {
    let trace = sketch.distilled()
    return FoldedTree(trace, CallKeys(trace))
  }

  private func cost(_ lines: [String]) -> Int { lines.reduce(0) { $0 + jsonLength($1) + 2 } }

  private func text(_ tree: FoldedTree, _ budget: Int) -> TreeText {
    TreeText(TreeSelection(tree, TreeLines(), scope: TreeScope(), language: .english, budget: budget), language: .english)
  }

  /// From the budget on at which anything is shown; below it there is the line that counts what is not.
  @Test func linesKeepTheBudget() {
    for seed in 700..<730 {
      let tree = folded(TraceSketch(random: UInt64(seed)))
      for budget in stride(from: 100, through: 3_000, by: 37) {
        let text = text(tree, budget)
        guard text.shown.spans > 0 else { continue }
        #expect(
          cost(text.lines) <= budget, "seed \(seed): \(cost(text.lines)) characters of \(budget)\n\(text.lines.joined(separator: "\n"))")
      }
    }
  }

  /// Room is kept for the children that are not shown, and given back when all are: here at each of twenty spans.
  @Test func roomForChildrenIsGivenBack() {
    var sketch = TraceSketch()
    for index in 0..<20 {
      let (letter, parent) = (Character(Unicode.Scalar(UInt8(97 + index))), index == 0 ? nil : "s\(index - 1)")
      let start = Int64(index) * 10_000_000
      sketch.spans.append(SketchSpan(id: "s\(index)", parent: parent, name: "step \(letter)", start: start, end: 1_000_000_000))
      // Without it the steps would share a line.
      sketch.spans.append(SketchSpan(id: "c\(index)", parent: "s\(index)", name: "check \(letter)", start: start, end: start + 9_000_000))
    }
    let tree = folded(sketch)
    let whole = text(tree, 100_000)
    #expect(whole.lines.count == 40, "nothing is folded:\n\(whole.lines.joined(separator: "\n"))")
    let text = text(tree, cost(whole.lines) + 500)
    #expect(
      text.shown.spans == 40, "\(text.shown.spans) of 40 spans in \(cost(whole.lines) + 500) characters; all take \(cost(whole.lines))")
  }
}
