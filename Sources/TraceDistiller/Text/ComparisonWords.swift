// The words of a comparison: English, and Chinese.

extension SummaryLanguage {
  var compared: String { self == .english ? "=== Compared ===" : "=== 对比报告 ===" }
  var baseWord: String { self == .english ? "Base: " : "基准: " }
  var targetWord: String { self == .english ? "Target: " : "目标: " }
  var changeWord: String { self == .english ? "Change: " : "变化: " }
  var changesWord: String { self == .english ? "Changes: " : "变化项: " }
  var notComparable: String { self == .english ? "Not comparable: " : "不可比较: " }
  var changedPaths: String { self == .english ? "=== Changes ===" : "=== 耗时变化 ===" }
  var changedFormat: String {
    self == .english
      ? "part of the root's change  what  caller › call · service ×calls (self, critical): before → after"
      : "对根函数变化的贡献  类别  调用者 › 调用 · 服务 ×调用次数 (自身耗时, 关键路径耗时): 之前 → 之后"
  }
  var changedFailures: String { self == .english ? "=== Failures ===" : "=== 失败变化 ===" }
  var identical: String {
    self == .english ? "Identical: the same calls, failures and times on every path" : "完全相同: 每条路径的调用、失败和耗时都一样"
  }
  /// `Slower by 49.00 ms (+119.5 %)`; how the whole changed.
  func verdict(_ delta: Int64, percent: String?) -> String {
    let (time, share) = (DurationText.format(delta == .min ? .max : abs(delta)), percent.map { " (\($0))" } ?? "")
    switch self {
    case .english: return delta == 0 ? "As long as before" : (delta > 0 ? "Slower by " : "Faster by ") + time + share
    case .chinese: return delta == 0 ? "耗时不变" : (delta > 0 ? "变慢 " : "变快 ") + time + share
    }
  }
  var ofRoot: String { self == .english ? " in " : ", " }
  var mostOfIt: String { self == .english ? "most of it: " : "主要来自: " }
  var byService: String { self == .english ? "By service: " : "按服务: " }
  var selfTime: String { self == .english ? "self time" : "自身耗时" }
  var others: String { self == .english ? "others" : "其他" }
  var perCall: String { self == .english ? "per call" : "每次" }
  var noChange: String { self == .english ? "No change beyond the tolerance" : "没有超出容差的变化" }
  var criticalWord: String { self == .english ? "critical" : "关键" }

  func differentRoots(_ base: String, _ target: String) -> String {
    self == .english ? "different roots, \(base) and \(target)" : "根函数不同, \(base) 和 \(target)"
  }
  var differentRootsBriefly: String { self == .english ? "different roots" : "根函数不同" }
  var meansPerTrace: String { self == .english ? "Figures are means per trace of the same root" : "数值为同一根函数每个调用链的平均值" }
  var noCommonRoot: String { self == .english ? "no operation ran in both" : "两边没有相同的根函数" }
  func sideNotComplete(isBase: Bool, _ reasons: [String]) -> String {
    let told = reasons.isEmpty ? "" : " (\(reasons.joined(separator: ", ")))"
    return self == .english ? "\(isBase ? "base" : "target") is not complete\(told)" : "\(isBase ? "基准" : "目标")未完成\(told)"
  }
  func changesBriefly(_ count: Int, newlyFailing: Int) -> String {
    let failing = newlyFailing > 0 ? ", \(DurationText.count(newlyFailing)) \(word(PathChange.Failure.newlyFailing))" : ""
    return changesWord + DurationText.count(count) + failing
  }

  func matching(traces: Int, leftOut: Int) -> String {
    let counted = DurationText.count(traces)
    switch self {
    case .english:
      let others = leftOut > 0 ? ", \(DurationText.count(leftOut)) not complete or too many and left out" : ""
      return "\(counted) \(traces == 1 ? "trace that matches" : "traces that match")\(others)"
    case .chinese: return "匹配的 \(counted) 个调用链" + (leftOut > 0 ? ", \(DurationText.count(leftOut)) 个未完成或过多已忽略" : "")
    }
  }

  func like(traces: Int, of looked: Int) -> String {
    let (counted, all) = (DurationText.count(traces), DurationText.count(looked))
    return self == .english
      ? "\(counted) like \(traces == 1 ? "trace" : "traces"), of \(all) with this root" : "\(counted) 个同类调用链 (同根共 \(all) 个)"
  }

  func run(_ name: String, traces: Int, leftOut: Int) -> String {
    let counted = DurationText.count(traces)
    switch self {
    case .english:
      let others = leftOut > 0 ? ", \(DurationText.count(leftOut)) not complete and left out" : ""
      return "run \(name) · \(counted) \(traces == 1 ? "trace" : "traces")\(others)"
    case .chinese: return "运行 \(name) · \(counted) 个调用链" + (leftOut > 0 ? ", \(DurationText.count(leftOut)) 个未完成已忽略" : "")
    }
  }

  func moreRoots(_ count: Int) -> String {
    self == .english ? "… \(DurationText.count(count)) more roots" : "… 还有 \(DurationText.count(count)) 个根函数"
  }
  var onlyInBase: String { self == .english ? "only in base" : "仅基准中有" }
  var onlyInTarget: String { self == .english ? "only in target" : "仅目标中有" }

  func steady(_ paths: Int, nanos: Int64, _ tolerance: ComparisonTolerance) -> String {
    let bound = "\(ComparisonText.number(tolerance.percent)) %, \(DurationText.format(tolerance.nanos))"
    let counted = DurationText.count(paths)
    return self == .english
      ? "Within the tolerance (\(bound)): \(counted) \(paths == 1 ? "path" : "paths"), \(ComparisonText.signed(nanos)) together"
      : "容差 (\(bound)) 以内: \(counted) 条路径, 共 \(ComparisonText.signed(nanos))"
  }

  func noise(_ paths: Int, nanos: Int64) -> String {
    let counted = DurationText.count(paths)
    return self == .english
      ? "Within what traces of one side differ by: \(counted) \(paths == 1 ? "path" : "paths"), \(ComparisonText.signed(nanos)) together"
      : "同侧调用链之间的波动以内: \(counted) 条路径, 共 \(ComparisonText.signed(nanos))"
  }

  var changedWarnings: String { self == .english ? "=== Warnings ===" : "=== 警告变化 ===" }

  func word(_ warning: WarningChange.Kind) -> String {
    switch (warning, self) {
    case (.new, .english): "new warning"
    case (.more, .english): "warns more"
    case (.fewer, .english): "warns less"
    case (.gone, .english): "warns no more"
    case (.new, .chinese): "新警告"
    case (.more, .chinese): "警告增多"
    case (.fewer, .chinese): "警告减少"
    case (.gone, .chinese): "不再警告"
    }
  }

  func word(_ kind: PathChange.Kind) -> String {
    switch (kind, self) {
    case (.slower, .english): "slower"
    case (.faster, .english): "faster"
    case (.longerBeside, .english): "longer beside the path"
    case (.shorterBeside, .english): "shorter beside the path"
    case (.longerBeside, .chinese): "路径之外变长"
    case (.shorterBeside, .chinese): "路径之外变短"
    case (.moreCritical, .english): "waited for longer"
    case (.lessCritical, .english): "waited for less"
    case (.moreCalls, .english): "more calls"
    case (.fewerCalls, .english): "fewer calls"
    case (.added, .english): "added"
    case (.removed, .english): "removed"
    case (.slower, .chinese): "变慢"
    case (.faster, .chinese): "变快"
    case (.moreCritical, .chinese): "等待变长"
    case (.lessCritical, .chinese): "等待变短"
    case (.moreCalls, .chinese): "调用增多"
    case (.fewerCalls, .chinese): "调用减少"
    case (.added, .chinese): "新增"
    case (.removed, .chinese): "移除"
    }
  }

  func word(_ failure: PathChange.Failure) -> String {
    switch (failure, self) {
    case (.newlyFailing, .english): "newly failing"
    case (.failsMore, .english): "fails more"
    case (.failsLess, .english): "fails less"
    case (.recovered, .english): "no longer fails"
    case (.newlyFailing, .chinese): "新出现失败"
    case (.failsMore, .chinese): "失败增多"
    case (.failsLess, .chinese): "失败减少"
    case (.recovered, .chinese): "不再失败"
    }
  }

  func spansBelow(_ count: Int) -> String {
    self == .english ? "with \(DurationText.count(count)) below" : "含下级 \(DurationText.count(count)) 个"
  }
  func moreBetween(_ count: Int) -> String {
    self == .english ? "…\(DurationText.count(count)) more…" : "…还有 \(DurationText.count(count)) 个…"
  }
  func moreChanges(_ count: Int, nanos: Int64?) -> String {
    let part = nanos.map { " (\(ComparisonText.signed($0)))" } ?? ""
    return self == .english ? "… \(DurationText.count(count)) more\(part)" : "… 还有 \(DurationText.count(count)) 条\(part)"
  }
  func changesLeftOut(_ hidden: Int, of total: Int, see call: String) -> String {
    let counted = "\(DurationText.count(hidden)) / \(DurationText.count(total))"
    return self == .english ? "… \(counted) changes left out: \(call)" : "… 省略 \(counted) 条变化: \(call)"
  }
}
