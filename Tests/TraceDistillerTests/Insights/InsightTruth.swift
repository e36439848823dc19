// Checks what an insight says by hand: from the spans as the test wrote them down, without anything that the detectors use.

import TraceRecords

@testable import TraceDistiller

struct InsightTruth {
  let sketch: TraceSketch
  let trace: DistilledTrace
  let path: SlowPath

  init(_ sketch: TraceSketch, _ trace: DistilledTrace) {
    self.sketch = sketch
    self.trace = trace
    path = SlowPath(sketch)
  }

  func span(_ row: Int) -> Int { path.index[trace.id(row)]! }
  private func name(_ span: Int) -> String { sketch.spans[span].name }
  private func alike(_ span: Int) -> [Int] { sketch.spans.indices.filter { name($0) == name(span) } }

  /// What is wrong with an insight; nil where all that it says is true.
  func fault(_ insight: Insight) -> String? {
    let row = span(insight.row)
    let within = insight.within.map { span($0) }
    func same(_ what: String, _ told: Int64, _ known: Int64) -> String? { told == known ? nil : "\(what) is \(known), told \(told)" }
    if let fault = parts(insight) { return fault }
    switch insight.kind {
    case .uncoveredTime: return uncovered(insight, row)
    case .gap:
      guard let before = within else { return "after nothing" }
      let next = path.children[row].filter { path.start($0) >= path.end(before) }.map { path.start($0) }.min() ?? path.end(row)
      return same("the largest", insight.nanos, path.nanos(from: path.end(before), to: next) { $0 == row })
        ?? (insight.costNanos >= insight.nanos ? nil : "less in all than the largest")
    case .calleeWait:
      let calls = alike(row).filter { path.nanos(where: [$0].contains) > 0 }
      var (before, after) = (Int64(0), Int64(0))
      for call in calls {
        let callee = path.children[call][0]
        before += path.nanos(from: path.start(call), to: path.start(callee)) { $0 == call }
        after += path.nanos(from: path.end(callee), to: path.end(call)) { $0 == call }
      }
      return same("before", insight.nanos, before) ?? same("after", insight.otherNanos, after) ?? same(
        "calls", Int64(insight.count), Int64(calls.count))
        ?? same("the cost", insight.costNanos, before + after)
    case .queueWait:
      guard let within, path.isDetached(row) else { return "somebody waits for it" }
      return same("the wait", insight.nanos, path.start(row) - path.end(within))
    case .workAfterRoot:
      let late = sketch.spans.indices.filter { path.isDetached($0) && path.end($0) > path.end(0) }
      let latest = late.map { path.end($0) }.max() ?? 0
      guard late.contains(row) else { return "it is not detached, or not late" }
      // Its own path: consecutive calls, each of which has its time.
      for call in insight.calls {
        let named =
          late.isEmpty
          ? 0
          : sketch.spans.indices.filter { name($0) == name(span(call.row)) && path.isBelow($0, row) }
            .reduce(Int64(0)) { sum, one in
              sum + path.length(one) - path.children[one].filter { !path.isDetached($0) }.reduce(0) { $0 + path.length($1) }
            }
        if Int64(call.count) != named { return "\(name(span(call.row))) has \(named), told \(call.count)" }
      }
      return same("beyond the root", insight.nanos, latest - path.end(0))
    case .cycle:
      let values = alike(row).sorted { path.start($0) < path.start($1) }.map { place -> String in
        for case (insight.attribute, .text(let text)) in sketch.spans[place].attributes { return text }
        return ""
      }
      let expected = (0..<values.count).map { insight.round[$0 % insight.round.count] }
      if values != expected { return "the values are \(values.prefix(12))" }
      return same("rounds", Int64(insight.count), Int64(values.count / insight.round.count))
    case .repeatedCall:
      let calls = insight.calls.flatMap { alike(span($0.row)) }.sorted { path.start($0) < path.start($1) }
      let spent = calls.reduce(0) { $0 + path.length($1) }
      return same("calls", Int64(insight.count), Int64(calls.count))
        ?? same("time in the calls", insight.nanos, spent)
        ?? same("from first to last", insight.otherNanos, path.end(calls.last!) - path.start(calls[0]))
        ?? insight.through.flatMap { through in
          same("callers", Int64(through.count), Int64(Set(calls.map { path.parent($0)! }).count))
        }
    case .sequentialCalls:
      let calls = insight.calls.isEmpty ? alike(row) : insight.calls.map { span($0.row) }
      let longest = calls.map { path.length($0) }.max() ?? 0
      let all = path.nanos { owner in calls.contains { path.isBelow(owner, $0) } }
      return same("the longest", insight.nanos, longest) ?? same("saved", insight.costNanos, all - min(all, longest))
    case .retry:
      let attempts = alike(row).sorted { path.start($0) < path.start($1) }
      let pauses = zip(attempts, attempts.dropFirst()).reduce(Int64(0)) { $0 + path.start($1.1) - path.end($1.0) }
      return same("attempts", Int64(insight.count), Int64(attempts.count)) ?? same("pauses", insight.nanos, pauses)
        ?? same("failed", Int64(insight.calls[0].count), Int64(attempts.count { sketch.spans[$0].isFailed }))
    case .resourceWait: return insight.calls.isEmpty ? inTurn(insight, row) : sharedEnd(insight, row)
    case .slowOutlier:
      let lengths = alike(row).map { path.length($0) }.sorted()
      return same("the median", insight.nanos, lengths[lengths.count / 2]) ?? same("the longest", path.length(row), lengths.last!)
    case .workAfterAnswer:
      guard let within else { return "nobody goes on" }
      return same("the tail", insight.nanos, path.end(within) - path.end(span(insight.calls[0].row)))
    case .swallowedError: return swallowed(insight, row)
    case .neverEnded: return sketch.spans[row].end == nil ? nil : "it ended"
    case .detachedChild: return same("beyond", insight.nanos, path.end(row) - path.end(within!))
    case .missingCall:
      let lacking = alike(row).filter { place in !path.children[place].contains { name($0) == name(span(insight.calls[0].row)) } }
      return same("lacking", Int64(insight.count), Int64(lacking.count))
    case .clockSkew: return same("early", insight.nanos, path.start(within!) - path.start(row))
    case .chattyLog: return same("lines", Int64(insight.count), Int64(sketch.logs.count { $0.span == sketch.spans[row].id }))
    }
  }

  /// Its parts are moments of the root, each once, of spans that it speaks of.
  private func parts(_ insight: Insight) -> String? {
    var last = Int64.min
    for part in insight.parts.parts {
      if part.start <= last || part.end <= part.start { return "parts touch or overlap" }
      last = part.end
    }
    if insight.costNanos > insight.parts.nanos { return "it costs more than it covers" }
    let rows = ([insight.row] + insight.rows + insight.calls.map(\.row) + [insight.through?.row].compactMap { $0 }).map { span($0) }
    let names = Set(rows.map { name($0) })
    for part in insight.parts.parts {
      let (from, to) = (part.start - TraceSketch.origin, part.end - TraceSketch.origin)
      if from < 0 || to > path.end(0) { return "a part beyond the root" }
      let isForeign = path.nanos(from: from, to: to) { owner in
        if insight.within.map({ span($0) == owner || name(span($0)) == name(owner) }) ?? false { return false }
        return !sketch.spans.indices.contains { names.contains(name($0)) && path.isBelow(owner, $0) }
      }
      if isForeign > 0 { return "a part of \(isForeign) ns is of a span that it does not speak of" }
    }
    return nil
  }

  private func uncovered(_ insight: Insight, _ row: Int) -> String? {
    guard let stretch = insight.stretch else { return "no stretch" }
    let spans = alike(row)
    let own = path.nanos { spans.contains($0) }
    if insight.costNanos > own { return "own time is \(own), told \(insight.costNanos)" }
    let children = path.children[row].filter { !path.isDetached($0) }
    let from = stretch.before.map { path.end(span($0)) } ?? path.start(row)
    let to = stretch.after.map { path.start(span($0)) } ?? path.end(row)
    if let before = stretch.before, !children.contains(span(before)) { return "\(before) is no call of it" }
    let told = path.nanos(from: from, to: to) { $0 == row }
    if told != insight.nanos { return "that stretch is \(told), told \(insight.nanos)" }
    if children.contains(where: { path.start($0) > from && path.end($0) < to }) { return "a call lies in it" }
    if stretch.count == 1, insight.nanos * 10 < insight.costNanos / Int64(max(1, insight.count)) * 7 { return "it is not most of it" }
    return stretch.isMost == (row == 0) ? nil : "it is not about the root"
  }

  private func inTurn(_ insight: Insight, _ row: Int) -> String? {
    let rows = alike(row).sorted { path.start($0) < path.start($1) }
    if insight.count != rows.count { return "\(rows.count) of them, told \(insight.count)" }
    if zip(rows, rows.dropFirst()).contains(where: { path.end($0) > path.start($1) }) { return "two overlap" }
    guard let through = insight.through else { return nil }
    let all = rows.reduce(Int64(0)) { $0 + path.length($1) }
    let inside = rows.flatMap { path.children[$0] }.filter { name($0) == name(span(through.row)) }.reduce(Int64(0)) { $0 + path.length($1) }
    return Int64(through.count) == inside / (all / 100) ? nil : "\(inside) of \(all), told \(through.count) %"
  }

  private func sharedEnd(_ insight: Insight, _ row: Int) -> String? {
    let (waits, holder) = (alike(row), span(insight.calls[0].row))
    if insight.count != waits.count { return "\(waits.count) wait, told \(insight.count)" }
    if waits.contains(where: { abs(path.end($0) - path.end(holder)) > 2_000_000 }) { return "one does not end with the holder" }
    if waits.contains(where: { path.start($0) < path.start(holder) }) { return "one began before the holder" }
    if waits.contains(where: { path.isBelow($0, holder) }) { return "the holder waits for itself" }
    if insight.nanos != waits.map({ path.length($0) }).max() { return "the longest wait is another" }
    guard let part = insight.calls.dropFirst().first else { return nil }
    let share = path.length(span(part.row)) / max(1, path.length(holder) / 100)
    return Int64(part.count) == share && path.parent(span(part.row)) == holder ? nil : "it is \(share) %, told \(part.count)"
  }

  private func swallowed(_ insight: Insight, _ row: Int) -> String? {
    guard let within = insight.within.map({ span($0) }) else { return "nobody swallowed it" }
    if within == row {
      return sketch.logs.contains { $0.span == sketch.spans[row].id && $0.message == insight.message } ? nil : "it did not say so"
    }
    if !sketch.spans[row].isFailed { return "it did not fail" }
    var above: Int? = within
    while let place = above {
      if sketch.spans[place].isFailed { return "\(name(place)) failed" }
      above = path.parent(place)
    }
    if !insight.message.isEmpty, insight.message != sketch.spans[row].statusMessage { return "it said \(sketch.spans[row].statusMessage)" }
    guard let follower = insight.calls.dropFirst().first else { return nil }
    let failures = alike(row).filter { sketch.spans[$0].isFailed }
    for failure in failures {
      let next = path.children[path.parent(failure)!].filter { path.start($0) >= path.end(failure) }.min { path.start($0) < path.start($1) }
      if next.map({ name($0) }) != name(span(follower.row)) { return "another call follows" }
    }
    return follower.count == failures.count ? nil : "\(failures.count) failures, told \(follower.count)"
  }
}
