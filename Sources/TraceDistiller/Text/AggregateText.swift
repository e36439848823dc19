// Many traces as one table, the largest critical time first, never over its bound.

package struct AggregateText: Sendable {
  package let text: String
  package let shown: Int
  package let isTruncated: Bool
  /// The planned lines exceeded the bound and the text was cut. That is a bug, which tests look for.
  let isForced: Bool

  /// - Parameters:
  ///   - groups: From `TraceAggregate.groups`; `aggregate.groupCount` is the total.
  ///   - hint: What exists instead, if no trace was counted.
  package init(_ aggregate: TraceAggregate, _ groups: [AggregateGroup], hint: String? = nil, language: SummaryLanguage, maxChars: Int) {
    var lines = AggregateText.head(aggregate, language, maxChars)
    if let hint { lines.append(VisibleText.make(hint, limit: max(40, (maxChars - ComparisonText.cost(lines)) / 2))) }
    let total = aggregate.groupCount
    // The longest possible line about what is missing.
    let reserve = jsonLength(language.moreGroups(total, criticalNanos: 999_999_999_999_999)) + 2
    let opening = [""] + language.aggregateFormat(aggregate.grouping)
    var used = ComparisonText.cost(lines) + ComparisonText.cost(opening)
    var body: [String] = []
    for (index, group) in groups.enumerated() {
      let line = AggregateText.line(group, aggregate, language)
      let needed = jsonLength(line) + 2
      guard used + needed + (index == total - 1 ? 0 : reserve) <= maxChars else { break }
      used += needed
      body.append(line)
    }
    let shown = body.count
    if shown < total {
      let told = groups.prefix(shown).reduce(aggregate.without.criticalNanos) { $0.addingSaturated($1.criticalNanos) }
      body.append(language.moreGroups(total - shown, criticalNanos: max(0, aggregate.criticalNanos.subtractingSaturated(told))))
    }
    if !body.isEmpty { lines += (shown > 0 ? opening : []) + body }
    let (held, isForced) = BoundedText.held(lines, within: maxChars)
    text = held
    self.shown = shown
    self.isForced = isForced
    isTruncated = shown < total || isForced
  }

  private static func head(_ aggregate: TraceAggregate, _ language: SummaryLanguage, _ maxChars: Int) -> [String] {
    var lines = [language.aggregate, language.aggregateTraces(aggregate)]
    if case .attribute(let key) = aggregate.grouping {
      lines.append(language.groupedBy + FieldText.key.make(key, limit: max(40, min(200, maxChars / 16))))
    }
    if aggregate.without.calls > 0 { lines.append(language.withoutGroup(aggregate.without)) }
    if aggregate.foldedSpans > 0 { lines.append(language.foldedInAggregate(aggregate.foldedSpans)) }
    return lines
  }

  /// `29.1 %  71.03 ms  80.00 ms  ×6 ❌ 2  12.00 ms | 15.83 ms | 15.83 ms  payments · POST /v1/charges — t2 span_4, ❌ t2 span_4`
  private static func line(_ group: AggregateGroup, _ aggregate: TraceAggregate, _ language: SummaryLanguage) -> String {
    let share = DurationText.percent(Double(group.criticalNanos) / Double(max(1, aggregate.rootNanos)))
    let failed = group.errors > 0 ? " ❌ \(DurationText.count(group.errors))" : ""
    let running = group.running > 0 ? " ⏳ \(DurationText.count(group.running))" : ""
    // For pruned groups only the longest duration is known.
    let percentiles = [group.p50Nanos, group.p95Nanos].map { group.timed > 0 ? DurationText.format($0) : "–" }
    let durations = (percentiles + [DurationText.format(group.maxNanos)]).joined(separator: " | ")
    let service = group.service.map { FieldText.name.make($0, limit: 40) + " · " } ?? ""
    let name = ComparisonText.name(group.name, language, limit: 80)
    var exemplars = group.slowest.map { [exemplar($0)] } ?? []
    if let failing = group.failing { exemplars.append("❌ " + exemplar(failing)) }
    return "\(share)  \(DurationText.format(group.criticalNanos))  \(DurationText.format(group.selfNanos))  "
      + "×\(DurationText.count(group.calls))\(failed)\(running)  \(durations)  \(service)\(name)"
      + (exemplars.isEmpty ? "" : " — " + exemplars.joined(separator: ", "))
  }

  private static func exemplar(_ span: AggregateExemplar) -> String { "\(span.handle) \(FieldText.name.make(span.spanID, limit: 40))" }
}

extension TraceAggregate {
  /// The critical time of all spans together.
  var criticalNanos: Int64 { places.reduce(without.criticalNanos) { $0.addingSaturated($1.group.criticalNanos) } }
}

extension SummaryLanguage {
  var aggregate: String { self == .english ? "=== Aggregate ===" : "=== 汇总报告 ===" }
  var groupedBy: String { self == .english ? "Grouped by attribute: " : "按属性分组: " }

  func aggregateTraces(_ aggregate: TraceAggregate) -> String {
    let (traces, spans) = (DurationText.count(aggregate.traceCount), DurationText.count(aggregate.spanCount))
    let (failed, open) = (DurationText.count(aggregate.errorCount), DurationText.count(aggregate.incompleteCount))
    let roots = DurationText.format(aggregate.rootNanos)
    switch self {
    case .english:
      let incomplete = aggregate.incompleteCount > 0 ? " (\(open) not complete)" : ""
      return
        "Traces: \(traces)\(incomplete), \(spans) \(aggregate.spanCount == 1 ? "span" : "spans"), \(failed) failed; roots took \(roots) together"
    case .chinese:
      let incomplete = aggregate.incompleteCount > 0 ? " (\(open) 个未完成)" : ""
      return "调用链: \(traces)\(incomplete), \(spans) 个函数, \(failed) 个失败; 根函数总耗时 \(roots)"
    }
  }

  func withoutGroup(_ group: AggregateGroup) -> String {
    let calls = DurationText.count(group.calls)
    let times = "\(DurationText.format(group.selfNanos)) \(selfWord), \(DurationText.format(group.criticalNanos)) \(criticalWord)"
    return self == .english
      ? "Not counted below: \(calls) \(group.calls == 1 ? "span" : "spans") without it (\(times))" : "以下未计入: \(calls) 个函数没有该值 (\(times))"
  }

  func foldedInAggregate(_ count: Int) -> String {
    self == .english
      ? "Folded to save memory, or pruned before they came: \(DurationText.count(count)) spans, not in percentiles"
      : "为节省内存已合并或到达前已裁剪: \(DurationText.count(count)) 个函数, 不计入百分位数"
  }

  func aggregateFormat(_ grouping: AggregateGrouping) -> [String] {
    let what: String
    switch (grouping, self) {
    case (.operation, .english): what = "service · name"
    case (.operation, .chinese): what = "服务 · 函数名"
    case (.name, .english): what = "name"
    case (.name, .chinese): what = "函数名"
    case (.service, .english): what = "service"
    case (.service, .chinese): what = "服务"
    case (.target, .english): what = "target"
    case (.target, .chinese): what = "模块"
    case (.run, .english): what = "run"
    case (.run, .chinese): what = "运行"
    case (.attribute, .english): what = "value"
    case (.attribute, .chinese): what = "属性值"
    }
    return [
      self == .english
        ? "share  critical  self  ×calls ❌ failed  p50 | p95 | max of durations  \(what) — slowest, ❌ a failed one"
        : "占比  关键路径耗时  自身耗时  ×次数 ❌ 失败  耗时 p50 | p95 | max  \(what) — 最慢, ❌ 失败示例"
    ]
  }

  func moreGroups(_ count: Int, criticalNanos: Int64) -> String {
    let times = "\(DurationText.format(criticalNanos)) \(criticalWord)"
    return self == .english ? "… \(DurationText.count(count)) more (\(times))" : "… 还有 \(DurationText.count(count)) 组 (\(times))"
  }
}
