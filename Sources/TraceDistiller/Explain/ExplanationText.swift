// An explanation as text, never over its bound: what happened, why, what is not explained, and which request to make next.

import TraceRecords

/// The suggested next request, as a call that can be pasted.
package struct NextCall: Sendable, Equatable {
  package var method: String
  /// Parameters in the order in which they are written.
  package var params: [(key: String, value: String)]

  package static func == (left: NextCall, right: NextCall) -> Bool {
    left.method == right.method && left.params.elementsEqual(right.params) { $0 == $1 }
  }

  /// `trace/span {"traceId":"t1","spanId":"3f2a"}`. Ids that JSON would have to escape are left out.
  package func text(_ calls: CallNames) -> String {
    "\(calls(method)) {\(params.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ","))}"
  }
}

extension Explanation {
  /// The request that shows more about the first finding.
  package var next: NextCall {
    let trace = (key: "traceId", value: self.trace.snapshot.handle)
    guard let first = findings.first else {
      if case .none = base { return NextCall(method: "trace/summary", params: [trace]) }
      return NextCall(method: "trace/criticalPath", params: [trace])
    }
    switch first.kind {
    case .failed: return NextCall(method: "trace/errors", params: [trace])
    case .stoppedEarly, .noAnswer:
      if case .trace(let handle, _) = base {
        return NextCall(method: "traces/compare", params: [("base", handle), ("target", self.trace.snapshot.handle)])
      }
    default: break
    }
    let id = self.trace.snapshot.storage.spanID(first.row)
    guard id.utf8.count <= 64, id.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }) else {
      return NextCall(method: "trace/criticalPath", params: [trace])
    }
    return NextCall(method: "trace/span", params: [trace, ("spanId", id)])
  }
}

package struct ExplanationText: Sendable {
  package let text: String
  package let shown: Int
  package let isTruncated: Bool
  /// The planned lines exceeded the bound and the text was cut. That is a bug, which tests look for.
  let isForced: Bool

  /// - Complexity: O(maxChars).
  package init(_ explanation: Explanation, language: SummaryLanguage, calls: CallNames = .methods, maxChars: Int) {
    let words = ExplanationWords(explanation, language)
    let writer = Writer(explanation: explanation, words: words, language: language, isBrief: maxChars < 1_000)
    let next = writer.next(explanation.next.text(calls))
    // The call to paste is more important than the last details of a finding.
    var room = maxChars - ComparisonText.cost(next)
    var lines = writer.head(budget: room)
    room -= ComparisonText.cost(lines)
    let closing = writer.closing()
    var kept = 0
    var isCut = false
    room -= ComparisonText.cost(closing)
    let leftOut = ComparisonText.cost([writer.leftOut(explanation.findings.count)])
    for (index, finding) in explanation.findings.enumerated() {
      let isLast = index == explanation.findings.count - 1
      let budget = room - (isLast ? 0 : leftOut)
      guard let (told, whole) = writer.lines(finding, number: index + 1, budget: budget, isCut: index == 0) else { break }
      lines += told
      room -= ComparisonText.cost(told)
      kept += 1
      if !whole { isCut = true }
    }
    if kept < explanation.findings.count, room >= leftOut { lines.append(writer.leftOut(explanation.findings.count - kept)) }
    if room >= 0 { lines += closing }
    lines += next
    let (held, isForced) = BoundedText.held(lines, within: maxChars)
    text = held
    shown = kept
    self.isForced = isForced
    isTruncated = kept < explanation.findings.count || isCut || isForced
  }
}

private struct Writer {
  let explanation: Explanation
  let words: ExplanationWords
  let language: SummaryLanguage
  /// With a small bound the first finding is more important than the lines around it.
  let isBrief: Bool
  private var isEnglish: Bool { language == .english }
  private var verdict: Explanation.Verdict { explanation.verdict }

  init(explanation: Explanation, words: ExplanationWords, language: SummaryLanguage, isBrief: Bool) {
    (self.explanation, self.words, self.language, self.isBrief) = (explanation, words, language, isBrief)
  }

  /// Which trace, what happened, and its rank among the others.
  func head(budget: Int) -> [String] {
    var width = isBrief ? 40 : 100
    while true {
      let lines = head(width: width)
      if ComparisonText.cost(lines) <= budget || width <= 8 { return lines }
      width = width * 3 / 4
    }
  }

  private func head(width: Int) -> [String] {
    let snapshot = explanation.trace.snapshot
    let which = snapshot.namesakes.map { language.newest(of: $0) } ?? ""
    let root = explanation.trace.primaryRoot
    let service = root?.service.map { FieldText.name.make($0, limit: width) + " " } ?? ""
    let name = root.map { $0.name.isEmpty ? language.unnamed : FieldText.name.make($0.name, limit: width) } ?? language.noSpans
    var lines = ["\(snapshot.handle) · \(FieldText.name.make(snapshot.traceID, limit: width))\(which) — \(service)\(name)"]
    lines.append((isEnglish ? "What: " : "概况: ") + what(root))
    if !snapshot.isComplete, !snapshot.reasons.isEmpty { lines.append(language.notComplete + snapshot.reasons.joined(separator: ", ")) }
    if !isBrief { lines.append((isEnglish ? "Base: " : "基准: ") + base(width: width)) }
    return lines
  }

  private func what(_ root: DistilledTraceNode?) -> String {
    guard let root else { return isEnglish ? "no span was told of" : "没有任何 span" }
    let status =
      root.isRunning
      ? (isEnglish ? "running" : "运行中") : root.isFailed ? (isEnglish ? "failed" : "失败") : (isEnglish ? "ok" : "正常")
    let inside = explanation.trace.failedInside
    let ended = verdict.end.map { language.ended($0) } ?? ""
    var parts = ["\(status) \(isEnglish ? "after" : "耗时") \(DurationText.format(verdict.rootNanos))\(ended)"]
    if inside > 0 { parts.append(isEnglish ? AnswerCount.of(inside, "error") + " inside" : "内部 \(inside) 个错误") }
    if let base = verdict.baseNanos { parts.append(place(base)) }
    return parts.joined(separator: ", ")
  }

  /// `9.8 × the base's 112.70 ms`
  private func place(_ base: Int64) -> String {
    let isUsual = verdict.usualNanos != nil
    let what = isUsual ? (isEnglish ? "the usual" : "通常的") : (isEnglish ? "the base's" : "基准的")
    let factor = base > 0 ? "\(Self.factor(verdict.rootNanos, base)) × " : ""
    var text = "\(factor)\(what) \(DurationText.format(base))"
    if isUsual {
      text +=
        isEnglish
        ? ", slower than \(DurationText.count(verdict.faster)) of \(DurationText.count(verdict.baseCount)) like it"
        : ", 慢于 \(DurationText.count(verdict.baseCount)) 个同类中的 \(DurationText.count(verdict.faster)) 个"
    }
    return text
  }

  /// `9.8`; two decimals below 10.
  private static func factor(_ value: Int64, _ base: Int64) -> String {
    let hundredths = Int64((Double(value) / Double(base) * 100).rounded())
    return hundredths >= 1_000
      ? "\((hundredths + 50) / 100)" : "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }

  private func base(width: Int) -> String {
    switch explanation.base {
    case .none(let like):
      return isEnglish
        ? "none: \(like == 1 ? "1 like trace" : "\(like) like traces") found, fewer than five; nothing here is called usual"
        : "无: 仅有 \(like) 个同类调用链, 少于五个; 不判断何为通常"
    case .trace(let handle, let id): return "\(handle) · \(FieldText.name.make(id, limit: width))"
    case .like(let count, let looked):
      return isEnglish
        ? "medians of \(DurationText.count(count)) like traces, of \(DurationText.count(looked)) with this root"
        : "\(DurationText.count(count)) 个同类调用链的中位数 (同根共 \(DurationText.count(looked)) 个)"
    case .run(let run, let count):
      let name = FieldText.name.make(run, limit: width)
      return isEnglish ? "run \(name), \(AnswerCount.of(count, "trace"))" : "运行 \(name), \(count) 个调用链"
    case .filter(let count): return isEnglish ? "\(AnswerCount.of(count, "trace")) that match" : "匹配的 \(count) 个调用链"
    }
  }

  /// One finding: its sentence, and as much of the evidence as fits. Nil if not even the sentence fits.
  /// - Parameter isCut: cuts a sentence that is too long.
  func lines(_ finding: Finding, number: Int, budget: Int, isCut: Bool) -> (lines: [String], isWhole: Bool)? {
    let told = finding.nanos > 0 ? self.cost(finding) : ""
    let cost = told.isEmpty ? "" : " — " + told
    var lines = ["\(number). \(words.text(finding.head))\(cost)"]
    guard ComparisonText.cost(lines) <= budget else {
      guard isCut, budget > 40 else { return nil }
      return ([BoundedText.held(lines, within: budget - 2).text], false)
    }
    // The first finding is the one that people read, so it gets all of its evidence.
    let evidence = number == 1 ? finding.evidence[...] : finding.evidence.prefix(2)
    let counter = number == 1 ? finding.counter[...] : finding.counter.prefix(0)
    let against = isEnglish ? "   but: " : "   但: "
    let details = evidence.map { "   " + words.text($0) } + counter.map { against + words.text($0) }
    for detail in details {
      guard ComparisonText.cost(lines) + jsonLength(detail) + 2 <= budget else { return (lines, false) }
      lines.append(detail)
    }
    return (lines, true)
  }

  private func cost(_ finding: Finding) -> String {
    let time = DurationText.format(finding.nanos)
    // These findings are not on the critical path.
    if finding.kind == .queued || finding.kind == .detachedWork { return "" }
    let isAdded = verdict.baseNanos != nil
    let share =
      finding.hasOwnShare && explanation.wholeNanos > 0 && finding.nanos <= explanation.wholeNanos
      ? " (\(DurationText.percent(Double(finding.nanos) / Double(explanation.wholeNanos))))" : ""
    if isAdded, finding.hasOwnShare { return isEnglish ? "\(time) more\(share)" : "增加 \(time)\(share)" }
    if finding.elsewhere > 0, finding.kind == .ownTime || finding.kind == .waitingOutside {
      return isEnglish ? "\(time)\(share) of the critical path counted here" : "此处计入关键路径 \(time)\(share)"
    }
    // The sentence already gives the time.
    if finding.kind == .ownTime || finding.kind == .waitingOutside, !share.isEmpty {
      let part = DurationText.percent(Double(finding.nanos) / Double(explanation.wholeNanos))
      return isEnglish ? "\(part) of the critical path" : "占关键路径 \(part)"
    }
    return isEnglish ? "\(time)\(share) on the critical path" : "关键路径上 \(time)\(share)"
  }

  func leftOut(_ count: Int) -> String {
    isEnglish ? "… \(AnswerCount.of(count, "finding")) left out: a larger maxChars shows them" : "… 省略 \(count) 条结论: 增大 maxChars 可见"
  }

  func closing() -> [String] {
    var lines: [String] = []
    if verdict.hasMadeUpTimes {
      lines.append(
        isEnglish
          ? "All messages last exactly as long, so their times were not measured and not looked at. Looked for: errors, missing calls."
          : "所有消息的时长完全相同, 并非实测, 因此未分析时间。已检查: 错误, 缺失的调用。")
    } else if explanation.findings.isEmpty {
      lines.append(
        isEnglish
          ? "No finding. Looked for: errors, own time and waits by service, missing calls, repeated and sequential calls, retries, waiting in line, outliers."
          : "没有结论。已检查: 错误, 各服务的自身耗时与等待, 缺失的调用, 重复与依次的调用, 重试, 排队, 异常慢的调用。")
    }
    if let usual = verdict.usualNanos, verdict.rootNanos <= usual {
      let range = "\(DurationText.format(verdict.baseNanos ?? 0)) – \(DurationText.format(usual))"
      lines.append(isEnglish ? "Its duration is within the usual spread (\(range))" : "其耗时在通常范围内 (\(range))")
      return lines
    }
    guard explanation.wholeNanos > 0, !isBrief else { return lines }
    let rest = explanation.wholeNanos - explanation.explainedNanos
    let share = DurationText.percent(Double(rest) / Double(explanation.wholeNanos))
    let whole = DurationText.format(explanation.wholeNanos)
    if verdict.baseNanos != nil {
      lines.append(
        isEnglish
          ? "Not explained: \(DurationText.format(rest)) (\(share)) of the \(whole) that were added"
          : "未解释: 增加的 \(whole) 中的 \(DurationText.format(rest)) (\(share))")
    } else {
      lines.append(
        isEnglish
          ? "Not explained: \(DurationText.format(rest)) (\(share)) of \(whole)"
          : "未解释: \(whole) 中的 \(DurationText.format(rest)) (\(share))")
    }
    return lines
  }

  func next(_ call: String) -> [String] { [(isEnglish ? "Next: " : "下一步: ") + call] }
}
