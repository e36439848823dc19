// A comparison as text, never over its bound: what is compared, whether it is comparable, what changed, and what is left out.

package struct ComparisonText: Sendable {
  package let text: String
  package let shown: Int
  package let isTruncated: Bool
  /// The planned lines exceeded the bound and the text was cut. That is a bug, which tests look for.
  let isForced: Bool

  /// - Complexity: O(maxChars) for a finished comparison.
  package init(_ comparison: TraceComparison, language: SummaryLanguage, calls: CallNames = .methods, maxChars: Int) {
    let sections = ComparisonSection.all(comparison, language, isBrief: maxChars < 1_000)
    let total = comparison.changeCount
    let call = ComparisonText.callForRest(comparison, calls, maxChars: maxChars)
    let closing = "\n" + language.changesLeftOut(total, of: total, see: call)
    let head = ComparisonHead(comparison, language, budget: maxChars - (total > 0 ? jsonLength(closing) + 2 : 0), maxChars: maxChars)
    var lines = head.lines
    let most = maxChars - ComparisonText.cost(lines)
    var chosen = ComparisonSection.fill(sections, budget: most)
    var shown = chosen.reduce(0) { $0 + $1.shown }
    if shown < total {
      chosen = ComparisonSection.fill(sections, budget: most - jsonLength(closing) - 2)
      shown = chosen.reduce(0) { $0 + $1.shown }
    }
    for section in chosen { lines += section.lines }
    if shown < total { lines += ["", language.changesLeftOut(total - shown, of: total, see: call)] }
    let (held, isForced) = BoundedText.held(lines, within: maxChars)
    text = held
    self.shown = shown
    self.isForced = isForced
    isTruncated = shown < total || head.isCut || isForced
  }

  static func cost(_ lines: [String]) -> Int { lines.reduce(0) { $0 + jsonLength($1) + 2 } }

  /// `+1.20 ms`, `-0.50 ms`, `0 ms`
  static func signed(_ nanos: Int64) -> String { (nanos > 0 ? "+" : "") + DurationText.format(nanos) }

  /// A number without needless decimals: `20`, `2.5`.
  static func number(_ value: Double) -> String { value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)" }

  /// `+50.0 %`; nil if the base is 0.
  static func percent(_ delta: Int64, of base: Int64) -> String? {
    guard base > 0 else { return nil }
    return (delta < 0 ? "-" : delta > 0 ? "+" : "") + DurationText.percent(Double(delta.magnitude) / Double(base))
  }

  /// The same call with four times the room, or as JSON.
  private static func callForRest(_ comparison: TraceComparison, _ calls: CallNames, maxChars: Int) -> String {
    let most = SummaryOptions.budgetRange.upperBound
    var params = [param("base", comparison.base, maxChars), param("target", comparison.target, maxChars)].compactMap { $0 }
    params.append(maxChars < most ? "\"maxChars\":\(min(most, maxChars * 4))" : "\"maxChars\":\(most),\"format\":\"json\"")
    if comparison.tolerance != ComparisonTolerance(), maxChars >= 1_000 {
      let (percent, millis) = (comparison.tolerance.percent, Double(comparison.tolerance.nanos) / 1_000_000)
      params.append("\"tolerance\":{\"percent\":\(number(percent)),\"ms\":\(number(millis))}")
    }
    return "\(calls("traces/compare")) {\(params.joined(separator: ","))}"
  }

  /// The caller has to fill in a run's id that is long or that JSON would have to escape, and with a small bound the tolerance too.
  private static func param(_ name: String, _ side: ComparisonSide, _ maxChars: Int) -> String? {
    switch side.subject {
    case .trace: return side.traces.first.map { "\"\(name)\":\"\($0.handle)\"" }
    case .run(let run, _):
      guard run.utf8.count <= (maxChars < 1_000 ? 16 : 48), run.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
      else { return nil }
      return "\"\(name)\":{\"run\":\"\(run)\"}"
    case .like: return "\"\(name)\":\"like\""
    // The caller has the filter.
    case .filter: return nil
    }
  }
}

enum BoundedText {
  /// Enforces the bound as a last resort. The planned lines keep it, and tests check that; after a mistake the text must be cut and not
  /// exceed it.
  static func held(_ lines: [String], within limit: Int) -> (text: String, isForced: Bool) {
    let text = lines.joined(separator: "\n")
    guard jsonLength(text) > limit else { return (text, false) }
    var kept = String.UnicodeScalarView()
    var length = 1
    for scalar in text.unicodeScalars {
      length += jsonLength(String(scalar))
      if length > limit { break }
      kept.append(scalar)
    }
    return (String(kept) + "…", true)
  }
}
