// One side of a comparison or an explanation: one trace by any of its names, all completed traces of a run or a filter, or traces similar
// to another.

import JSON
import JSONRPC
import TraceDistiller

enum ComparisonOperand: Sendable {
  case trace(String)
  case run(String)
  case filter(TraceFilter)
  /// Traces with the same root as another trace.
  case like

  init(_ value: JSONValue, parameter: String) throws(ResponseError) {
    switch value {
    case .string(let name) where name.utf8.starts(with: "run:".utf8): self = .run(String(name.utf8.dropFirst(4)) ?? name)
    case .string("like") where parameter == "base": self = .like
    case .string(let name): self = .trace(name)
    case .object(let object):
      if object.keys.elementsEqual(["run"]) {
        guard let run = object["run"]?.string else { throw Self.wrong(parameter, value) }
        self = .run(run)
        return
      }
      for key in object.keys where !TraceFilter.keys.contains(key) { throw .unknownKey(key, in: parameter, known: TraceFilter.keys) }
      self = .filter(try TraceFilter(value))
    default: throw Self.wrong(parameter, value)
    }
  }

  private static func wrong(_ parameter: String, _ found: JSONValue) -> ResponseError {
    let expected = #"the name of a trace, "like", a filter, or {"run": "the id of a run"}"#
    return .invalidParams(
      "\(parameter) must be \(expected), not \(ParameterReader.quote(found))",
      data: ["parameter": .string(parameter), "expected": .string(expected)])
  }

  /// The traces of this operand; every error names the next step.
  /// - Parameter other: The name of the trace to which `like` refers.
  func traces(in context: RequestContext, like other: String) async throws(ResponseError) -> ComparedTraces {
    switch self {
    case .trace(let name): return .one(try await context.snapshot(name))
    case .like: return .like(try await LikeCandidates.find(try await context.analysis(other).trace, in: context))
    case .filter(let filter):
      let found = try await context.select(filter.query)
      let lines = try await context.lines(of: Array(found.traces.prefix(LikeCandidates.mostOfFilter)))
      let complete = lines.filter(\.isComplete)
      if complete.isEmpty { throw .nothingToCompare(matching: found.traces.count, kept: found.kept.kept) }
      return .filter(complete, leftOut: found.traces.count - complete.count)
    case .run(let wanted):
      let all = Array(try await context.allLines().reversed())
      let run = try Self.run(wanted, among: all)
      let ofRun = all.filter { $0.runs.contains { $0.utf8.elementsEqual(run.utf8) } }
      let complete = ofRun.filter(\.isComplete)
      if complete.isEmpty { throw .runNotFound(run, near: Self.others(run, all), known: ofRun.count) }
      return .run(run, complete, leftOut: ofRun.count - complete.count)
    }
  }

  /// All traces of a run, complete or not, by the order of their first records.
  static func serials(ofRun wanted: String, in context: RequestContext) async throws(ResponseError) -> Set<Int> {
    let all = Array(try await context.allLines().reversed())
    let run = try Self.run(wanted, among: all)
    return Set(all.filter { $0.runs.contains { $0.utf8.elementsEqual(run.utf8) } }.map(\.serial))
  }

  /// The run with that id, or the only run whose id contains the text in any case.
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
  case filter([TraceOverview], leftOut: Int)
  /// Candidates: their similarity is known only after reading them.
  case like([TraceOverview])

  var subject: ComparisonSide.Subject {
    switch self {
    case .one: .trace
    case .run(let name, _, let leftOut): .run(name, leftOut: leftOut)
    case .filter(_, let leftOut): .filter(leftOut: leftOut)
    case .like(let lines): .like(of: lines.count)
    }
  }

  /// A key for the traces in their current state: a cached answer is valid while this key does not change.
  var identity: String {
    func identity(_ lines: [TraceOverview]) -> String { lines.map { "\($0.serial).\($0.revision)" }.joined(separator: " ") }
    switch self {
    case .one(let snapshot): return "one \(snapshot.serial).\(snapshot.revision)"
    case .run(let name, let lines, _): return "run \(name) \(identity(lines))"
    case .filter(let lines, _): return "filter \(identity(lines))"
    case .like(let lines): return "like \(identity(lines))"
    }
  }

  /// The base's description in an explanation.
  /// - Parameter count: The number of traces that could be read.
  func explained(_ count: Int) -> ExplainBase {
    switch self {
    case .one(let snapshot): .trace(handle: snapshot.handle, id: snapshot.traceID)
    case .run(let name, _, _): .run(name, count: count)
    case .filter: .filter(count: count)
    case .like(let lines): .like(count: count, looked: lines.count)
    }
  }

  /// Visits one trace at a time: each is copied under the lock and distilled outside of it. Traces that were removed meanwhile are skipped.
  func forEach(in context: RequestContext, _ body: (DistilledTrace) -> Void) async throws(ResponseError) {
    switch self {
    case .one(let snapshot): body(DistilledTrace(snapshot))
    case .run(_, let traces, _), .filter(let traces, _), .like(let traces):
      for trace in traces {
        if Task.isCancelled { return }
        if let snapshot = try await context.snapshot(of: RankedTrace(trace)) { body(DistilledTrace(snapshot)) }
      }
    }
  }
}
