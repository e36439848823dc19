// Checks the sentences of an explanation independently: from the spans as the test wrote them, tick by tick, without any code of the
// explanation.

import Testing
import TraceRecords

@testable import TraceDistiller

/// The critical path of a sketch, computed in the simplest way: for each tick of the root, the span that kept it from ending.
struct SlowTrace {
  struct Charge: Equatable {
    var span: Int
    /// The service that is waited for; nil for own time.
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
    ticks = SlowPath(sketch).owner.enumerated().map { charge($1, Int64($0) * SlowPath.tick) }
  }

  /// Whoever has a tick of the critical path works, but for a call that another service answers: that one waits.
  private func charge(_ span: Int, _ time: Int64) -> Charge {
    guard sketch.spans[span].kind == .client, children[span].count == 1, sketch.spans[children[span][0]].kind == .server else {
      return Charge(span: span)
    }
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
  let insights: InsightTruth
  /// Moments that patterns count.
  var others = PathParts()

  private func median(_ value: (SlowTrace) -> Int64) -> Int64? {
    guard !base.isEmpty else { return nil }
    return base.map(value).sorted()[(base.count - 1) / 2]
  }

  /// What is wrong with a statement; nil if it is true.
  func fault(_ statement: Finding.Statement, of finding: Finding) -> String? {
    func compare(_ what: String, _ told: Int64?, _ true: Int64?) -> String? {
      told == `true` ? nil : "\(what) is \(`true`.map(String.init) ?? "none"), told \(told.map(String.init) ?? "none")"
    }
    switch statement {
    case .error(let service, let operation, let message, let count, let isNew):
      let logs = target.sketch.logs.filter { $0.level == .error && $0.message == message }.map {
        target.sketch.spans[target.index[$0.span]!]
      }
      let all = logs + target.sketch.spans.filter { $0.isFailed && $0.statusMessage == message }
      guard let span = all.first, all.count == count else { return "\(all.count) say \(message)" }
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
      if let operation {
        return compare("own", nanos, own(operation, target)) ?? compare("its base", base, median { own(operation, $0) })
      }
      return compare("own", nanos, target.own(service)) ?? compare("its base", base, median { $0.own(service) })
    case .operation(let told, let nanos, let base, let calls, _):
      return compare(told, nanos, own(told, target)) ?? compare("its base", base, median { own(told, $0) })
        ?? compare("calls", Int64(calls), Int64(target.sketch.spans.count { $0.name == name(told) }))
    case .stretch(let nanos, _, let operation, let row, let after, let before, let isLeaf):
      return stretch(nanos, operation, row, after, before, isLeaf, finding)
    case .besideCalls(let operation, let services):
      for part in services where besideCalls(operation, part.service) != part.nanos {
        return "beside \(part.service) it is \(besideCalls(operation, part.service)), not \(part.nanos)"
      }
      return nil
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
    case .place: return "no record tells of a place"
    case .laterErrors(let count, _, let operation, let message):
      let texts = Set(
        target.sketch.logs.filter { $0.level == .error }.map(\.message) + target.sketch.spans.filter(\.isFailed).map(\.statusMessage))
      if !texts.contains(message) || !target.names().contains(operation) { return "nobody says so" }
      return compare("further errors", Int64(count), Int64(texts.count - 1))
    case .stoppedAfter(let service, let operation, let caller, let frame, let missing, let steps):
      guard let last = target.sketch.spans.first(where: { $0.name == operation }), last.service == service else {
        return "\(operation) is not there"
      }
      guard let span = target.sketch.spans.indices.first(where: { target.sketch.spans[$0].name == frame }) else {
        return "\(frame) is not there"
      }
      if target.service(span) != caller { return "\(frame) is of \(target.service(span))" }
      return gone(missing, steps)
    case .lastIsWhole(let operation, let service, let steps):
      let below = names(below: operation, base[0])
      if !below.isSubset(of: target.names()) { return "\(below.subtracting(target.names())) are gone" }
      if target.sketch.spans.first(where: { $0.name == operation })?.service != service { return "it is of another service" }
      return compare("steps", Int64(steps), Int64(below.count))
    case .lastLooksUsual(let operation, let took, let base):
      func length(_ trace: SlowTrace) -> Int64? { trace.sketch.spans.first { $0.name == operation }.map { $0.end! - $0.start } }
      return compare("it took", took, length(target)) ?? (self.base.contains { length($0) == base } ? nil : "no base took so long")
    // It says what spans cannot tell: nothing of the trace.
    case .cpuUnknown: return nil
    case .ownBesides(let nanos, let base):
      return compare("own", nanos, target.own(finding.service)) ?? compare("its base", base, median { $0.own(finding.service) })
    case .waitBesides(let nanos, let base):
      return compare("waits", nanos, target.wait(finding.service)) ?? compare("its base", base, median { $0.wait(finding.service) })
    case .queued(let operation, let sender, let nanos, let base, let count):
      func waits(_ trace: SlowTrace) -> [Int64] {
        trace.sketch.spans.filter { $0.name == operation && $0.kind == .consumer }.map { span in
          let parent = trace.sketch.spans[trace.index[span.parent!]!]
          return parent.name == sender ? max(0, span.start - parent.end!) : -1
        }
      }
      return compare("waits", nanos, waits(target).reduce(0, +)) ?? compare("times", Int64(count), Int64(waits(target).count))
        ?? compare("its base", base, median { waits($0).reduce(0, +) })
    case .detached(let operation, let nanos, let base, let calls):
      func took(_ trace: SlowTrace) -> [Int64] { trace.sketch.spans.filter { $0.name == operation }.map { $0.end! - $0.start } }
      return compare("it took", nanos, took(target).reduce(0, +)) ?? compare("calls", Int64(calls), Int64(took(target).count))
        ?? compare("its base", base, median { took($0).reduce(0, +) })
    case .ownPath(let row, let operations):
      let top = insights.span(row)
      for told in operations {
        // Calls below a consumer come one after the other here.
        let nanos = target.sketch.spans.indices.filter { insights.path.isBelow($0, top) && target.sketch.spans[$0].name == told.operation }
          .reduce(Int64(0)) { sum, span in
            sum + insights.path.length(span) - target.children[span].reduce(Int64(0)) { $0 + insights.path.length($1) }
          }
        if nanos != told.nanos { return "\(told.operation) has \(nanos), told \(told.nanos)" }
      }
      return nil
    case .followed(let operation, let by, let times, let nanos):
      let failed = target.sketch.spans.indices.filter { target.sketch.spans[$0].name == operation && target.sketch.spans[$0].isFailed }
      let next = failed.map { failure in
        insights.path.children[insights.path.parent(failure)!].first { insights.path.start($0) >= insights.path.end(failure) }
      }
      if next.contains(where: { $0.map { target.sketch.spans[$0].name } != by }) { return "another call follows" }
      return compare("times", Int64(times), Int64(failed.count))
        ?? compare("it costs", nanos, insights.path.nanos { owner in next.contains { insights.path.isBelow(owner, $0!) } })
    case .insight(let insight): return insights.fault(insight)
    case .attribute(let key, let value, let slow, let ofSlow, let others, let ofOthers):
      func has(_ trace: SlowTrace) -> Bool {
        trace.sketch.spans.contains { $0.attributes.contains { if case .text(value) = $0.value { $0.key == key } else { false } } }
      }
      return has(target)
        ? compare("with it", Int64(slow - 1 + others), Int64(base.count(where: has)))
          ?? compare("traces", Int64(ofSlow - 1 + ofOthers), Int64(base.count)) : "it does not have it"
    case .elsewhere(let nanos): return compare("counted elsewhere", nanos, finding.elsewhere) ?? (nanos > 0 ? nil : "nothing")
    case .whose(let services):
      for told in services {
        let nanos = finding.parts.parts.reduce(Int64(0)) { sum, part in
          let ticks = (part.start - TraceSketch.origin) / SlowPath.tick..<(part.end - TraceSketch.origin) / SlowPath.tick
          return sum + Int64(ticks.count { target.service(target.ticks[Int($0)].callee ?? target.ticks[Int($0)].span) == told.service })
            * SlowPath.tick
        }
        if let fault = compare(told.service, told.nanos, nanos) { return fault }
      }
      return nil
    }
  }

  /// A statement may have joined the name.
  private func name(_ told: String) -> String {
    target.sketch.spans.map(\.name).filter { told.hasPrefix($0) }.max { $0.utf8.count < $1.utf8.count } ?? told
  }

  private func own(_ told: String, _ trace: SlowTrace) -> Int64 {
    let name = name(told)
    return trace.nanos { $0.callee == nil && trace.sketch.spans[$0.span].name == name }
  }

  private func names(below operation: String, _ trace: SlowTrace) -> Set<String> {
    var names: Set<String> = []
    var rows = trace.sketch.spans.indices.filter { trace.sketch.spans[$0].name == operation }
    while let row = rows.popLast() {
      names.insert(trace.sketch.spans[row].name)
      rows += trace.children[row]
    }
    return names
  }

  /// Such calls are in the base and not here, and so many kinds of calls in all.
  private func gone(_ missing: [String], _ steps: Int) -> String? {
    if let name = missing.first(where: { target.names().contains($0) }) { return "\(name) is there" }
    if let name = missing.first(where: { name in !base.allSatisfy { $0.names().contains(name) } }) { return "\(name) is not in the base" }
    let gone = base[0].names().subtracting(target.names()).count
    return gone == steps ? nil : "\(gone) steps are gone"
  }

  private func stopped(_ service: String, _ frame: String, _ after: String?, _ missing: [String], _ steps: Int) -> String? {
    guard let span = target.sketch.spans.indices.first(where: { target.sketch.spans[$0].name == frame }) else {
      return "\(frame) is not there"
    }
    if target.service(span) != service { return "\(frame) is of \(target.service(span))" }
    let last = target.children[span].max { target.sketch.spans[$0].end! < target.sketch.spans[$1].end! }.map {
      target.sketch.spans[$0].name
    }
    if last != after { return "the last is \(last ?? "none")" }
    return gone(missing, steps)
  }

  /// Intervals of own time without gaps.
  private func runs(without parts: PathParts = PathParts()) -> [(span: Int, start: Int, count: Int)] {
    var runs: [(span: Int, start: Int, count: Int)] = []
    for (tick, charge) in target.ticks.enumerated() where charge.callee == nil {
      let time = TraceSketch.origin + Int64(tick) * SlowPath.tick
      if parts.parts.contains(where: { $0.start <= time && time < $0.end }) { continue }
      if let last = runs.last, last.span == charge.span, last.start + last.count == tick {
        runs[runs.count - 1].count += 1
      } else {
        runs.append((charge.span, tick, 1))
      }
    }
    return runs
  }

  /// Own ticks of an operation in runs that touch a call of the service: the next call counts before the previous one.
  private func besideCalls(_ operation: String, _ service: String) -> Int64 {
    var ticks = 0
    for run in runs() where target.sketch.spans[run.span].name == operation {
      let (start, end) = (Int64(run.start) * RandomSystem.tick, Int64(run.start + run.count) * RandomSystem.tick)
      let foreign = target.children[run.span].filter { child in
        !insights.path.isDetached(child) && target.service(child) != target.service(run.span) && !target.service(child).isEmpty
      }.map { target.sketch.spans[$0] }
      let touched = foreign.first { $0.start == end } ?? foreign.first { $0.end == start }
      if touched?.service == service { ticks += run.count }
    }
    return Int64(ticks) * RandomSystem.tick
  }

  private func stretch(
    _ nanos: Int64, _ operation: String, _ row: Int, _ after: String?, _ before: String?, _ isLeaf: Bool, _ finding: Finding
  )
    -> String?
  {
    // What other findings count is not told again.
    let ofName = runs(without: others).filter { target.sketch.spans[$0.span].name == operation }
    guard let longest = ofName.first(where: { Int64($0.count) * RandomSystem.tick == nanos }),
      !ofName.contains(where: { $0.count > longest.count })
    else { return "no such stretch, or a longer one" }
    // If several are equally long, any of them is accepted.
    let start = Int64(longest.start) * RandomSystem.tick
    guard ofName.count(where: { $0.count == longest.count }) == 1 else { return nil }
    let children = target.children[longest.span].filter { !insights.path.isDetached($0) }.map { target.sketch.spans[$0] }
    if isLeaf != children.isEmpty { return "a leaf, or none" }
    let previous = children.filter { $0.end! <= start }.max { $0.end! < $1.end! }?.name
    let next = children.filter { $0.start >= start + nanos }.min { $0.start < $1.start }?.name
    return previous == after && next == before ? nil : "it lies between \(previous ?? "-") and \(next ?? "-")"
  }
}
