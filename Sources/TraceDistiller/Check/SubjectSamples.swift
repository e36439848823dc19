// The spans that a measure speaks of: those of exactly that name where there are any, else those that have it in their names, as filters do.

struct SubjectSamples: Sendable {
  let subject: CheckRule.Subject
  private let wanted: String
  private let pattern: TextPattern
  let countsRepeats: Bool
  private var names: [NamedSamples] = []
  private var places: [[UInt8]: Int] = [:]
  /// Other names, for a complaint; a few of them.
  private var others: Set<String> = []
  private static let mostOthers = 1_000
  private static let mostServices = 8

  init(_ subject: CheckRule.Subject, countsRepeats: Bool) {
    self.subject = subject
    self.countsRepeats = countsRepeats
    switch subject {
    case .operation(let name), .root(let name), .service(let name): wanted = name
    }
    pattern = TextPattern(wanted)
  }

  /// - Complexity: O(spans).
  mutating func add(_ trace: DistilledTrace, number: Int) {
    let tree = trace.tree
    // By number of the trace's texts: which of the names it is, -1 for none.
    var known: [UInt32: Int] = [:]
    func place(_ text: UInt32, _ samples: inout SubjectSamples) -> Int {
      if let place = known[text] { return place }
      let place = samples.place(of: trace.snapshot.storage.text(text))
      known[text] = place
      return place
    }
    switch subject {
    case .root:
      guard let root = tree.roots.first?.row else { return }
      let name = place(tree.name[root], &self)
      if name >= 0 { take(root, name, of: trace, number) }
    case .operation:
      var repeats: [Caller: (count: Int, row: Int)] = [:]
      for row in tree.parentsFirst.lazy.map(Int.init) {
        let name = place(tree.name[row], &self)
        guard name >= 0 else { continue }
        take(row, name, of: trace, number)
        if countsRepeats, tree.parent[row] >= 0 {
          repeats[Caller(row: tree.parent[row], name: name), default: (0, row)].count += trace.calls(of: row)
        }
      }
      for (caller, found) in repeats {
        let place = SamplePlace(trace: number, row: found.row)
        // Of several that are alike, the first: whatever the order of the table.
        let isMore = names[caller.name].repeats.map {
          $0.count < found.count || ($0.count == found.count && $0.place.trace == number && place.row < $0.place.row)
        }
        if isMore ?? true { names[caller.name].repeats = (found.count, place) }
      }
    case .service:
      for row in tree.parentsFirst.lazy.map(Int.init) where tree.service[row] != 0 {
        let name = place(tree.service[row], &self)
        guard name >= 0 else { continue }
        names[name].work(row, of: trace, number: number)
        // What it does for itself is no call of it.
        let parent = Int(tree.parent[row])
        if parent < 0 || tree.service[parent] != tree.service[row] { names[name].time(row, of: trace, number: number) }
      }
    }
  }

  private struct Caller: Hashable {
    var row: Int32
    var name: Int
  }

  private mutating func take(_ row: Int, _ name: Int, of trace: DistilledTrace, _ number: Int) {
    names[name].time(row, of: trace, number: number)
    names[name].work(row, of: trace, number: number)
    guard names[name].services.count < Self.mostServices, trace.tree.service[row] != 0 else { return }
    let service = trace.snapshot.storage.text(trace.tree.service[row])
    if !names[name].services.contains(where: { $0.utf8.elementsEqual(service.utf8) }) { names[name].services.append(service) }
  }

  private mutating func place(of name: String) -> Int {
    guard pattern.matches(name) else {
      if others.count < Self.mostOthers { others.insert(name) }
      return -1
    }
    let bytes = Array(name.utf8)
    if let place = places[bytes] { return place }
    places[bytes] = names.count
    names.append(NamedSamples(name))
    return names.count - 1
  }

  /// What was found; empty where nothing was.
  var found: [NamedSamples] {
    let all = names.filter { $0.calls > 0 || !$0.own.isEmpty }
    let exact = all.filter { $0.name.utf8.elementsEqual(wanted.utf8) }
    return exact.isEmpty ? all.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) } : exact
  }

  /// Names that look like the one that nothing has.
  var near: [String] { nearest(wanted, among: others.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }, limit: 3) }
}
