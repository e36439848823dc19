// Visits a list in which each element may be a record.

extension LineOutcome {
  /// Visits the elements of a list, and notes which ones are skipped: another format may know them.
  mutating func visit(_ list: ValueNode, _ body: (ValueNode, inout LineOutcome) -> Void) {
    var place = 0
    list.forEachElement { element in
      take(elementAt: place) { body(element, &$0) }
      place += 1
    }
  }
}
