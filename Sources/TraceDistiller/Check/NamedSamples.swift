// What a measure is made of: all spans of one name, gathered while traces come one by one.

/// A span of one of the checked traces, by their number.
struct SamplePlace: Sendable, Equatable {
  var trace: Int
  var row: Int
}

struct NamedSamples: Sendable {
  let name: String
  /// Services that such spans are of, each once; a few of them.
  var services: [String] = []
  var calls = 0
  var failed = 0
  /// Of calls that are known one by one.
  var durations: [Int64] = []
  /// Calls of groups, of which only the sum is known, and the longest.
  var groupedCalls = 0
  var groupedNanos: Int64 = 0
  var groupedMax: Int64 = 0
  /// By trace, in the order of traces.
  var own: [(trace: Int, nanos: Int64)] = []
  var criticalNanos: Int64 = 0
  /// Traces that have one, with the durations of their roots.
  var roots: [(trace: Int, nanos: Int64)] = []
  var slowest: (nanos: Int64, place: SamplePlace)?
  var failing: SamplePlace?
  /// The most calls of it that one span makes.
  var repeats: (count: Int, place: SamplePlace)?

  init(_ name: String) { self.name = name }

  mutating func time(_ row: Int, of trace: DistilledTrace, number: Int) {
    let fold = trace.tree.flags[row].contains(.collapsed) ? trace.snapshot.storage.folds[UInt32(row)] : nil
    if let fold {
      groupedCalls += fold.count
      groupedNanos = groupedNanos.addingSaturated(fold.totalNanos)
      groupedMax = max(groupedMax, fold.maxNanos)
      calls += fold.count
      return
    }
    let nanos = trace.tree.duration(row)
    durations.append(nanos)
    calls += 1
    if slowest.map({ nanos > $0.nanos }) ?? true { slowest = (nanos, SamplePlace(trace: number, row: row)) }
  }

  mutating func work(_ row: Int, of trace: DistilledTrace, number: Int) {
    let fold = trace.tree.flags[row].contains(.collapsed) ? trace.snapshot.storage.folds[UInt32(row)] : nil
    let failures = fold?.failed ?? (trace.tree.flags[row].contains(.failed) ? 1 : 0)
    failed += failures
    if failures > 0, failing == nil { failing = SamplePlace(trace: number, row: row) }
    if own.last?.trace == number {
      own[own.count - 1].nanos = own[own.count - 1].nanos.addingSaturated(trace.selfNanos[row])
    } else {
      own.append((number, trace.selfNanos[row]))
      roots.append((number, trace.tree.roots.first.map { trace.tree.duration($0.row) } ?? 0))
    }
    criticalNanos = criticalNanos.addingSaturated(trace.criticalNanos[row])
  }

  /// All of several names together.
  static func joined(_ all: [NamedSamples]) -> NamedSamples {
    guard all.count != 1 else { return all[0] }
    var sum = NamedSamples("")
    var own: [Int: Int64] = [:]
    var roots: [Int: Int64] = [:]
    for one in all {
      for service in one.services where !sum.services.contains(where: { $0.utf8.elementsEqual(service.utf8) }) {
        sum.services.append(service)
      }
      sum.calls += one.calls
      sum.failed += one.failed
      sum.durations += one.durations
      sum.groupedCalls += one.groupedCalls
      sum.groupedNanos = sum.groupedNanos.addingSaturated(one.groupedNanos)
      sum.groupedMax = max(sum.groupedMax, one.groupedMax)
      sum.criticalNanos = sum.criticalNanos.addingSaturated(one.criticalNanos)
      for (trace, nanos) in one.own { own[trace] = (own[trace] ?? 0).addingSaturated(nanos) }
      for (trace, nanos) in one.roots { roots[trace] = nanos }
      if let slowest = one.slowest, sum.slowest.map({ slowest.nanos > $0.nanos }) ?? true { sum.slowest = slowest }
      if let failing = one.failing, sum.failing.map({ failing.trace < $0.trace }) ?? true { sum.failing = failing }
      if let repeats = one.repeats, sum.repeats.map({ repeats.count > $0.count }) ?? true { sum.repeats = repeats }
    }
    sum.own = own.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    sum.roots = roots.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    return sum
  }
}
