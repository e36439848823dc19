// What a comparison may be given: one trace by any of its names, or all completed traces of a run.

import JSON
import JSONRPC
import TraceDistiller

enum ComparisonOperand: Sendable {
  case trace(String)
  case run(String)

  init(_ value: JSONValue, parameter: String) throws(ResponseError) {
    switch value {
    case .string(let name) where name.utf8.starts(with: "run:".utf8): self = .run(String(name.utf8.dropFirst(4)) ?? name)
    case .string("like"): throw Self.notYet(parameter, "like traces as a base")
    case .string(let name): self = .trace(name)
    case .object(let object):
      for key in object.keys where key != "run" {
        if TraceFilter.keys.contains(key) { throw Self.notYet(parameter, "a filter with \(key)") }
        throw .unknownKey(key, in: parameter, known: ["run"])
      }
      guard let run = object["run"]?.string else { throw Self.wrong(parameter, value) }
      self = .run(run)
    default: throw Self.wrong(parameter, value)
    }
  }

  private static func notYet(_ parameter: String, _ what: String) -> ResponseError {
    .invalidParams(
      "\(parameter): \(what) is not available yet; give a trace, or run:ID for all completed traces of one run",
      data: ["parameter": .string(parameter), "expected": "a trace or run:ID"])
  }

  private static func wrong(_ parameter: String, _ found: JSONValue) -> ResponseError {
    let expected = #"the name of a trace, or {"run": "the id of a run"}"#
    return .invalidParams(
      "\(parameter) must be \(expected), not \(ParameterReader.quote(found))",
      data: ["parameter": .string(parameter), "expected": .string(expected)])
  }

  /// What the name leads to; every failure tells the next step.
  func traces(in context: RequestContext) async throws(ResponseError) -> ComparedTraces {
    switch self {
    case .trace(let name): return .one(try await context.snapshot(name))
    case .run(let wanted):
      let all = Array(try await context.allLines().reversed())
      let run = try Self.run(wanted, among: all)
      let ofRun = all.filter { $0.runs.contains { $0.utf8.elementsEqual(run.utf8) } }
      let complete = ofRun.filter(\.isComplete)
      if complete.isEmpty { throw .runNotFound(run, near: Self.others(run, all), known: ofRun.count) }
      return .run(run, complete, leftOut: ofRun.count - complete.count)
    }
  }

  /// The run of that id, or the only one that has the text in its id, whatever its case.
  private static func run(_ wanted: String, among all: [TraceOverview]) throws(ResponseError) -> String {
    let names = self.names(all)
    if let exact = names.first(where: { $0.utf8.elementsEqual(wanted.utf8) }) { return exact }
    let part = wanted.lowercased()
    let matching = part.isEmpty ? [] : names.filter { $0.lowercased().contains(part) }
    if matching.count == 1 { return matching[0] }
    if matching.count > 1 { throw .ambiguousRun(wanted, candidates: Array(matching.prefix(8))) }
    throw .runNotFound(wanted, near: others(wanted, all), known: 0)
  }

  /// Every run once, the newest first.
  private static func names(_ all: [TraceOverview]) -> [String] {
    var names: [String] = []
    var known: Set<String> = []
    for trace in all.reversed() { for run in trace.runs where known.insert(run).inserted { names.append(run) } }
    return names
  }

  private static func others(_ run: String, _ all: [TraceOverview]) -> [String] {
    nearest(run, among: names(all).filter { $0 != run }, limit: 5)
  }
}

/// The traces of one side.
enum ComparedTraces {
  case one(TraceSnapshot)
  case run(String, [TraceOverview], leftOut: Int)

  var subject: ComparisonSide.Subject {
    switch self {
    case .one: .trace
    case .run(let name, _, let leftOut): .run(name, leftOut: leftOut)
    }
  }

  /// One trace at a time, each copied under the lock and distilled outside of it. Traces that went meanwhile are passed over.
  func forEach(in context: RequestContext, _ body: (DistilledTrace) -> Void) async throws(ResponseError) {
    switch self {
    case .one(let snapshot): body(DistilledTrace(snapshot))
    case .run(_, let traces, _):
      for trace in traces {
        if Task.isCancelled { return }
        if let snapshot = try await context.snapshot(of: RankedTrace(trace)) { body(DistilledTrace(snapshot)) }
      }
    }
  }
}
