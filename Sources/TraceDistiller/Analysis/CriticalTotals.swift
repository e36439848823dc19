// The critical path summed by operation: what a person reads before looking at single intervals.

/// The time on the critical path of all spans of one operation.
package struct CriticalTotal: Sendable, Equatable {
  package var service: String?
  package var name: String
  /// The service that was waited for, outside of the span that answers: time of the call that is not the caller's own work.
  package var waitingFor: String?
  package var nanos: Int64
  /// The share of the root's duration, 0 to 1.
  package var share: Double
  /// The number of that operation's spans on the path.
  package var spans: Int
}

extension DistilledTrace {
  /// Operations by their time on a critical path, the largest first; ties by service and name.
  /// - Complexity: O(segments).
  package func totals(of path: CriticalPath) -> [CriticalTotal] {
    struct Operation: Hashable {
      var service: UInt32
      var name: UInt32
      var waitingFor: UInt32
    }
    var places: [Operation: Int] = [:]
    var totals: [CriticalTotal] = []
    var isCounted = [Bool](repeating: false, count: tree.count)
    let storage = snapshot.storage
    // The operation and index of the latest span with each name: most names belong to one service.
    var latest = [(service: UInt32, waitingFor: UInt32, place: Int)?](repeating: nil, count: storage.texts.count)
    for segment in path.segments {
      let (service, name) = (tree.service[segment.row], tree.name[segment.row])
      let waitingFor = tree.foreignCallee(of: segment.row, storage).map { tree.service[$0] } ?? 0
      let known = latest[Int(name)].flatMap { $0.service == service && $0.waitingFor == waitingFor ? $0.place : nil }
      let operation = Operation(service: service, name: name, waitingFor: waitingFor)
      let place = known ?? places[operation] ?? totals.count
      if known == nil { latest[Int(name)] = (service, waitingFor, place) }
      if place == totals.count {
        places[operation] = place
        totals.append(
          CriticalTotal(
            service: service == 0 ? nil : storage.text(service), name: storage.text(name),
            waitingFor: waitingFor == 0 ? nil : storage.text(waitingFor), nanos: 0, share: 0, spans: 0))
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
      if left.service != right.service { return (left.service ?? "").utf8.lexicographicallyPrecedes((right.service ?? "").utf8) }
      return (left.waitingFor ?? "").utf8.lexicographicallyPrecedes((right.waitingFor ?? "").utf8)
    }
  }
}
