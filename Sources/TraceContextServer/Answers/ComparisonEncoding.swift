// Encodes a comparison as an answer: its text, or its facts as JSON, within the same bound.

import JSON
import JSONRPC
import TraceDistiller

enum ComparisonEncoding {
  static func text(_ comparison: TraceComparison, _ made: ComparisonText) -> JSONAnswer {
    var object = JSONObject()
    object["shownChanges"] = .integer(made.shown)
    object["totalChanges"] = .integer(comparison.changeCount)
    object["truncated"] = .bool(made.isTruncated)
    return JSONAnswer(sides(comparison), text: made.text, object, isCut: made.isTruncated)
  }

  static func make(_ comparison: TraceComparison, maxChars: Int) throws(ResponseError) -> JSONAnswer {
    // Neither the totals by service nor a run's many roots may take the room of the first change.
    if let answer = try? make(comparison, maxChars: maxChars, forRoots: maxChars / 4, hasServices: maxChars >= 2_000) { return answer }
    if let answer = try? make(comparison, maxChars: maxChars, forRoots: maxChars / 4, hasServices: false) { return answer }
    return try make(comparison, maxChars: maxChars, forRoots: 0, hasServices: false)
  }

  private static func make(_ comparison: TraceComparison, maxChars: Int, forRoots room: Int, hasServices: Bool) throws(ResponseError)
    -> JSONAnswer
  {
    let changes = comparison.all
    var head = sides(comparison)
    let diagnostics = comparison.diagnostics.map { diagnostic($0) }
    if !diagnostics.isEmpty { head["notComparable"] = .array(diagnostics) }
    head["identical"] = .bool(comparison.isIdentical)
    head["tolerance"] = [
      "percent": .number(comparison.tolerance.percent), "ms": TraceShape.millis(comparison.tolerance.nanos),
    ]
    let services = comparison.serviceTotals
    if hasServices, Set(services.map(\.service)).count > 1 {
      head["services"] = .array(
        services.prefix(8).map { total in
          var object: JSONObject = ["service": .string(JSONLength.cut(total.service, to: 60))]
          if !total.callee.isEmpty { object["callee"] = .string(JSONLength.cut(total.callee, to: 60)) }
          object["contributionMs"] = TraceShape.millis(total.nanos)
          return .object(object)
        })
    }
    let roots = BoundedList(total: comparison.roots.count, limit: 16, budget: room) { root(comparison.roots[$0]) }
    head["roots"] = .array(roots.entries)
    if roots.isCut { head["rootsTotal"] = .integer(roots.total) }
    head["counts"] = counts(comparison)
    head["withinTolerance"] = ["paths": .integer(comparison.steadyPaths), "contributionMs": TraceShape.millis(comparison.steadyNanos)]
    if comparison.noisePaths > 0 {
      head["withinSpread"] = ["paths": .integer(comparison.noisePaths), "contributionMs": TraceShape.millis(comparison.noiseNanos)]
    }
    let warnings = BoundedList(total: comparison.warnings.count, limit: 16, budget: room) { warning(comparison.warnings[$0]) }
    if !comparison.warnings.isEmpty {
      head["warnings"] = .array(warnings.entries)
      if warnings.isCut { head["warningsTotal"] = .integer(warnings.total) }
    }
    let frame = head
    return try BoundedList.answer(total: changes.count, from: 0, limit: .max, maxChars: maxChars) {
      change(changes[$0], comparison)
    } around: { page in
      var object = frame
      object["changes"] = .array(page.entries)
      object["total"] = .integer(page.total)
      let isCut = page.isShortened || roots.isShortened || warnings.isShortened
      object["truncated"] = .bool(isCut)
      return JSONAnswer(object, isCut: isCut)
    }
  }

  private static func sides(_ comparison: TraceComparison) -> JSONObject {
    ["base": side(comparison.base), "target": side(comparison.target), "comparable": .bool(comparison.diagnostics.isEmpty)]
  }

  private static func side(_ side: ComparisonSide) -> JSONValue {
    switch side.subject {
    case .trace: return side.traces.first.map { .object(TraceShape.head($0)) } ?? .null
    case .run(let run, let leftOut):
      return ["run": .string(run), "traces": .integer(side.traces.count), "leftOut": .integer(leftOut)]
    case .filter(let leftOut): return ["filter": true, "traces": .integer(side.traces.count), "leftOut": .integer(leftOut)]
    case .like(let looked): return ["like": true, "traces": .integer(side.traces.count), "looked": .integer(looked)]
    }
  }

  private static func diagnostic(_ diagnostic: TraceComparison.Diagnostic) -> JSONValue {
    switch diagnostic {
    case .differentRoots(let base, let target):
      [
        "why": "differentRoots", "base": .string(JSONLength.cut(base, to: 100)), "target": .string(JSONLength.cut(target, to: 100)),
      ]
    case .noCommonRoot: ["why": "noCommonRoot"]
    case .notComplete(let isBase, let reasons):
      ["why": "notComplete", "side": isBase ? "base" : "target", "reasons": .array(reasons.map { .string($0) })]
    }
  }

  private static func root(_ root: TraceComparison.Root) -> JSONValue {
    func figures(_ figures: TraceComparison.RootFigures?) -> JSONValue {
      figures.map { ["traces": .integer($0.traces), "durationMs": TraceShape.millis($0.nanos)] } ?? .null
    }
    var object: JSONObject = ["name": .string(root.name), "base": figures(root.base), "target": figures(root.target)]
    if root.base != nil, root.target != nil { object["deltaMs"] = TraceShape.millis(root.deltaNanos) }
    return .object(object)
  }

  private static func warning(_ warning: WarningChange) -> JSONValue {
    var object: JSONObject = ["change": .string(warning.kind.rawValue)]
    if !warning.service.isEmpty { object["service"] = .string(warning.service) }
    object["operation"] = .string(warning.operation)
    object["message"] = .string(warning.message)
    object["base"] = .integer(warning.base)
    object["target"] = .integer(warning.target)
    return .object(object)
  }

  /// The number of changes of each kind, including those that do not fit.
  private static func counts(_ comparison: TraceComparison) -> JSONValue {
    var object = JSONObject()
    for (kind, count) in comparison.kindCounts { object[kind.rawValue] = .integer(count) }
    for (failure, count) in comparison.failureCounts { object[failure.rawValue] = .integer(count) }
    return .object(object)
  }

  private static func change(_ change: PathChange, _ comparison: TraceComparison) -> JSONValue {
    var object = JSONObject()
    object.append("change", change.kind.map { .string($0.rawValue) })
    object.append("failure", change.failure.map { .string($0.rawValue) })
    object["contributionMs"] = TraceShape.millis(change.contributionNanos)
    object["selfDeltaMs"] = TraceShape.millis(change.selfDeltaNanos)
    object["path"] = .array(comparison.paths.names(to: change.path).compactMap { $0.map { .string($0) } })
    let (service, callee) = (comparison.paths.service(of: change.path), comparison.paths.callee(of: change.path))
    if !service.isEmpty { object["service"] = .string(service) }
    if !callee.isEmpty { object["callee"] = .string(callee) }
    object["pathLength"] = .integer(comparison.paths.length(of: change.path))
    if change.spansBelow > 0 { object["spansBelow"] = .integer(change.spansBelow) }
    object["base"] = figures(change.base, change.path, comparison, comparison.base)
    object["target"] = figures(change.target, change.path, comparison, comparison.target)
    return .object(object)
  }

  private static func figures(_ figures: PathFigures?, _ path: Int, _ comparison: TraceComparison, _ side: ComparisonSide) -> JSONValue {
    guard let figures else { return .null }
    func count(_ total: Int) -> JSONValue {
      total % max(1, figures.traces) == 0 ? .integer(total / max(1, figures.traces)) : .number(figures.perTrace(total))
    }
    var object: JSONObject = [
      "calls": count(figures.calls), "failed": count(figures.failed), "durationMs": TraceShape.millis(figures.durationNanos),
      "selfMs": TraceShape.millis(figures.selfNanos), "criticalMs": TraceShape.millis(figures.criticalNanos),
    ]
    let sums = comparison.sums(path, side)
    object.append("slowest", sums.slowest.map { example($0, side) })
    if let failure = sums.failure {
      object["failing"] = example(failure, side)
      let message = side.message(failure)
      if !message.isEmpty { object["message"] = .string(message) }
    }
    return .object(object)
  }

  private static func example(_ example: PathSums.Example, _ side: ComparisonSide) -> JSONValue {
    [
      "handle": .string(side.traces[example.trace].handle), "spanId": .string(side.spanID(example)),
      "durationMs": TraceShape.millis(example.nanos),
    ]
  }
}
