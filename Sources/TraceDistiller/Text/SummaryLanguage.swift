// The texts of a summary: English, and Chinese with the terms of the original system.

/// The language of a text answer.
package enum SummaryLanguage: String, Sendable, CaseIterable {
  case english = "en"
  case chinese = "zh"

  /// From a locale such as `zh-CN`; English for all others.
  package init(locale: String?) { self = locale?.lowercased().hasPrefix("zh") == true ? .chinese : .english }

  var title: String { self == .english ? "=== Execution path report ===" : "=== 函数执行路径分析报告 ===" }
  var trace: String { self == .english ? "Trace: " : "Trace ID: " }

  /// After the id of a trace that was requested by its root's name.
  package func newest(of namesakes: Int) -> String {
    let count = DurationText.count(namesakes)
    switch self {
    case .english: return namesakes == 1 ? " (the only one of that name)" : " (the newest of \(count) of that name)"
    case .chinese: return namesakes == 1 ? " (按名称唯一匹配)" : " (同名的 \(count) 个调用链中最新的)"
    }
  }

  var root: String { self == .english ? "Root: " : "根函数: " }
  var duration: String { self == .english ? "Duration: " : "总耗时: " }
  var status: String { self == .english ? "Status: " : "执行状态: " }
  var notComplete: String { self == .english ? "Not complete: " : "未完成: " }
  var tree: String { self == .english ? "=== Call tree ===" : "=== 调用树结构 ===" }
  var treeFormat: String {
    self == .english
      ? "name (total | self) [attributes]   🔥 on the critical path   ❌ error"
      : "格式: 函数名 (总耗时 | 自身耗时) [参数]   🔥 = 关键路径   ❌ = 包含错误"
  }
  var criticalPath: String { self == .english ? "=== Critical path ===" : "=== 关键路径 ===" }
  var waitingOutside: String { self == .english ? "waiting outside the callee" : "在被调用者之外等待" }
  var errors: String { self == .english ? "=== Errors ===" : "=== 错误信息汇总 ===" }
  var warnings: String { self == .english ? "=== Warnings ===" : "=== 警告信息汇总 ===" }
  /// Between an error and its span.
  var inside: String { self == .english ? "in" : "于" }
  var withoutMessage: String { self == .english ? "failed without a message" : "失败, 无错误信息" }
  /// `nil` if it applies to all of them.
  func propagated(_ count: Int?) -> String {
    let count = count.map { "\(DurationText.count($0)) " } ?? ""
    return self == .english ? "\(count)propagated to the root" : "\(count.isEmpty ? "" : count + "次")传播到根函数"
  }
  func swallowed(_ count: Int?, by name: String) -> String {
    let count = count.map { "\(DurationText.count($0)) " } ?? ""
    return self == .english ? "\(count)swallowed by \(name)" : "\(count.isEmpty ? "" : count + "次")被 \(name) 吞掉"
  }
  var focus: String { self == .english ? "Focus: " : "聚焦函数: " }
  var leftOut: String { self == .english ? "=== Left out ===" : "=== 省略内容 ===" }
  var unnamed: String { self == .english ? "(unnamed)" : "(无名)" }
  var noSpans: String { self == .english ? "no span was told of" : "没有记录任何函数" }
  var neverEnded: String { self == .english ? "⚠️ never ended" : "⚠️ 未结束" }
  /// Some lines have no ids and match several spans.
  var approximate: String {
    self == .english
      ? "Approximate: these lines carry no ids; where one fits several spans, or none for sure, the likeliest was taken"
      : "近似: 记录没有 ID; 一行符合多个函数或无法确定时, 取最可能的一个"
  }
  var approximateBriefly: String { self == .english ? "Approximate" : "近似" }
  /// Spans whose ends no record reports.
  var logsOnly: String {
    self == .english
      ? "Known from log lines alone: a span lasts from the first to the last line in it; no line tells when it began or ended"
      : "仅来自日志: 函数从其第一行日志持续到最后一行; 没有记录说明何时开始或结束"
  }
  var logsOnlyBriefly: String { self == .english ? "Known from log lines alone" : "仅来自日志" }
  /// The system that stored the trace replaced many spans with one.
  func pruned(_ groups: Int, spans: Int, isBrief: Bool) -> String {
    let (groups, spans) = (DurationText.count(groups), DurationText.count(spans))
    if isBrief { return self == .english ? "Pruned before it came: \(spans) spans" : "到达前已裁剪: \(spans) 个函数" }
    return self == .english
      ? "Pruned before it came: \(spans) spans in \(groups) \(groups == "1" ? "group" : "groups"), told by their sums; when each ran is not known"
      : "到达前已裁剪: \(spans) 个函数合为 \(groups) 组, 只有汇总值; 每次执行的时间未知"
  }
  func links(_ count: Int) -> String { self == .english ? "\(DurationText.count(count)) links" : "\(DurationText.count(count)) 个链接" }
  func linkedSpan(_ id: String) -> String { (self == .english ? "span " : "函数 ") + id }
  func linkedTrace(_ id: String) -> String { (self == .english ? "trace " : "调用链 ") + id }
  var clocksAdjusted: String { self == .english ? "Clocks set right, times are not the records' own: " : "已校正时钟, 时间并非原始记录: " }
  var clocksDiffer: String { self == .english ? "Clocks differ by more than is set right: " : "时钟偏差超过允许的校正: " }
  func spans(_ count: Int) -> String {
    self == .english ? "\(DurationText.count(count)) \(count == 1 ? "span" : "spans")" : "\(DurationText.count(count)) 个函数"
  }
  var doubtful: String { self == .english ? "Doubtful data: " : "可疑数据: " }
  var running: String { self == .english ? "⏳ running" : "⏳ 执行中" }
  var failed: String { self == .english ? "❌ failed" : "❌ 执行失败" }
  var succeeded: String { self == .english ? "✅ ok" : "✅ 执行成功" }

  /// As far as is known nothing failed, but the outcome of the span's caller is not known.
  var succeededAsFragment: String { self == .english ? "⚠️ ok, but its parent is missing" : "⚠️ 执行成功, 但缺少父函数" }
  func amongRoots(_ count: Int) -> String {
    self == .english ? " (first of \(DurationText.count(count)) roots)" : " (共 \(DurationText.count(count)) 个根函数)"
  }

  func failedInside(_ count: Int) -> String {
    switch self {
    case .english: "⚠️ ok, \(DurationText.count(count)) \(count == 1 ? "error" : "errors") inside"
    case .chinese: "⚠️ 执行成功, 内部有 \(DurationText.count(count)) 个错误"
    }
  }

  func alsoFailedInside(_ count: Int) -> String {
    self == .english ? ", \(DurationText.count(count)) \(count == 1 ? "error" : "errors") inside" : ", 内部有 \(DurationText.count(count)) 个错误"
  }

  func more(_ count: Int, total: Int64, max: Int64, failed: Int) -> String {
    let failures = failed > 0 ? ", ❌ \(DurationText.count(failed))" : ""
    let times = "\(DurationText.format(total)), max \(DurationText.format(max))\(failures)"
    return self == .english ? "… \(DurationText.count(count)) more (\(times))" : "… 还有 \(DurationText.count(count)) 个 (\(times))"
  }

  /// After a position or a count: out of how many.
  func of(_ count: Int) -> String { self == .english ? " of \(DurationText.count(count))" : "/\(DurationText.count(count))" }
  var mixed: String { self == .english ? ", of several shapes" : ", 多种结构" }
  func slow(_ count: Int) -> String { self == .english ? "\(DurationText.count(count)) slow:" : "较慢 \(DurationText.count(count)) 次:" }
  var worst: String { self == .english ? "worst" : "最慢" }
  var slow: String { self == .english ? ", slow:" : ", 较慢:" }
  var selfWord: String { self == .english ? "self" : "自身" }
  func deep(_ count: Int) -> String { self == .english ? "(\(DurationText.count(count)) deep)" : "(深度 \(DurationText.count(count)))" }

  func moreEntries(_ count: Int, see method: String) -> String {
    self == .english ? "… \(DurationText.count(count)) more: \(method)" : "… 还有 \(DurationText.count(count)) 条: \(method)"
  }

  func moreTime(_ count: Int, nanos: Int64) -> String {
    self == .english
      ? "… \(DurationText.count(count)) more operations (\(DurationText.format(nanos)))"
      : "… 还有 \(DurationText.count(count)) 个操作 (\(DurationText.format(nanos)))"
  }

  func shown(_ shown: SummaryShare, of total: SummaryShare) -> String {
    let spans = "\(DurationText.count(shown.spans)) / \(DurationText.count(total.spans))"
    let times = "\(DurationText.format(shown.nanos)) / \(DurationText.format(total.nanos))"
    return self == .english ? "Shown: \(spans) spans, \(times) of self time" : "已显示: \(spans) 个函数, 自身耗时 \(times)"
  }

  func hiddenSpans(_ hidden: Int, of total: Int) -> String {
    let spans = "\(DurationText.count(hidden)) / \(DurationText.count(total))"
    return self == .english ? "\(spans) spans" : "\(spans) 个函数"
  }

  /// What is missing, as one line: spans, whole sections, or both.
  func leftOutBriefly(_ what: [String], see call: String) -> String {
    switch self {
    case .english: "… \(what.joined(separator: ", ")) left out: \(call)"
    case .chinese: "… 省略 \(what.joined(separator: ", ")): \(call)"
    }
  }

  func sectionsLeftOut(_ sections: [String]) -> String { (self == .english ? "Not shown: " : "未显示: ") + sections.joined(separator: ", ") }
  var errorsWord: String { self == .english ? "errors" : "错误信息" }
  var criticalPathWord: String { self == .english ? "critical path" : "关键路径" }
  var insightsWord: String { self == .english ? "insights" : "性能洞察" }
  var moreInsightsWord: String { self == .english ? "more insights" : "更多性能洞察" }
  var moreErrorsWord: String { self == .english ? "more errors" : "更多错误信息" }
  var moreOperationsWord: String { self == .english ? "more of the critical path" : "更多关键路径操作" }

  var rest: String { self == .english ? "The rest: " : "查看其余: " }
  func collapsed(_ count: Int) -> String {
    self == .english
      ? "Folded to save memory: \(DurationText.count(count)) spans; times of their groups are approximate"
      : "为节省内存已合并: \(DurationText.count(count)) 个函数; 其耗时为近似值"
  }
  func lostBriefly(see call: String) -> String { (self == .english ? "Lost on the way: " : "途中丢失: ") + call }
  /// Short, because the header must fit into every budget.
  func lost(_ losses: LossReport, see call: String) -> String {
    // Clamped to the range of JSON answers, so that both give the same number.
    let (lines, records) = (Int64(clamping: losses.lines), Int64(clamping: losses.records))
    return self == .english
      ? "Lost on the way: \(lines) lines, \(records) records (\(call))" : "途中丢失: \(lines) 行, \(records) 条记录 (\(call))"
  }

  func missingParent(_ id: String) -> String { self == .english ? "parent \(id) is missing" : "缺少父函数 \(id)" }
}
