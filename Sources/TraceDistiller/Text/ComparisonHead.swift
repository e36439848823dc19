// The first lines of a comparison: whether the two can be compared at all, which they are, and how the whole changed.

struct ComparisonHead {
  private(set) var lines: [String] = []
  /// Roots were left out.
  private(set) var isCut = false

  /// - Parameter budget: What the lines may take. Ids and names are cut until they do.
  init(_ comparison: TraceComparison, _ language: SummaryLanguage, budget: Int, maxChars: Int) {
    var width = max(40, min(200, maxChars / 16))
    var roots = max(1, min(16, maxChars / 600))
    make(comparison, language, width, roots, isBrief: false, hasRoom: maxChars >= 1_000)
    while ComparisonText.cost(lines) > budget, width > 4 || roots > 1 {
      if width > 4 { width = max(4, width * 3 / 4) } else { roots = max(1, roots / 2) }
      // Where even the shortest names do not help, details go that other answers hold.
      make(comparison, language, width, roots, isBrief: width <= 8, hasRoom: maxChars >= 1_000)
    }
  }

  private mutating func make(
    _ comparison: TraceComparison, _ language: SummaryLanguage, _ width: Int, _ roots: Int, isBrief: Bool, hasRoom: Bool
  ) {
    isCut = false
    lines = [language.compared]
    if !comparison.diagnostics.isEmpty {
      let told = comparison.diagnostics.map { ComparisonHead.diagnostic($0, language, width, isBrief) }
      lines.append(language.notComparable + told.joined(separator: "; "))
    }
    lines.append(language.baseWord + ComparisonHead.side(comparison.base, comparison, language, width))
    lines.append(language.targetWord + ComparisonHead.side(comparison.target, comparison, language, width))
    let isPair = ComparisonHead.isTrace(comparison.base) && ComparisonHead.isTrace(comparison.target)
    if isPair {
      // Of two different roots, the difference of durations says nothing.
      if let root = comparison.roots.first, let base = root.base, root.target != nil {
        lines.append(language.changeWord + ComparisonHead.delta(root, base))
      }
    } else {
      if !isBrief { lines.append(language.meansPerTrace) }
      for root in comparison.roots.prefix(roots) { lines.append(ComparisonHead.line(root, language, width)) }
      if comparison.roots.count > roots {
        isCut = true
        lines.append(language.moreRoots(comparison.roots.count - roots))
      }
    }
    if comparison.isIdentical {
      lines.append(language.identical)
    } else {
      // Every sort is named here, also where there is room for none of its lines.
      lines.append(comparison.changeCount == 0 ? language.noChange : ComparisonHead.counts(comparison, language, isBrief))
      // Under a small bound a change is worth more.
      if comparison.steadyPaths > 0, comparison.changeCount == 0 || hasRoom {
        lines.append(language.steady(comparison.steadyPaths, nanos: comparison.steadyNanos, comparison.tolerance))
      }
    }
  }

  /// `Changes: 2 slower, 1 added, 1 newly failing`
  private static func counts(_ comparison: TraceComparison, _ language: SummaryLanguage, _ isBrief: Bool) -> String {
    if isBrief {
      let failing = comparison.failures.reduce(0) { $0 + ($1.failure == .newlyFailing ? 1 : 0) }
      return language.changesBriefly(comparison.changeCount, newlyFailing: failing)
    }
    let counted =
      comparison.kindCounts.map { (word: language.word($0.kind), count: $0.count) }
      + comparison.failureCounts.map { (word: language.word($0.failure), count: $0.count) }
    return language.changesWord
      + counted.map { language == .english ? "\(DurationText.count($0.count)) \($0.word)" : "\($0.word) \(DurationText.count($0.count))" }
      .joined(separator: ", ")
  }

  private static func isTrace(_ side: ComparisonSide) -> Bool {
    if case .trace = side.subject { return true }
    return false
  }

  /// `t1 · trace_1 — checkout, 80.00 ms`
  private static func side(_ side: ComparisonSide, _ comparison: TraceComparison, _ language: SummaryLanguage, _ width: Int) -> String {
    switch side.subject {
    case .run(let name, let leftOut):
      return language.run(FieldText.name.make(name, limit: width), traces: side.traces.count, leftOut: leftOut)
    case .filter(let leftOut): return language.matching(traces: side.traces.count, leftOut: leftOut)
    case .like(let looked): return language.like(traces: side.traces.count, of: looked)
    case .trace:
      guard let trace = side.traces.first else { return "-" }
      let which = trace.namesakes.map { language.newest(of: $0) } ?? ""
      let id = "\(trace.handle) · \(FieldText.name.make(trace.traceID, limit: width))\(which)"
      guard let root = side.primaryRoots.first else { return "\(id) — \(language.noSpans)" }
      let name = ComparisonText.name(comparison.paths.name(of: root), language, limit: width)
      return "\(id) — \(name), \(DurationText.format(side.primaryNanos[root]))"
    }
  }

  private static func delta(_ root: TraceComparison.Root, _ base: TraceComparison.RootFigures) -> String {
    let percent = ComparisonText.percent(root.deltaNanos, of: base.nanos).map { " (\($0))" } ?? ""
    return ComparisonText.signed(root.deltaNanos) + percent
  }

  /// `POST /orders ×6 → ×8: 244.07 ms → 312.00 ms, +67.93 ms (+27.8 %)`
  private static func line(_ root: TraceComparison.Root, _ language: SummaryLanguage, _ width: Int) -> String {
    let name = ComparisonText.name(root.name, language, limit: width)
    func one(_ figures: TraceComparison.RootFigures, _ where: String) -> String {
      "\(name) ×\(DurationText.count(figures.traces)): \(DurationText.format(figures.nanos)), \(`where`)"
    }
    guard let base = root.base else { return root.target.map { one($0, language.onlyInTarget) } ?? name }
    guard let target = root.target else { return one(base, language.onlyInBase) }
    let times = "×\(DurationText.count(base.traces)) → ×\(DurationText.count(target.traces))"
    return "\(name) \(times): \(DurationText.format(base.nanos)) → \(DurationText.format(target.nanos)), \(delta(root, base))"
  }

  private static func diagnostic(_ diagnostic: TraceComparison.Diagnostic, _ language: SummaryLanguage, _ width: Int, _ isBrief: Bool)
    -> String
  {
    switch diagnostic {
    case .differentRoots(let base, let target):
      // Where there is no room, the lines of the two sides give their names.
      if isBrief { return language.differentRootsBriefly }
      return language.differentRoots(
        ComparisonText.name(base, language, limit: width), ComparisonText.name(target, language, limit: width))
    case .noCommonRoot: return language.noCommonRoot
    case .notComplete(let isBase, let reasons):
      // The answer's members give the reasons besides.
      let kept = isBrief ? [] : reasons
      return language.sideNotComplete(isBase: isBase, kept)
    }
  }
}

extension ComparisonText {
  static func name(_ name: String, _ language: SummaryLanguage, limit: Int) -> String {
    name.isEmpty ? language.unnamed : FieldText.name.make(name, limit: limit)
  }
}
