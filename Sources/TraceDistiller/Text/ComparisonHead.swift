// The first lines of a comparison: whether the sides can be compared at all, which they are, and how the whole changed.

struct ComparisonHead {
  private(set) var lines: [String] = []
  /// Roots were left out.
  private(set) var isCut = false

  /// - Parameter budget: The room for the lines. Ids and names are cut until the lines fit.
  init(_ comparison: TraceComparison, _ language: SummaryLanguage, budget: Int, maxChars: Int) {
    var width = max(40, min(200, maxChars / 16))
    var roots = max(1, min(16, maxChars / 600))
    make(comparison, language, width, roots, isBrief: false, hasRoom: maxChars >= 1_000)
    while ComparisonText.cost(lines) > budget, width > 4 || roots > 1 {
      if width > 4 { width = max(4, width * 3 / 4) } else { roots = max(1, roots / 2) }
      // If even the shortest names do not help, details that other answers contain are left out.
      make(comparison, language, width, roots, isBrief: width <= 8, hasRoom: maxChars >= 1_000)
    }
  }

  private mutating func make(
    _ comparison: TraceComparison, _ language: SummaryLanguage, _ width: Int, _ roots: Int, isBrief: Bool, hasRoom: Bool
  ) {
    isCut = false
    lines = [verdict(comparison, language, isBrief: isBrief || !hasRoom, width)] + (isBrief ? [] : [language.compared])
    if !comparison.diagnostics.isEmpty {
      let told = comparison.diagnostics.map { ComparisonHead.diagnostic($0, language, width, isBrief) }
      lines.append(language.notComparable + told.joined(separator: "; "))
    }
    lines.append(language.baseWord + ComparisonHead.side(comparison.base, comparison, language, width))
    lines.append(language.targetWord + ComparisonHead.side(comparison.target, comparison, language, width))
    let isPair = ComparisonHead.isTrace(comparison.base) && ComparisonHead.isTrace(comparison.target)
    if isPair {
      // The first line already says how the two differ.
    } else {
      if !isBrief { lines.append(language.meansPerTrace) }
      for root in comparison.roots.prefix(roots) { lines.append(ComparisonHead.line(root, language, width)) }
      if comparison.roots.count > roots {
        isCut = true
        lines.append(language.moreRoots(comparison.roots.count - roots))
      }
    }
    if !comparison.isIdentical {
      // All kinds are named here, even if there is no room for any of their lines.
      if comparison.changeCount > 0 { lines.append(ComparisonHead.counts(comparison, language, isBrief)) }
      if hasRoom, !isBrief, let line = services(comparison, language) { lines.append(line) }
      // With a small bound a change is more important.
      if comparison.steadyPaths > 0, comparison.changeCount == 0 || hasRoom {
        lines.append(language.steady(comparison.steadyPaths, nanos: comparison.steadyNanos, comparison.tolerance))
      }
      if comparison.noisePaths > 0, comparison.changeCount == 0 || hasRoom {
        lines.append(language.noise(comparison.noisePaths, nanos: comparison.noiseNanos))
      }
    }
  }

  /// `Slower by 49.00 ms (+119.5 %), 1 newly failing; most of it: checkout › charge_card +25.00 ms`
  private func verdict(_ comparison: TraceComparison, _ language: SummaryLanguage, isBrief: Bool, _ width: Int) -> String {
    if comparison.isIdentical { return language.identical }
    let common = comparison.roots.filter { $0.base != nil && $0.target != nil }
    if case .differentRoots? = comparison.diagnostics.first { return language.notComparable + language.differentRootsBriefly }
    guard let root = common.first, let base = root.base else {
      return comparison.changeCount == 0 ? language.noChange : ComparisonHead.counts(comparison, language, isBrief)
    }
    let told = language.verdict(root.deltaNanos, percent: ComparisonText.percent(root.deltaNanos, of: base.nanos))
    var line = told
    // Of several operations, the one with the largest change.
    if comparison.roots.count > 1 { line += language.ofRoot + ComparisonText.name(root.name, language, limit: min(width, 60)) }
    let failing = comparison.failures.reduce(0) { $0 + ($1.failure == .newlyFailing ? 1 : 0) }
    if failing > 0 { line += ", \(DurationText.count(failing)) \(language.word(PathChange.Failure.newlyFailing))" }
    guard comparison.changeCount > 0 else { return "\(line); \(language.noChange)" }
    // The largest change in the same direction as the total, in this operation.
    let largest = comparison.ranked.first {
      comparison.paths.name(of: comparison.paths.root(of: $0.path)) == root.name && $0.contributionNanos != 0
        && ($0.contributionNanos > 0) == (root.deltaNanos > 0)
    }
    guard !isBrief, root.deltaNanos != 0, let largest else { return line }
    let writer = ChangeLine(comparison: comparison, language: language)
    // Of several services, the one with the largest part, and its part.
    let service =
      comparison.hasSeveralServices && comparison.roots.count == 1
      ? comparison.serviceTotals.first { ($0.nanos > 0) == (root.deltaNanos > 0) } : nil
    if let service, !service.service.isEmpty {
      let what = service.callee.isEmpty ? language.selfTime : language.waitingOutside
      let (name, time) = (ComparisonText.serviceName(service.service, service.callee, language), ComparisonText.signed(service.nanos))
      let own = comparison.ranked.first {
        comparison.paths.service(of: $0.path) == service.service && comparison.paths.callee(of: $0.path) == service.callee
          && ($0.contributionNanos > 0) == (root.deltaNanos > 0) && $0.contributionNanos != 0
      }
      let path = own.map { " (\(ComparisonText.name(comparison.paths.name(of: $0.path), language, limit: 60)))" } ?? ""
      return "\(line); \(language.mostOfIt)\(name), \(what), \(time)\(path)"
    }
    return "\(line); \(language.mostOfIt)\(writer.path(largest.path)) \(ComparisonText.signed(largest.contributionNanos))"
  }

  /// `By service: cart +40.00 ms, shop → cart +12.00 ms, others -1.00 ms`; only if there are several.
  private func services(_ comparison: TraceComparison, _ language: SummaryLanguage) -> String? {
    let totals = comparison.serviceTotals
    guard Set(totals.map(\.service)).count > 1 else { return nil }
    var told = totals.prefix(ComparisonHead.mostServices).map { total in
      "\(ComparisonText.serviceName(total.service, total.callee, language)) \(ComparisonText.signed(total.nanos))"
    }
    let rest = totals.dropFirst(ComparisonHead.mostServices)
    if !rest.isEmpty { told.append("\(language.others) \(ComparisonText.signed(rest.reduce(0) { $0.addingSaturated($1.nanos) }))") }
    return language.byService + told.joined(separator: ", ")
  }

  private static let mostServices = 5

  /// `Changes: 2 slower, 1 added, 1 newly failing`
  private static func counts(_ comparison: TraceComparison, _ language: SummaryLanguage, _ isBrief: Bool) -> String {
    if isBrief {
      let failing = comparison.failures.reduce(0) { $0 + ($1.failure == .newlyFailing ? 1 : 0) }
      return language.changesBriefly(comparison.changeCount, newlyFailing: failing)
    }
    let counted =
      comparison.kindCounts.map { (word: language.word($0.kind), count: $0.count) }
      + comparison.failureCounts.map { (word: language.word($0.failure), count: $0.count) }
      + comparison.warningCounts.map { (word: language.word($0.kind), count: $0.count) }
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
      // If there is no room, the lines of the two sides give their names.
      if isBrief { return language.differentRootsBriefly }
      return language.differentRoots(
        ComparisonText.name(base, language, limit: width), ComparisonText.name(target, language, limit: width))
    case .noCommonRoot: return language.noCommonRoot
    case .notComplete(let isBase, let reasons):
      // The answer's members also give the reasons.
      let kept = isBrief ? [] : reasons
      return language.sideNotComplete(isBase: isBase, kept)
    }
  }
}

extension ComparisonText {
  /// ` · shop` or ` · shop → cart`; empty if the traces have only one service.
  static func services(_ service: String, _ callee: String, _ comparison: TraceComparison) -> String {
    guard !callee.isEmpty || comparison.hasSeveralServices, !service.isEmpty else { return "" }
    return " · \(serviceName(service, callee, .english))"
  }

  static func serviceName(_ service: String, _ callee: String, _ language: SummaryLanguage) -> String {
    func field(_ text: String) -> String {
      text.unicodeScalars.contains("→") ? VisibleText.quoted(text, limit: 40) : name(text, language, limit: 40)
    }
    return callee.isEmpty ? field(service) : "\(field(service)) → \(field(callee))"
  }

  static func name(_ name: String, _ language: SummaryLanguage, limit: Int) -> String {
    name.isEmpty ? language.unnamed : FieldText.name.make(name, limit: limit)
  }
}
