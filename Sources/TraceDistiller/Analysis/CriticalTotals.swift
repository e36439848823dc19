// The critical path added up by operation: what a person reads before looking at single intervals.

/// Time on the critical path of all spans of one operation.
package struct CriticalTotal: Sendable, Equatable {
  package var service: String?
  package var name: String
  package var nanos: Int64
  /// Of the root's duration, 0 to 1.
  package var share: Double
  /// Spans of that operation on the path.
  package var spans: Int
}

extension DistilledTrace {
  /// Operations by their time on a critical path, the most first; ties by service and name.
  /// - Complexity: O(segments).
  package func totals(of path: CriticalPath) -> [CriticalTotal] {
    struct Operation: Hashable {
      var service: UInt32
      var name: UInt32
    }
    var places: [Operation: Int] = [:]
    var totals: [CriticalTotal] = []
    var isCounted = [Bool](repeating: false, count: tree.count)
    let storage = snapshot.storage
    // The operation and place of each name's latest span: most names have one service.
    var latest = [(service: UInt32, place: Int)?](repeating: nil, count: storage.texts.count)
    for segment in path.segments {
      let (service, name) = (tree.service[segment.row], tree.name[segment.row])
      let known = latest[Int(name)].flatMap { $0.service == service ? $0.place : nil }
      let place = known ?? places[Operation(service: service, name: name)] ?? totals.count
      if known == nil { latest[Int(name)] = (service, place) }
      if place == totals.count {
        places[Operation(service: service, name: name)] = place
        totals.append(
          CriticalTotal(service: service == 0 ? nil : storage.text(service), name: storage.text(name), nanos: 0, share: 0, spans: 0))
      }
      totals[place].nanos += segment.nanos
      if !isCounted[segment.row] {
        isCounted[segment.row] = true
        totals[place].spans += calls(of: segment.row)
      }
    }
    let whole = Double(max(1, tree.duration(path.root)))
    for index in totals.indices { totals[index].share = Double(totals[index].nanos) / whole }
    return totals.sorted { left, right in
      if left.nanos != right.nanos { return left.nanos > right.nanos }
      if left.name != right.name { return left.name.utf8.lexicographicallyPrecedes(right.name.utf8) }
      return (left.service ?? "").utf8.lexicographicallyPrecedes((right.service ?? "").utf8)
    }
  }
}
