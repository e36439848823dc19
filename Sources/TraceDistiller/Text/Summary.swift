// The distilled trace as text, never over its bound: header, tree, critical path, errors, and what is left out.

/// The options of a summary.
package struct SummaryOptions: Sendable {
  package static let budgetRange = 400...200_000
  package static let defaultBudget = 12_000

  package enum Section: String, Sendable, CaseIterable { case tree, criticalPath, insights, errors }

  /// The maximum length of the text, counted as inside a JSON string (`jsonLength`).
  package var maxChars = SummaryOptions.defaultBudget
  package var language = SummaryLanguage.english
  package var scope = TreeScope()
  package var sections = Set(Section.allCases)
  package var calls = CallNames.methods
  /// For a run of an agent: how much of what was said.
  package var contents = AgentContents.preview

  package init() {}
}

/// A summary and how much of the trace is in it.
package struct Summary: Sendable {
  package let text: String
  package let shown: SummaryShare
  package let total: SummaryShare
  /// Spans, errors or operations were left out.
  package let isTruncated: Bool
  /// The planned lines exceeded the bound and the text was cut. That is a bug, which tests look for.
  let isForced: Bool
}

/// The input of a summary. Parts that no section shows may be empty.
struct SummaryMaterial {
  /// Under a focus, critical spans are those that kept the focused span from ending.
  var trace: DistilledTrace
  var folded: FoldedTree
  var lines: TreeLines
  var insights: [Insight]
  var agentRun: AgentRun?
  var problems: [TraceProblem]
  /// The size of the scope.
  var total: SummaryShare
  var totals: [CriticalTotal]
}

extension Summary {
  /// The same material and options give the same bytes.
  /// - Complexity: O(n) to rank spans the first time, then O(maxChars).
  init(of material: SummaryMaterial, _ options: SummaryOptions) {
    let writer = SummaryWriter(material, options)
    self = writer.writeWhole() ?? writer.write()
  }
}

/// Fills the budget: room for the header and the closing section is reserved first, errors and critical path get a share each, and the tree
/// gets the rest.
private struct SummaryWriter {
  private let material: SummaryMaterial
  private let options: SummaryOptions
  private let none = SummaryShare(spans: 0, nanos: 0)
  private var trace: DistilledTrace { material.trace }
  private var folded: FoldedTree { material.folded }
  private var language: SummaryLanguage { options.language }

  init(_ material: SummaryMaterial, _ options: SummaryOptions) {
    self.material = material
    self.options = options
  }

  /// Writes everything, if nothing has to be left out. Then no room is reserved for the closing section.
  func writeWhole() -> Summary? {
    let total = material.total
    // The shortest line of a span is longer than this; larger traces are not even tried.
    guard options.scope.maxDepth == nil, folded.nodes.count * 17 <= options.maxChars, trace.snapshot.storage.collapsedSpans == 0 else {
      return nil
    }
    var lines = SummaryHeader(trace: trace, options: options, budget: options.maxChars, end: material.agentRun?.end).lines
    var shown = none
    if let run = material.agentRun {
      let text = AgentRunText(run, trace, language: language, budget: options.maxChars, contents: options.contents)
      if text.isCut { return nil }
      lines += text.lines
    }
    if options.sections.contains(.tree), !trace.tree.roots.isEmpty {
      guard let all = TreeSelection(allOf: folded, material.lines, language: language, budget: options.maxChars) else { return nil }
      let tree = TreeText(all, language: language)
      shown = tree.shown
      lines += treeHeading + tree.lines
    }
    if options.sections.contains(.criticalPath) {
      let path = CriticalPathText(material.totals, language: language, budget: options.maxChars)
      if path.isCut { return nil }
      lines += path.lines
    }
    if options.sections.contains(.insights) {
      let insights = InsightsText(trace, material.insights, language: language, calls: options.calls, budget: options.maxChars)
      if insights.isCut { return nil }
      lines += insights.lines
    }
    if options.sections.contains(.errors) {
      let problems = material.problems
      guard problems.count * 12 <= options.maxChars else { return nil }
      let errors = ErrorsText(trace, problems, language: language, calls: options.calls, budget: options.maxChars)
      if errors.isCut { return nil }
      lines += errors.lines
    }
    // Each section alone had enough room; together they must fit too.
    guard cost(lines) <= options.maxChars + 2 else { return nil }
    return Summary(text: lines.joined(separator: "\n"), shown: shown, total: total, isTruncated: false, isForced: false)
  }

  func write() -> Summary {
    let total = material.total
    // The longest possible closing section. A time below a total in seconds may be longer as text than the total.
    let longest = [language.moreErrorsWord, language.moreInsightsWord, language.moreOperationsWord]
    let closingReserve =
      12
      + max(
        cost(closing(shown: none, total: total, missing: longest, isCut: true)),
        cost(closing(shown: total, total: total, missing: longest, isCut: true)))
    let header = SummaryHeader(
      trace: trace, options: options, budget: options.maxChars - closingReserve,
      end: options.maxChars < 1_000 ? nil : material.agentRun?.end
    ).lines
    var rest = options.maxChars - cost(header) - closingReserve
    // For a run of an agent, the steps in order are more informative than the tree.
    let runBudget = options.contents == .preview ? rest / 2 : rest / 10 * 9
    let run = material.agentRun.map { AgentRunText($0, trace, language: language, budget: runBudget, contents: options.contents) }
    rest -= cost(run?.lines ?? [])
    var errors: ErrorsText?
    if options.sections.contains(.errors) {
      let problems = material.problems
      errors = ErrorsText(trace, problems, language: language, calls: options.calls, budget: rest * 3 / 10)
      // Failures are more important than times: with a small bound, one error line is worth the tree's room.
      if errors?.isCut == true, errors?.shownCount == 0 {
        errors = ErrorsText(trace, problems, language: language, calls: options.calls, budget: rest * 8 / 10, limit: 1)
      }
    }
    rest -= cost(errors?.lines ?? [])
    var insights: InsightsText?
    if options.sections.contains(.insights) {
      insights = InsightsText(trace, material.insights, language: language, calls: options.calls, budget: rest / 4)
    }
    rest -= cost(insights?.lines ?? [])
    var path = options.sections.contains(.criticalPath) ? CriticalPathText(material.totals, language: language, budget: rest / 4) : nil
    rest -= cost(path?.lines ?? [])
    var tree: TreeText?
    if options.sections.contains(.tree), !trace.tree.roots.isEmpty {
      let heading = treeHeading
      let selection = TreeSelection(folded, material.lines, scope: options.scope, language: language, budget: rest - cost(heading))
      tree = TreeText(selection, language: language)
      // If only the tree's count of missing spans fits, the closing section already says the same.
      if let made = tree, made.shown.spans == 0 || cost(heading) + cost(made.lines) > rest { tree = nil }
    }
    // If there is no tree, its room goes to the critical path.
    if tree == nil, let few = path, few.isCut {
      path = CriticalPathText(material.totals, language: language, budget: rest + cost(few.lines))
    }
    let shown = tree?.shown ?? none
    let isTreeCut = tree.map { $0.shown.spans < total.spans } ?? (options.sections.contains(.tree) && total.spans > 0)
    let isCut = run?.isCut == true || isTreeCut || errors?.isCut == true || insights?.isCut == true || path?.isCut == true
    var lines = header + (run?.lines ?? [])
    if let tree { lines += treeHeading + tree.lines }
    lines += (path?.lines ?? []) + (insights?.lines ?? []) + (errors?.lines ?? [])
    var missing: [String] = []
    if let errors, errors.isCut { missing.append(errors.lines.isEmpty ? language.errorsWord : language.moreErrorsWord) }
    if let insights, insights.isCut { missing.append(insights.lines.isEmpty ? language.insightsWord : language.moreInsightsWord) }
    if let path, path.isCut { missing.append(path.lines.isEmpty ? language.criticalPathWord : language.moreOperationsWord) }
    if isCut || trace.snapshot.storage.collapsedSpans > 0 { lines += closing(shown: shown, total: total, missing: missing, isCut: isCut) }
    let (text, isForced) = SummaryWriter.held(lines, within: options.maxChars)
    return Summary(text: text, shown: shown, total: total, isTruncated: isCut || isForced, isForced: isForced)
  }

  /// Enforces the bound as a last resort. The planned lines keep it, and tests check that; after a mistake the text must be cut and not
  /// exceed it.
  private static func held(_ lines: [String], within limit: Int) -> (text: String, isForced: Bool) {
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

  private var treeHeading: [String] { ["", language.tree, language.treeFormat] }

  /// What is missing, and the call that shows it; in one line with a small bound.
  private func closing(shown: SummaryShare, total: SummaryShare, missing: [String], isCut: Bool) -> [String] {
    let collapsed = trace.snapshot.storage.collapsedSpans
    let hasTree = options.sections.contains(.tree)
    if options.maxChars < 1_000 {
      guard isCut else { return [language.collapsed(collapsed)] }
      let spans = hasTree && shown.spans < total.spans ? [language.hiddenSpans(total.spans - shown.spans, of: total.spans)] : []
      return [language.leftOutBriefly(spans + missing, see: callForRest)]
    }
    var lines = ["", language.leftOut]
    if hasTree { lines.append(language.shown(shown, of: total)) }
    if !missing.isEmpty { lines.append(language.sectionsLeftOut(missing)) }
    if collapsed > 0 { lines.append(language.collapsed(collapsed)) }
    return isCut ? lines + [language.rest + callForRest] : lines
  }

  /// A request that shows more: the same with four times the room, then page by page.
  private var callForRest: String {
    let most = SummaryOptions.budgetRange.upperBound
    let handle = trace.snapshot.handle
    // Beyond the largest bound: page by page, or a part of the tree.
    guard options.maxChars < most else {
      return options.calls.has("trace/tree")
        ? "\(options.calls("trace/tree")) {\"traceId\":\"\(handle)\"}"
        : "\(options.calls("trace/summary")) {\"traceId\":\"\(handle)\",\"focus\":\"…\"}"
    }
    var params = "\"traceId\":\"\(handle)\",\"maxChars\":\(min(most, options.maxChars * 4))"
    // The caller has to fill in an id that JSON would have to escape.
    if let focus = options.scope.focus.map({ trace.snapshot.storage.spanID($0) }), focus.utf8.count <= 36,
      focus.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
    {
      params += ",\"focus\":\"\(focus)\""
    }
    return "\(options.calls("trace/summary")) {\(params)}"
  }

  private func cost(_ lines: [String]) -> Int { lines.reduce(0) { $0 + jsonLength($1) + 2 } }
}
