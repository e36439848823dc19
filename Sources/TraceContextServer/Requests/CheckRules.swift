// What a check may be given: rules as texts, and what the traces are held against.

import JSON
import JSONRPC
import TraceDistiller

enum CheckRules {
  /// A list of rules, or one text with a rule on each line; nil where none is given.
  static func read(_ value: JSONValue?) throws(ResponseError) -> [CheckRule]? {
    guard let value else { return nil }
    var texts: [String] = []
    switch value {
    case .string(let text): texts = lines(text)
    case .array(let elements):
      for element in elements {
        guard let text = element.string else { throw wrong(value) }
        texts.append(text)
      }
    default: throw wrong(value)
    }
    guard texts.count <= CheckRule.mostRules else {
      throw .invalidParams(
        "rules are \(texts.count), at most \(CheckRule.mostRules) are checked at once", data: ["parameter": "rules"])
    }
    guard !texts.isEmpty else { return nil }
    var rules: [CheckRule] = []
    for text in texts {
      do throws(RuleError) { rules.append(try CheckRule(parsing: text)) } catch {
        throw .invalidParams(
          "rule \(error.description)", data: ["parameter": "rules", "expected": .string(error.expected)])
      }
    }
    return rules
  }

  /// A rule a line; what begins with # is no rule.
  static func lines(_ text: String) -> [String] {
    text.utf8.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).map { String(decoding: Array($0), as: UTF8.self) }
      .map { line in String(line.drop { $0 == " " || $0 == "\t" }) }.filter { !$0.isEmpty && $0.utf8.first != UInt8(ascii: "#") }
  }

  private static func wrong(_ found: JSONValue) -> ResponseError {
    .invalidParams(
      "rules must be a list of texts, or one text with a rule on each line, not \(ParameterReader.quote(found))",
      data: ["parameter": "rules", "expected": "a list of texts"])
  }
}

/// The base of a check.
enum CheckBase: Sendable {
  case baseline(CheckBaseline)
  case traces(ComparisonOperand)

  init(_ value: JSONValue) throws(ResponseError) {
    guard CheckBaseline.isMeant(by: value) else {
      switch try ComparisonOperand(value, parameter: "base") {
      case .like:
        throw .invalidParams(
          "base of a check is run:ID, a filter or a baseline: traces like many others are not one base", data: ["parameter": "base"])
      case let operand: self = .traces(operand)
      }
      return
    }
    do throws(BaselineError) { self = .baseline(try CheckBaseline(value)) } catch {
      throw .invalidParams("base: \(error.description)", data: ["parameter": "base", "expected": "a baseline"])
    }
  }

  /// What an answer says of it.
  struct Report: Sendable {
    var kind: String
    var run: String?
    var traces: Int
    var roots: Int
    /// Traces that are not complete.
    var leftOut = 0
    var madeBy: String?
  }

  struct Read: Sendable {
    var baseline: CheckBaseline
    var report: Report
    /// Traces that are the base: they are not checked as well.
    var serials: Set<Int> = []
  }

  func read(in context: RequestContext) async throws(ResponseError) -> Read {
    switch self {
    case .baseline(let baseline):
      return Read(
        baseline: baseline,
        report: Report(kind: "baseline", traces: baseline.traceCount, roots: baseline.roots.count, madeBy: baseline.madeBy))
    case .traces(let operand):
      let traces = try await operand.traces(in: context, like: "latest")
      var builder = BaselineBuilder()
      try await traces.forEach(in: context) { builder.add($0) }
      // What was gathered by then would count as the whole.
      if Task.isCancelled { throw .requestCancelled() }
      let baseline = builder.baseline(madeBy: "trace-distiller \(ServerVersion.text)")
      var report = Report(kind: "trace", traces: baseline.traceCount, roots: baseline.roots.count)
      switch traces {
      case .one(let snapshot): return Read(baseline: baseline, report: report, serials: [snapshot.serial])
      case .run(let name, let lines, let leftOut):
        (report.kind, report.run, report.leftOut) = ("run", name, leftOut)
        return Read(baseline: baseline, report: report, serials: Set(lines.map(\.serial)))
      case .filter(let lines, let leftOut):
        (report.kind, report.leftOut) = ("filter", leftOut)
        return Read(baseline: baseline, report: report, serials: Set(lines.map(\.serial)))
      // No check is given those.
      case .like: return Read(baseline: baseline, report: report)
      }
    }
  }

  /// Of all complete traces that match, one at a time; and how many others match.
  static func make(_ filter: TraceFilter, run: String?, in context: RequestContext) async throws(ResponseError) -> (
    baseline: CheckBaseline, leftOut: Int
  ) {
    var traces = try await context.select(filter.query).traces
    if let run {
      let ofRun = try await ComparisonOperand.serials(ofRun: run, in: context)
      traces.removeAll { !ofRun.contains($0.place.serial) }
    }
    var builder = BaselineBuilder()
    var leftOut = 0
    for trace in traces {
      guard let snapshot = try await context.snapshot(of: trace) else { continue }
      guard snapshot.isComplete else {
        leftOut += 1
        continue
      }
      builder.add(DistilledTrace(snapshot))
    }
    return (builder.baseline(madeBy: "trace-distiller \(ServerVersion.text)"), leftOut)
  }
}
