// How much of a trace an answer covers or shows.

/// A number of spans, and the sum of their self times.
package struct SummaryShare: Sendable, Equatable {
  package var spans: Int
  package var nanos: Int64

  package init(spans: Int, nanos: Int64) {
    self.spans = spans
    self.nanos = nanos
  }
}

extension DistilledTrace {
  /// The spans below the focus, or all spans, with their self time.
  /// - Complexity: O(n).
  package func total(below focus: Int?) -> SummaryShare {
    var share = SummaryShare(spans: 0, nanos: 0)
    guard let focus else {
      for row in tree.parentsFirst {
        share.spans += 1
        share.nanos = share.nanos.addingSaturated(selfNanos[Int(row)])
      }
      return share
    }
    var stack = [focus]
    while let row = stack.popLast() {
      share.spans += 1
      share.nanos = share.nanos.addingSaturated(selfNanos[row])
      stack.append(contentsOf: tree.children(of: row).lazy.map(Int.init))
    }
    return share
  }
}
