// The order of spans in an export: that of the drawn tree. The order of records has no effect.

/// Rows of a trace, parents before children, children by start and id; then the rows that appear only in logs, by id.
struct ExportOrder: Sendable {
  let rows: [Int32]
  let onlyLogged: [Int32]

  var count: Int { rows.count + onlyLogged.count }

  init(_ trace: DistilledTrace) {
    let (tree, storage) = (trace.tree, trace.snapshot.storage)
    var rows: [Int32] = []
    rows.reserveCapacity(tree.count)
    var stack = tree.roots.reversed().map { Int32($0.row) }
    while let row = stack.popLast() {
      rows.append(row)
      stack.append(contentsOf: tree.children(of: Int(row)).reversed())
    }
    self.rows = rows
    onlyLogged = (0..<tree.count).filter { !tree.isIncluded[$0] && storage.spans[$0].lastEvent != SpanRow.none }
      .sorted { tree.idPrecedes($0, $1) }.map { Int32($0) }
  }

  subscript(entry: Int) -> Int { Int(entry < rows.count ? rows[entry] : onlyLogged[entry - rows.count]) }
}
