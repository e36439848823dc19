// Checks the sentences of an explanation by hand: from the spans as the test wrote them down, tick by tick, without anything that the explanation uses.

import Testing
import TraceRecords

@testable import TraceDistiller

/// The critical path of a sketch in the slowest way: for each tick of the root, who kept it from ending.
struct SlowTrace {
  struct Charge: Equatable {
    var span: Int
    /// Whom it waits for; nil for own time.
    var callee: Int?
    var isAfter = false
  }

  let sketch: TraceSketch
  let index: [String: Int]
  let children: [[Int]]
  private(set) var ticks: [Charge] = []

  init(_ sketch: TraceSketch) {
    self.sketch = sketch
    index = Dictionary(uniqueKeysWithValues: sketch.spans.enumerated().map { ($1.id, $0) })
    var children = [[Int]](repeating: [], count: sketch.spans.count)
    for (place, span) in sketch.spans.enumerated() { if let parent = span.parent { children[index[parent]!].append(place) } }
    self.children = children
    for tick in 0..<(sketch.spans[0].end! / RandomSystem.tick) { ticks.append(charge(tick * RandomSystem.tick)) }
  }

  /// Down from the root: in a span that waits for its children one after another, whichever is open has the tick, else the span itself.
  private func charge(_ time: Int64) -> Charge {
    var span = 0
    while let child = children[span].first(where: { sketch.spans[$0].start <= time && time < sketch.spans[$0].end! }) { span = child }
    guard sketch.spans[span].kind == .client, children[span].count == 1 else { return Charge(span: span) }
    let callee = children[span][0]
    return Charge(span: span, callee: callee, isAfter: time >= sketch.spans[callee].end!)
  }

  func nanos(where isWanted: (Charge) -> Bool) -> Int64 { Int64(ticks.count(where: isWanted)) * RandomSystem.tick }
  func service(_ span: Int) -> String { sketch.spans[span].service }
  func own(_ service: String) -> Int64 { nanos { $0.callee == nil && self.service($0.span) == service } }
  func wait(_ service: String, after: Bool? = nil) -> Int64 {
    nanos { charge in charge.callee.map { self.service($0) == service && (after ?? charge.isAfter) == charge.isAfter } ?? false }
  }
  func names() -> Set<String> { Set(sketch.spans.map(\.name)) }
}

struct StatementTruth {
  let target: SlowTrace
  let base: [SlowTrace]

  private func median(_ value: (SlowTrace) -> Int64) -> Int64? {
    guard !base.isEmpty else { return nil }
    return base.map(value).sorted()[(base.count - 1) / 2]
  }

  /// What is wrong with a statement; nil where it is true.
  func fault(_ statement: Finding.Statement) -> String? {
    func compare(_ what: String, _ told: Int64?, _ true: Int64?) -> String? {
      told == `true` ? nil : "\(what) is \(`true`.map(String.init) ?? "none"), told \(told.map(String.init) ?? "none")"
    }
    switch statement {
    case .error(let service, let operation, let message, let count, let isNew):
      let logs = target.sketch.logs.filter { $0.level == .error && $0.message == message }
      guard let log = logs.first, logs.count == count else { return "\(logs.count) logs say \(message)" }
      let span = target.sketch.spans[target.index[log.span]!]
      if span.service != service || span.name != operation { return "it happened in \(span.service) \(span.name)" }
      return isNew && base.contains { $0.sketch.logs.contains { $0.message == message } } ? "the base has it" : nil
    case .endedRoot:
      // An ERROR log makes a span fail.
      let hasFailed =
        target.sketch.spans[0].isFailed || target.sketch.logs.contains { $0.level == .error && $0.span == target.sketch.spans[0].id }
      return hasFailed ? nil : "the root is fine"
    case .swallowed(let by): return target.sketch.spans.contains { $0.name == by && !$0.isFailed } ? nil : "\(by) failed"
    case .noAnswer(let operation, let callee, let took):
      guard
        let call = target.sketch.spans.indices.first(where: { target.sketch.spans[$0].name == operation && target.children[$0].isEmpty })
      else { return "\(operation) is answered" }
      let isAnswered = base.allSatisfy { one in
        one.sketch.spans.indices.contains {
          one.sketch.spans[$0].name == operation && one.children[$0].contains { one.service($0) == callee }
        }
      }
      return isAnswered
        ? compare("it took", took, target.sketch.spans[call].end! - target.sketch.spans[call].start) : "no answer in the base"
    case .stopped(let service, let frame, let after, let missing, let steps):
      return stopped(service, frame, after, missing, steps)
    case .newCalls(let names, _): return names.first { name in base.contains { $0.names().contains(name) } }.map { "the base has \($0)" }
    case .own(let service, let operation, let nanos, let base):
      guard operation == nil else { return nil }
      return compare("own", nanos, target.own(service)) ?? compare("its base", base, median { $0.own(service) })
    case .operation(let told, let nanos, let base, let calls, _):
      // A statement may have joined the name.
      let name = target.sketch.spans.map(\.name).filter { told.hasPrefix($0) }.max { $0.utf8.count < $1.utf8.count } ?? told
      func own(_ trace: SlowTrace) -> Int64 { trace.nanos { $0.callee == nil && trace.sketch.spans[$0.span].name == name } }
      return compare("\(name)", nanos, own(target)) ?? compare("its base", base, median(own))
        ?? compare("calls", Int64(calls), Int64(target.sketch.spans.count { $0.name == name }))
    case .stretch(let nanos, _, let operation, let row, let after, let before, let isLeaf):
      return stretch(nanos, operation, row, after, before, isLeaf)
    case .waiting(let service, let before, let after, let base):
      return compare("before", before, target.wait(service, after: false)) ?? compare("after", after, target.wait(service, after: true))
        ?? compare("its base", base, median { $0.wait(service) })
    case .call(let caller, let operation, let nanos, _, _):
      return compare(
        operation, nanos,
        target.nanos { charge in
          charge.callee.map { target.sketch.spans[$0].name == operation && target.service(charge.span) == caller } ?? false
        })
    case .callee(let operation, let took, let base):
      func sum(_ trace: SlowTrace) -> Int64 { trace.sketch.spans.filter { $0.name == operation }.reduce(0) { $0 + $1.end! - $1.start } }
      return compare("\(operation) took", took, sum(target)) ?? compare("its base", base, median(sum))
    case .slowed(let service, let own, let ownBase, let wait, let waitBase, _):
      return compare("own", own, target.own(service)) ?? compare("base", ownBase, median { $0.own(service) })
        ?? compare("wait", wait, target.wait(service)) ?? compare("base", waitBase, median { $0.wait(service) })
    case .grid(let nanos):
      let all = Set(runs().map { Int64($0.count) * RandomSystem.tick })
      return nanos.first { !all.contains($0) || min($0 % 100_000_000, 100_000_000 - $0 % 100_000_000) > 5_000_000 }.map { "\($0) is off" }
    case .othersChanged(let besides, let services, let nanos):
      let all = Set((base + [target]).flatMap { one in one.sketch.spans.map(\.service) }).subtracting([besides])
      func total(_ trace: SlowTrace, _ service: String) -> Int64 { trace.own(service) + trace.wait(service) }
      let busy = all.filter { service in total(target, service) > 0 || median { total($0, service) }! > 0 }
      return compare("others", Int64(services), Int64(busy.count))
        ?? compare("change", nanos, busy.reduce(0) { sum, service in sum + total(target, service) - median { total($0, service) }! })
    case .place, .laterErrors, .stoppedAfter, .lastIsWhole, .lastLooksUsual, .cpuUnknown, .ownBesides, .waitBesides, .queued, .detached,
      .insight, .attribute, .elsewhere, .whose:
      return nil
    }
  }

  private func stopped(_ service: String, _ frame: String, _ after: String?, _ missing: [String], _ steps: Int) -> String? {
    guard let span = target.sketch.spans.indices.first(where: { target.sketch.spans[$0].name == frame }) else {
      return "\(frame) is not there"
    }
    if target.service(span) != service { return "\(frame) is of \(target.service(span))" }
    if let name = missing.first(where: { target.names().contains($0) }) { return "\(name) is there" }
    if let name = missing.first(where: { name in !base.allSatisfy { $0.names().contains(name) } }) { return "\(name) is not in the base" }
    let last = target.children[span].max { target.sketch.spans[$0].end! < target.sketch.spans[$1].end! }.map {
      target.sketch.spans[$0].name
    }
    if last != after { return "the last is \(last ?? "none")" }
    let gone = base[0].names().subtracting(target.names()).count
    return gone == steps ? nil : "\(gone) steps are gone"
  }

  /// Own time in pieces without a gap.
  private func runs() -> [(span: Int, start: Int, count: Int)] {
    var runs: [(span: Int, start: Int, count: Int)] = []
    for (tick, charge) in target.ticks.enumerated() where charge.callee == nil {
      if let last = runs.last, last.span == charge.span, last.start + last.count == tick {
        runs[runs.count - 1].count += 1
      } else {
        runs.append((charge.span, tick, 1))
      }
    }
    return runs
  }

  private func stretch(_ nanos: Int64, _ operation: String, _ row: Int, _ after: String?, _ before: String?, _ isLeaf: Bool) -> String? {
    let ofName = runs().filter { target.sketch.spans[$0.span].name == operation }
    guard let longest = ofName.first(where: { Int64($0.count) * RandomSystem.tick == nanos }),
      !ofName.contains(where: { $0.count > longest.count })
    else { return "no such stretch, or a longer one" }
    // Where several are as long, any of them will do.
    let start = Int64(longest.start) * RandomSystem.tick
    guard ofName.count(where: { $0.count == longest.count }) == 1 else { return nil }
    let children = target.children[longest.span].map { target.sketch.spans[$0] }
    if isLeaf != children.isEmpty { return "a leaf, or none" }
    let previous = children.filter { $0.end! <= start }.max { $0.end! < $1.end! }?.name
    let next = children.filter { $0.start >= start + nanos }.min { $0.start < $1.start }?.name
    return previous == after && next == before ? nil : "it lies between \(previous ?? "-") and \(next ?? "-")"
  }
}
