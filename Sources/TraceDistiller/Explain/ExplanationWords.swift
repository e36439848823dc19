// The sentences of an explanation in both languages. Texts from records appear in them as fields.

import TraceRecords

package struct ExplanationWords {
  let trace: DistilledTrace
  let language: SummaryLanguage
  /// Whether the base is several traces, so that its value is a median.
  let isMedian: Bool
  private let insights: InsightWords

  package init(_ explanation: Explanation, _ language: SummaryLanguage) {
    trace = explanation.trace
    self.language = language
    isMedian = explanation.verdict.baseCount > 1
    insights = InsightWords(trace: explanation.trace, language: language)
  }

  private var isEnglish: Bool { language == .english }

  package func text(_ statement: Finding.Statement) -> String {
    switch statement {
    case .error(let service, let operation, let message, let count, let isNew):
      let told = message.isEmpty ? (isEnglish ? "no message" : "无错误信息") : VisibleText.quoted(message, limit: 240)
      let new = isNew ? (isEnglish ? ", which the base does not have" : ", 基准中没有") : ""
      return isEnglish
        ? "\(prefix(service))error in \(name(operation))\(times(count)): \(told)\(new)"
        : "\(prefix(service))\(name(operation)) 出错\(times(count)): \(told)\(new)"
    case .place(let frame):
      let function = frame.function.isEmpty ? "" : (isEnglish ? " in " : ", 函数 ") + VisibleText.make(frame.function, limit: 60)
      return (isEnglish ? "at " : "位于 ") + frame.place(limit: 80) + function
    case .endedRoot: return isEnglish ? "it made the root fail" : "它使根函数失败"
    case .swallowed(let by): return isEnglish ? "\(name(by)) ended ok in spite of it" : "\(name(by)) 仍正常结束"
    case .laterErrors(let count, let service, let operation, let message):
      let told = message.isEmpty ? "" : ": " + VisibleText.quoted(message, limit: 120)
      return isEnglish
        ? "\(AnswerCount.of(count, "error")) besides, the next in \(prefix(service))\(name(operation))\(told)"
        : "另有 \(number(count)) 个错误, 下一个在 \(prefix(service))\(name(operation))\(told)"
    case .noAnswer(let operation, let callee, let took):
      return isEnglish
        ? "no answer from \(name(callee)): the call \(name(operation)) took \(time(took)) and no span of \(name(callee)) is below it, as there is in the base"
        : "\(name(callee)) 没有应答: 调用 \(name(operation)) 耗时 \(time(took)), 其下没有 \(name(callee)) 的 span, 而基准中有"
    case .stopped(let service, let frame, let after, let missing, let steps):
      let list = self.list(missing, of: missing.count)
      if isEnglish {
        let place = after.map { "after \(name($0))" } ?? "before its first call"
        return
          "\(prefix(service))\(name(frame)) stopped early, \(place): missing \(list); \(number(steps)) steps of \(nearest) are gone in all"
      }
      let place = after.map { "在 \(name($0)) 之后" } ?? "在第一次调用之前"
      return "\(prefix(service))\(name(frame)) \(place)提前结束: 缺少 \(list); 基准中共有 \(number(steps)) 个步骤消失"
    case .stoppedAfter(let service, let operation, let caller, let frame, let missing, let steps):
      let list = self.list(missing, of: missing.count)
      return isEnglish
        ? "\(prefix(service))once \(name(operation)) had returned, its caller \(prefix(caller))\(name(frame)) stopped early: missing \(list); \(number(steps)) steps of \(nearest) are gone in all"
        : "\(prefix(service))\(name(operation)) 返回之后, 其调用者 \(prefix(caller))\(name(frame)) 提前结束: 缺少 \(list); 基准中共有 \(number(steps)) 个步骤消失"
    case .lastIsWhole(let operation, let service, let steps):
      return isEnglish
        ? "\(name(service)) did all of \(name(operation)) (\(number(steps)) steps as in the base): its caller went no further"
        : "\(name(service)) 完整执行了 \(name(operation)) (\(number(steps)) 个步骤与基准相同): 是调用者没有继续"
    case .lastLooksUsual(let operation, let took, let base):
      return isEnglish
        ? "\(name(operation)) has its usual steps (\(time(took)), base \(time(base))): spans do not tell what it returned"
        : "\(name(operation)) 的步骤与基准相同 (\(time(took)), 基准 \(time(base))): span 不能说明其返回值"
    case .newCalls(let names, let steps):
      return (isEnglish ? "new here: " : "新出现: ") + list(names, of: steps)
    case .own(let service, let operation, let nanos, let base):
      if let operation {
        return isEnglish
          ? "\(prefix(service))own time of \(name(operation)) \(time(nanos))\(beside(base))"
          : "\(prefix(service))\(name(operation)) 自身耗时 \(time(nanos))\(beside(base))"
      }
      return isEnglish
        ? "\(prefix(service))own time \(time(nanos))\(beside(base))" : "\(prefix(service))自身耗时 \(time(nanos))\(beside(base))"
    case .operation(let operation, let nanos, let base, let calls, let baseCalls):
      let count = baseCalls.map { $0 != calls ? " (×\(number(calls)), \(baseWord) ×\(number($0)))" : times(calls) } ?? times(calls)
      return "\(name(operation))\(count) \(time(nanos))\(beside(base))"
    case .stretch(let nanos, let count, _, let row, let after, let before, let isLeaf):
      return stretch(nanos, count, row, after, before, isLeaf)
    case .besideCalls(_, let services):
      let list = services.map { "\(name($0.service)) \(time($0.nanos))" }.joined(separator: ", ")
      return isEnglish
        ? "of it directly before or after calls of other services, which may be a wait for them: \(list)"
        : "其中紧邻对其他服务的调用 (可能是在等待它们): \(list)"
    case .waiting(let service, let before, let after, let base):
      let parts = [
        before > 0 ? (isEnglish ? "\(time(before)) before its spans begin" : "其 span 开始前 \(time(before))") : nil,
        after > 0 ? (isEnglish ? "\(time(after)) after they end" : "结束后 \(time(after))") : nil,
      ].compactMap { $0 }.joined(separator: ", ")
      return isEnglish
        ? "\(prefix(service))callers wait outside the callee for \(time(before + after))\(beside(base)): \(parts)"
        : "\(prefix(service))调用者在被调用者之外等待 \(time(before + after))\(beside(base)): \(parts)"
    case .call(let caller, let operation, let nanos, let base, let calls):
      let from = caller.isEmpty ? "" : isEnglish ? "from \(name(caller)) to " : "从 \(name(caller)) 到 "
      return "\(from)\(name(operation))\(times(calls)) \(time(nanos))\(beside(base))"
    case .callee(let operation, let took, let base):
      return isEnglish
        ? "the called spans of \(name(operation)) themselves last \(time(took))\(beside(base))"
        : "\(name(operation)) 被调用的 span 自身持续 \(time(took))\(beside(base))"
    case .slowed(let service, let own, let ownBase, let wait, let waitBase, let operations):
      return isEnglish
        ? "\(prefix(service))slowed as a whole: own time \(time(own))\(beside(ownBase)) in \(number(operations)) operations that grew, and waits around its spans \(time(wait))\(beside(waitBase))"
        : "\(prefix(service))整体变慢: \(number(operations)) 个操作的自身耗时增至 \(time(own))\(beside(ownBase)), 其 span 前后的等待 \(time(wait))\(beside(waitBase))"
    case .cpuUnknown:
      return isEnglish
        ? "spans do not tell burnt from starved CPU: its CPU usage and throttling would"
        : "span 无法区分消耗 CPU 与 CPU 不足: 需看其 CPU 用量与限流"
    case .grid(let nanos):
      let list = nanos.map { time($0) }.joined(separator: ", ")
      return isEnglish
        ? "stretches near multiples of 100 ms, the period of a CPU quota: \(list)" : "时长接近 100 ms (CPU 配额周期) 的倍数: \(list)"
    case .ownBesides(let nanos, let base):
      return isEnglish ? "its own time grew besides: \(time(nanos))\(beside(base))" : "其自身耗时也增加: \(time(nanos))\(beside(base))"
    case .waitBesides(let nanos, let base):
      return isEnglish
        ? "waits around its spans grew besides: \(time(nanos))\(beside(base))" : "其 span 前后的等待也增加: \(time(nanos))\(beside(base))"
    case .queued(let operation, let sender, let nanos, let base, let count):
      return isEnglish
        ? "\(name(operation))\(times(count)) waited \(time(nanos))\(count > 1 ? " in all" : "")\(beside(base)) before \(count > 1 ? "they" : "it") began, after \(name(sender)) had ended: nothing of it is on the root's critical path"
        : "\(name(operation))\(times(count)) 在 \(name(sender)) 结束之后等待 \(time(nanos))\(beside(base)) 才开始: 不在根函数的关键路径上"
    case .detached(let operation, let nanos, let base, let calls):
      return isEnglish
        ? "\(name(operation))\(times(calls)), for which nobody waits, took \(time(nanos))\(beside(base))"
        : "无人等待的 \(name(operation))\(times(calls)) 耗时 \(time(nanos))\(beside(base))"
    case .othersChanged(_, let services, let nanos):
      return isEnglish
        ? services == 0
          ? "no other service is in it"
          : "the other \(services == 1 ? "service" : "\(number(services)) services together"): \(ComparisonText.signed(nanos))"
        : "其余 \(number(services)) 个服务合计: \(ComparisonText.signed(nanos))"
    case .ownPath(let row, let operations):
      let list = operations.map { "\(name($0.operation)) \(time($0.nanos))" }.joined(separator: ", ")
      let id = name(trace.snapshot.storage.spanID(row))
      return isEnglish ? "the critical path of the longest (span \(id)): \(list)" : "最长者 (span \(id)) 的关键路径: \(list)"
    case .followed(let operation, let by, let times, let nanos):
      return isEnglish
        ? "\(name(by)) follows each of the \(number(times)) times that \(name(operation)) fails: \(time(nanos)) on the critical path"
        : "\(name(operation)) 失败的 \(number(times)) 次之后每次都调用 \(name(by)): 关键路径上 \(time(nanos))"
    case .elsewhere(let nanos):
      return isEnglish ? "\(time(nanos)) of it is counted in another finding" : "其中 \(time(nanos)) 计入其他结论"
    case .whose(let services):
      let list = services.map { "\(name($0.service)) \(time($0.nanos))" }.joined(separator: ", ")
      return isEnglish ? "whose time: \(list)" : "各服务所占时间: \(list)"
    case .insight(let insight): return insights.title(insight) + " → " + insights.advice(insight)
    case .attribute(let key, let value, let slow, let ofSlow, let others, let ofOthers):
      let field = "\(FieldText.key.make(key, limit: 60))=\(FieldText.value.make(value, limit: 60))"
      return isEnglish
        ? "\(field) sets the slow ones apart: \(slow) of \(ofSlow) slow traces have it, \(others) of \(ofOthers) others"
        : "\(field) 区分慢的调用链: \(ofSlow) 个慢的中有 \(slow) 个, 其余 \(ofOthers) 个中有 \(others) 个"
    }
  }

  /// The first three names, and the number of further ones.
  private func list(_ names: [String], of count: Int) -> String {
    let shown = names.prefix(3).map { name($0) }
    let more = count > shown.count ? (isEnglish ? " and \(number(count - shown.count)) more" : " 等 \(number(count)) 项") : ""
    return shown.joined(separator: ", ") + more
  }

  private func stretch(_ nanos: Int64, _ count: Int, _ row: Int, _ after: String?, _ before: String?, _ isLeaf: Bool) -> String {
    let id = name(trace.snapshot.storage.spanID(row))
    let place: String
    switch (after, before) {
    case _ where isLeaf: place = isEnglish ? "no span covers it" : "无子 span"
    case (nil, let before?): place = isEnglish ? "before its first call \(name(before))" : "在首次调用 \(name(before)) 之前"
    case (let after?, nil): place = isEnglish ? "after \(name(after)) returned, the last" : "在最后的 \(name(after)) 返回之后"
    case (let after?, let before?):
      place = isEnglish ? "between \(name(after)) and \(name(before))" : "在 \(name(after)) 与 \(name(before)) 之间"
    default: place = isEnglish ? "beside its calls" : "与其调用并行"
    }
    let stretches =
      count == 1
      ? (isEnglish ? "in one stretch" : "一段")
      : (isEnglish ? "the longest of \(number(count)) stretches \(time(nanos))" : "\(number(count)) 段中最长 \(time(nanos))")
    return isEnglish ? "\(stretches), \(place) (span \(id))" : "\(stretches), \(place) (span \(id))"
  }

  /// With several traces in the base, steps are compared with the most similar one.
  private var nearest: String { isMedian ? "the most like trace" : "the base" }
  private var baseWord: String { isMedian ? (isEnglish ? "median" : "中位数") : (isEnglish ? "base" : "基准") }
  private func beside(_ base: Int64?) -> String { base.map { " (\(baseWord) \(time($0)))" } ?? "" }
  private func prefix(_ service: String) -> String { service.isEmpty ? "" : "\(name(service)): " }
  private func time(_ nanos: Int64) -> String { DurationText.format(nanos) }
  private func times(_ count: Int) -> String { count > 1 ? " ×\(number(count))" : "" }
  private func number(_ value: Int) -> String { DurationText.count(value) }
  /// Names are shortened so that they do not fill the sentence.
  private func name(_ text: String) -> String {
    text.isEmpty
      ? language.unnamed : text.unicodeScalars.contains("→") ? VisibleText.quoted(text, limit: 72) : FieldText.step.make(text, limit: 72)
  }
}

enum AnswerCount {
  static func of(_ count: Int, _ noun: String) -> String { "\(DurationText.count(count)) \(count == 1 ? noun : noun + "s")" }
}
