// What a comparison or an explanation may be given: one trace by any of its names, all completed traces of a run or of a filter, or those like another.

import JSON
import JSONRPC
import TraceDistiller

enum ComparisonOperand: Sendable {
  case trace(String)
  case run(String)
  case filter(TraceFilter)
  /// Traces that have the root of another.
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

  /// What the name leads to; every failure names the next step.
  /// - Parameter other: The trace that like ones are like, by its name.
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
  case filter([TraceOverview], leftOut: Int)
  /// Candidates: which of them are like it is known once they are read.
  case like([TraceOverview])

  var subject: ComparisonSide.Subject {
    switch self {
    case .one: .trace
    case .run(let name, _, let leftOut): .run(name, leftOut: leftOut)
    case .filter(_, let leftOut): .filter(leftOut: leftOut)
    case .like(let lines): .like(of: lines.count)
    }
  }

  /// Which traces it is, as they are now: an answer against them holds as long as this does.
  var identity: String {
    func identity(_ lines: [TraceOverview]) -> String { lines.map { "\($0.serial).\($0.revision)" }.joined(separator: " ") }
    switch self {
    case .one(let snapshot): return "one \(snapshot.serial).\(snapshot.revision)"
    case .run(let name, let lines, _): return "run \(name) \(identity(lines))"
    case .filter(let lines, _): return "filter \(identity(lines))"
    case .like(let lines): return "like \(identity(lines))"
    }
  }

  /// What an explanation calls it.
  /// - Parameter count: Traces that could be read.
  func explained(_ count: Int) -> ExplainBase {
    switch self {
    case .one(let snapshot): .trace(handle: snapshot.handle, id: snapshot.traceID)
    case .run(let name, _, _): .run(name, count: count)
    case .filter: .filter(count: count)
    case .like(let lines): .like(count: count, looked: lines.count)
    }
  }

  /// One trace at a time, each copied under the lock and distilled outside of it. Traces that went meanwhile are passed over.
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
