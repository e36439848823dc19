// The traces of a filter, each explained: which of them where they are many, and the like traces that those of one root share.

import JSONRPC
import TraceDistiller

enum ExplainedTraces {
  /// The maximum number of explained traces: those with errors, at most half of them, then the slowest.
  static let most = 200
  /// The maximum number of like traces for each.
  static let mostLike = 50
  /// The maximum number of spans that are looked at, of explained traces and of what they are held against: a second or two.
  static let mostSpans = 10_000_000
  /// The maximum of a base's spans that are kept at once.
  static let mostBaseSpans = 200_000

  struct Found {
    var groups: ExplanationGroups
    /// All traces that match.
    var matching: Int
    var kept: TraceListing
  }

  static func explain(
    _ filter: TraceFilter, against base: ComparisonOperand, _ language: SummaryLanguage, in context: RequestContext
  ) async throws(ResponseError) -> Found {
    let (lines, listing) = try await chosen(filter, in: context)
    var found = Found(groups: ExplanationGroups(language), matching: listing.matching, kept: listing)
    var spans = 0
    var pool = try await Pool(base, in: context)
    for line in lines {
      if Task.isCancelled { throw .requestCancelled() }
      guard !pool.isTheBase(line), let snapshot = try await context.snapshot(of: RankedTrace(line)) else { continue }
      let target = TraceAnalysis(DistilledTrace(snapshot))
      try await pool.prepare(for: target.trace, in: context)
      let cost = line.spanCount + pool.spans
      guard found.groups.traces == 0 || spans + cost <= mostSpans else { break }
      spans += cost
      found.groups.add(pool.explain(target))
    }
    return found
  }

  /// Those with errors first, since they are the most asked about; traces of one root follow each other, so that like traces are read once.
  private static func chosen(_ filter: TraceFilter, in context: RequestContext) async throws(ResponseError) -> (
    [TraceOverview], TraceListing
  ) {
    var query = TraceListQuery()
    query.filter = filter.query
    (query.sort, query.limit) = (.errors, most)
    let listing = try await context.list(query)
    let failing = listing.lines.filter { $0.errorCount > 0 }
    query.sort = .slowest
    let slowest = try await context.list(query).lines
    var lines: [TraceOverview] = []
    var known: Set<Int> = []
    for line in failing.prefix(most / 2) + slowest[...] + failing.dropFirst(most / 2) where lines.count < most {
      if known.insert(line.serial).inserted { lines.append(line) }
    }
    var ranks: [[UInt8]: Int] = [:]
    let keyed = lines.map { line in
      let key = Array((line.service ?? "").utf8) + [0xFF] + Array(line.rootName.utf8)
      let rank = ranks[key] ?? ranks.count
      ranks[key] = rank
      return (rank, line)
    }
    return (keyed.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element.1), listing)
  }

  /// What traces are held against, read once for all that it serves.
  private struct Pool {
    private let base: ComparedTraces?
    private var traces: [TraceAnalysis] = []
    private var root: (service: String, name: String)?
    private(set) var spans = 0

    init(_ base: ComparisonOperand, in context: RequestContext) async throws(ResponseError) {
      if case .like = base {
        self.base = nil
        return
      }
      let compared = try await base.traces(in: context, like: "latest")
      self.base = compared
      switch compared {
      case .one(let snapshot): add(snapshot)
      case .run(_, let lines, _), .filter(let lines, _), .like(let lines): try await add(lines, in: context)
      }
    }

    private mutating func add(_ snapshot: TraceSnapshot) {
      spans += snapshot.storage.spanCount
      traces.append(TraceAnalysis(DistilledTrace(snapshot)))
    }

    private mutating func add(_ lines: [TraceOverview], in context: RequestContext) async throws(ResponseError) {
      for line in lines {
        if Task.isCancelled { throw .requestCancelled() }
        guard traces.count < 5 || spans + line.spanCount <= mostBaseSpans, traces.count < LikeCandidates.most else { return }
        if let snapshot = try await context.snapshot(of: RankedTrace(line)) { add(snapshot) }
      }
    }

    /// One trace that the others are held against is not held against nothing.
    func isTheBase(_ line: TraceOverview) -> Bool {
      if case .one(let snapshot)? = base { snapshot.serial == line.serial } else { false }
    }

    /// Reads the like traces of a root that comes for the first time.
    mutating func prepare(for trace: DistilledTrace, in context: RequestContext) async throws(ResponseError) {
      guard base == nil else { return }
      let of = (service: trace.primaryRoot?.service ?? "", name: trace.primaryRoot?.name ?? "")
      if let root, root.service.utf8.elementsEqual(of.service.utf8), root.name.utf8.elementsEqual(of.name.utf8) { return }
      root = of
      (traces, spans) = ([], 0)
      guard trace.primaryRoot != nil else { return }
      // One more than is needed, since each explained trace may be one of them.
      let lines = try await LikeCandidates.find(root: of.name, service: of.service, besides: nil, most: mostLike + 1, in: context)
      try await add(lines, in: context)
    }

    func explain(_ target: TraceAnalysis) -> Explanation {
      var explainer = Explainer(target)
      for trace in traces where trace.trace.snapshot.serial != target.trace.snapshot.serial { explainer.add(trace) }
      guard let base else { return explainer.explanationAgainstLike() }
      return explainer.explanation(against: base.explained(explainer.count))
    }
  }
}
