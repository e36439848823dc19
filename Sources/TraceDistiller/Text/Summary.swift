// The distilled trace as text, never over its bound: header, tree, critical path, errors, and what is left out.

/// What a summary is asked for.
package struct SummaryOptions: Sendable {
  package static let budgetRange = 400...200_000
  package static let defaultBudget = 12_000

  package enum Section: String, Sendable, CaseIterable { case tree, criticalPath, errors }

  /// The most characters of the text, counted as a JSON string's body (`jsonLength`).
  package var maxChars = SummaryOptions.defaultBudget
  package var language = SummaryLanguage.english
  package var scope = TreeScope()
  package var sections = Set(Section.allCases)

  package init() {}
}

/// A summary and how much of the trace is in it.
package struct Summary: Sendable {
  package let text: String
  package let shown: SummaryShare
  package let total: SummaryShare
  /// Spans, errors or operations were left out.
  package let isTruncated: Bool
}

extension DistilledTrace {
  /// The summary of this trace. The same trace and options give the same bytes.
  ///
  /// - Complexity: O(n) to rank spans, then O(maxChars).
  package func summary(_ options: SummaryOptions = SummaryOptions()) -> Summary {
    var writer = SummaryWriter(trace: self, options: options)
    return writer.write()
  }

  /// Spans below the focus, or all, with their self time.
  package func total(of scope: TreeScope) -> SummaryShare {
    var share = SummaryShare(spans: 0, nanos: 0)
    var stack = scope.focus.map { [$0] } ?? tree.roots.map(\.row)
    while let row = stack.popLast() {
      share.spans += 1
      share.nanos = share.nanos.addingSaturated(selfNanos[row])
      stack.append(contentsOf: tree.children(of: row).lazy.map(Int.init))
    }
    return share
  }
}

/// Fills the budget: the header and the closing section are reserved first, errors and critical path get a share each, the tree the rest.
private struct SummaryWriter {
  let trace: DistilledTrace
  let options: SummaryOptions
  private var language: SummaryLanguage { options.language }

  init(trace: DistilledTrace, options: SummaryOptions) {
    self.trace = trace
    self.options = options
  }

  mutating func write() -> Summary {
    let header = SummaryHeader(trace: trace, options: options).lines
    let total = trace.total(of: options.scope)
    let closingReserve = cost(closing(shown: total, total: total)) + 40
    var rest = options.maxChars - cost(header) - closingReserve
    let wantsErrors = options.sections.contains(.errors)
    let errors = wantsErrors ? ErrorsText(trace, language: language, budget: rest * 3 / 10) : nil
    rest -= cost(errors?.lines ?? [])
    let path = options.sections.contains(.criticalPath) ? CriticalPathText(trace, language: language, budget: rest / 4) : nil
    rest -= cost(path?.lines ?? [])
    var tree: TreeText?
    if options.sections.contains(.tree), !trace.tree.roots.isEmpty {
      let heading = treeHeading
      let selection = TreeSelection(trace, scope: options.scope, language: language, budget: rest - cost(heading))
      tree = TreeText(trace, selection: selection, language: language)
      if let lines = tree?.lines, cost(heading) + cost(lines) > rest { tree = nil }
    }
    let shown = tree?.shown ?? SummaryShare(spans: 0, nanos: 0)
    let isTreeCut = tree.map { $0.shown.spans < total.spans } ?? (options.sections.contains(.tree) && total.spans > 0)
    let isCut = isTreeCut || errors?.isCut == true || path?.isCut == true
    var lines = header
    if let tree { lines += treeHeading + tree.lines }
    lines += (path?.lines ?? []) + (errors?.lines ?? [])
    if isCut || trace.snapshot.storage.collapsedSpans > 0 { lines += closing(shown: shown, total: total) }
    return Summary(text: SummaryWriter.held(lines, within: options.maxChars), shown: shown, total: total, isTruncated: isCut)
  }

  /// The last line of defence of the bound: the plan above keeps it, and tests prove that; a mistake in it must cut rather than overrun.
  private static func held(_ lines: [String], within limit: Int) -> String {
    let text = lines.joined(separator: "\n")
    guard jsonLength(text) > limit else { return text }
    var kept = String.UnicodeScalarView()
    var length = 1
    for scalar in text.unicodeScalars {
      length += jsonLength(String(scalar))
      if length > limit { break }
      kept.append(scalar)
    }
    return String(kept) + "…"
  }

  private var treeHeading: [String] { ["", language.tree, language.treeFormat] }

  /// What is missing, and the call that shows it. Under a small budget in one line.
  private func closing(shown: SummaryShare, total: SummaryShare) -> [String] {
    let limit = SummaryOptions.budgetRange.upperBound
    let handle = trace.snapshot.handle
    let call =
      options.maxChars < limit
      ? "trace/summary {\"traceId\":\"\(handle)\",\"maxChars\":\(min(limit, options.maxChars * 4))}" : "trace/tree {\"traceId\":\"\(handle)\"}"
    if options.maxChars < 1_000 { return [language.leftOutBriefly(total.spans - shown.spans, of: total.spans, see: call)] }
    var lines = ["", language.leftOut, language.shown(shown, of: total)]
    if trace.snapshot.storage.collapsedSpans > 0 { lines.append(language.collapsed(trace.snapshot.storage.collapsedSpans)) }
    return lines + [language.rest + call]
  }

  private func cost(_ lines: [String]) -> Int { lines.reduce(0) { $0 + jsonLength($1) + 2 } }
}
