// The sections of a comparison, each with the best entries first, within one bound: first one entry of each section, then more. Room that
// one section does not need goes to the others.

struct ComparisonSection {
  let heading: [String]
  let count: Int
  let line: (Int) -> String
  /// The sum of the contributions from this entry on; nil if it is not meaningful.
  let rest: (Int) -> Int64?
  let more: (Int, Int64?) -> String
  /// The part of the bound in the first round.
  let share: Int

  /// The chosen lines of one section.
  struct Chosen {
    var lines: [String] = []
    var shown = 0
  }

  /// - Parameter isBrief: Leaves out the line that explains the others.
  static func all(_ comparison: TraceComparison, _ language: SummaryLanguage, isBrief: Bool) -> [ComparisonSection] {
    let writer = ChangeLine(comparison: comparison, language: language)
    func section(_ heading: [String], _ changes: [PathChange], share: Int, _ line: @escaping (PathChange) -> String, hasSum: Bool = true)
      -> ComparisonSection
    {
      // Summed from the end once, because every cut needs the sum of the rest.
      var rests = [Int64](repeating: 0, count: changes.count + 1)
      for index in changes.indices.reversed() { rests[index] = rests[index + 1].addingSaturated(changes[index].contributionNanos) }
      return ComparisonSection(
        heading: ["", heading[0]] + heading.dropFirst(), count: changes.count, line: { line(changes[$0]) },
        rest: { [rests] in hasSum ? rests[$0] : nil }, more: { language.moreChanges($0, nanos: $1) }, share: share)
    }
    return [
      section([language.changedPaths] + (isBrief ? [] : [language.changedFormat]), comparison.ranked, share: 80) { writer.line($0) },
      section([language.changedFailures], comparison.failures, share: 20, { writer.failure($0) }, hasSum: false),
      ComparisonSection(
        heading: ["", language.changedWarnings], count: comparison.warnings.count, line: { writer.warning(comparison.warnings[$0]) },
        rest: { _ in nil }, more: { language.moreChanges($0, nanos: $1) }, share: 20),
    ]
  }

  /// As many lines of each section as fit, at least the first of each before more of any. If a section is cut, a line gives the number of
  /// the rest.
  static func fill(_ sections: [ComparisonSection], budget: Int) -> [Chosen] {
    var costs = sections.map { _ in 0 }
    var taken: [[String]] = sections.map { _ in [] }
    let wanted = sections.indices.filter { sections[$0].count > 0 }
    let shares = wanted.reduce(0) { $0 + sections[$1].share }
    func cost(_ index: Int, adding line: String) -> Int {
      let section = sections[index]
      let opening = taken[index].isEmpty ? ComparisonText.cost(section.heading) + reserve(section) : 0
      return opening + jsonLength(line) + 2
    }
    func extend(_ index: Int, within limit: Int, upTo most: Int = .max) {
      while taken[index].count < min(most, sections[index].count) {
        let line = sections[index].line(taken[index].count)
        let needed = cost(index, adding: line)
        guard costs[index] + needed <= limit, costs.reduce(0, +) + needed <= budget else { return }
        taken[index].append(line)
        costs[index] += needed
      }
    }
    for index in wanted { extend(index, within: budget, upTo: 1) }
    for index in wanted { extend(index, within: budget * sections[index].share / max(1, shares)) }
    for index in wanted { extend(index, within: budget) }
    return sections.indices.map { index in
      let (section, lines) = (sections[index], taken[index])
      guard !lines.isEmpty else { return Chosen() }
      let hidden = section.count - lines.count
      return Chosen(
        lines: section.heading + lines + (hidden > 0 ? [section.more(hidden, section.rest(lines.count))] : []), shown: lines.count)
    }
  }

  /// The room for the line about the rest, at its longest.
  private static func reserve(_ section: ComparisonSection) -> Int {
    section.count > 1 ? jsonLength(section.more(section.count, section.rest(0) == nil ? nil : -999_999_999_999_999)) + 2 : 0
  }
}

/// One change as a line.
struct ChangeLine {
  let comparison: TraceComparison
  let language: SummaryLanguage

  func line(_ change: PathChange) -> String { change.base == nil || change.target == nil ? addedOrRemoved(change) : self.change(change) }

  /// `+39.40 ms  slower  checkout › charge_card ×1 → ×2 (self 3.00 ms → 42.40 ms, critical 3.00 ms → 42.40 ms)`
  func change(_ change: PathChange) -> String {
    guard let base = change.base, let target = change.target, let kind = change.kind else { return "" }
    var parts = [
      pair(language.selfWord, base.selfNanos, target.selfNanos), pair(language.criticalWord, base.criticalNanos, target.criticalNanos),
    ]
    let isMany = base.calls != base.traces || target.calls != target.traces
    if isMany, kind == .slower || kind == .faster || kind == .moreCalls || kind == .fewerCalls {
      parts.insert(pair(language.perCall, perCall(base), perCall(target)), at: 0)
    }
    if base.failed > 0 || target.failed > 0 { parts.append("❌ \(counts(base, \.failed)) → \(counts(target, \.failed))") }
    return "\(opening(change, kind))\(calls(base, target)) (\(parts.joined(separator: ", ")))"
  }

  /// `+3.00 ms  added  checkout › audit ×3 (with 9 below: self 4.00 ms, critical 3.00 ms)`
  func addedOrRemoved(_ change: PathChange) -> String {
    guard let figures = change.target ?? change.base, let kind = change.kind else { return "" }
    let times =
      "\(language.selfWord) \(magnitude(change.selfDeltaNanos)), \(language.criticalWord) \(magnitude(change.contributionNanos))"
      + (figures.failed > 0 ? ", ❌ \(counts(figures, \.failed))" : "")
    let below = change.spansBelow > 0 ? language.spansBelow(change.spansBelow) + ": " : ""
    return "\(opening(change, kind))\(single(figures)) (\(below)\(times))"
  }

  /// `newly failing  checkout › charge_card (❌ 0 → 1): timeout`
  func failure(_ change: PathChange) -> String {
    guard let failure = change.failure else { return "" }
    let before = change.base.map { counts($0, \.failed) } ?? "0"
    let after = change.target.map { counts($0, \.failed) } ?? "0"
    let line = "\(language.word(failure))  \(path(change.path)) (❌ \(before) → \(after))"
    let side = failure == .recovered ? comparison.base : comparison.target
    guard let example = comparison.sums(change.path, side).failure else { return line }
    let message = side.message(example)
    return message.isEmpty ? line : line + ": " + FieldText.message.make(message, limit: 160)
  }

  /// `new warning  charge_card · pay (0 → 3): pool is nearly empty`
  func warning(_ change: WarningChange) -> String {
    let service = ComparisonText.services(change.service, "", comparison)
    return
      "\(language.word(change.kind))  \(ComparisonText.name(change.operation, language, limit: 60))\(service) (\(DurationText.count(change.base)) → \(DurationText.count(change.target))): \(FieldText.message.make(change.message, limit: 160))"
  }

  private func opening(_ change: PathChange, _ kind: PathChange.Kind) -> String {
    "\(ComparisonText.signed(change.contributionNanos))  \(language.word(kind))  \(path(change.path))"
  }

  /// `checkout › charge_card · shop`: the caller and the call, then its service and the service that it calls, if there is more than one
  /// service.
  func path(_ path: Int) -> String {
    let paths = comparison.paths
    let above = Int(paths.parent[path])
    let names = (above >= 0 ? [above, path] : [path]).map { ComparisonText.name(paths.name(of: $0), language, limit: 60) }
    return names.joined(separator: " › ") + ComparisonText.services(paths.service(of: path), paths.callee(of: path), comparison)
  }

  private func perCall(_ figures: PathFigures) -> Int64 {
    let nanos = figures.selfPerCall
    return nanos < 9e18 ? Int64(nanos.rounded()) : .max
  }

  private func pair(_ word: String, _ base: Int64, _ target: Int64) -> String {
    base == target ? "\(word) \(DurationText.format(base))" : "\(word) \(DurationText.format(base)) → \(DurationText.format(target))"
  }

  private func magnitude(_ nanos: Int64) -> String { DurationText.format(nanos == .min ? .max : abs(nanos)) }

  private func calls(_ base: PathFigures, _ target: PathFigures) -> String {
    let (before, after) = (counts(base, \.calls), counts(target, \.calls))
    return before == after ? (before == "1" ? "" : " ×\(before)") : " ×\(before) → ×\(after)"
  }

  private func single(_ figures: PathFigures) -> String {
    let text = counts(figures, \.calls)
    return text == "1" ? "" : " ×\(text)"
  }

  /// A count in one trace. For several traces the mean, with one decimal if it is not a whole number.
  private func counts(_ figures: PathFigures, _ count: KeyPath<PathFigures, Int>) -> String {
    let (total, traces) = (figures[keyPath: count], max(1, figures.traces))
    if total % traces == 0 { return DurationText.count(total / traces) }
    let tenths = (total.multipliedReportingOverflow(by: 10).partialValue + traces / 2) / traces
    return tenths == 0 ? "<0.1" : "\(DurationText.count(tenths / 10)).\(tenths % 10)"
  }
}
