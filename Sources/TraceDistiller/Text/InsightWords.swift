// The sentences of insights in both languages. Names and messages come from records and appear as fields.

extension SummaryLanguage {
  var insights: String { self == .english ? "=== Insights ===" : "=== 性能洞察 ===" }
}

package struct InsightWords {
  let trace: DistilledTrace
  let language: SummaryLanguage

  package init(trace: DistilledTrace, language: SummaryLanguage) {
    self.trace = trace
    self.language = language
  }

  private var isEnglish: Bool { language == .english }

  /// `• N+1: SELECT … ×1,640 under build_order_list: 450.10 ms on the critical path → fetch them in one call (span 3f…)`
  func line(_ insight: Insight) -> String {
    let id = field(trace.snapshot.storage.spanID(insight.row), limit: 40)
    let cost = insight.costNanos > 0 ? (isEnglish ? ": " : "：") + self.cost(insight.costNanos) : ""
    return "• \(title(insight))\(cost) → \(advice(insight)) (span \(id))"
  }

  private func cost(_ nanos: Int64) -> String {
    isEnglish ? "\(DurationText.format(nanos)) on the critical path" : "关键路径上 \(DurationText.format(nanos))"
  }

  /// The finding as one sentence, without its cost.
  package func title(_ insight: Insight) -> String {
    let name = call(insight.row, insight.detail)
    let within = insight.within.map { self.name($0) } ?? ""
    let first = insight.calls.first.map { call($0.row, $0.detail) } ?? ""
    let time = DurationText.format(insight.nanos)
    let place = insight.place.map { $0.place(limit: 60) }
    let told = [insight.message.isEmpty ? nil : VisibleText.quoted(insight.message, limit: 120), place].compactMap { $0 }
    let message = told.isEmpty ? "" : " (\(told.joined(separator: ", ")))"
    switch insight.kind {
    case .repeatedCall:
      let shown = insight.calls.prefix(RepeatedCallDetector.maxCalls).map { call($0.row, $0.detail) + times($0.count) }
      let rest = insight.calls.count - shown.count
      let list = shown.joined(separator: ", ") + (rest > 0 ? (isEnglish ? " and \(rest) more" : " 等另外 \(rest) 种") : "")
      let all = insight.calls.count > 1 ? (isEnglish ? "\(count(insight.count)) calls: " : "共 \(count(insight.count)) 次调用: ") : ""
      let through = insight.through.map { (isEnglish ? " in " : ", 经由 ") + call($0.row, $0.detail) + times($0.count) } ?? ""
      return isEnglish
        ? "N+1: \(all)\(list)\(through) under \(within)\(times(insight.places))\(loopTimes(insight, place))"
        : "N+1 重复调用: \(all)\(list)\(through), 位于 \(within)\(times(insight.places))\(loopTimes(insight, place))"
    case .sequentialCalls:
      let list =
        insight.calls.isEmpty
        ? name + times(insight.count) : insight.calls.prefix(4).map { call($0.row, $0.detail) }.joined(separator: ", ")
      return isEnglish
        ? "One after another: \(list) under \(within), the longest takes \(time)" : "依次执行: \(list), 位于 \(within), 最长 \(time)"
    case .retry:
      let failed = count(insight.calls.first?.count ?? 0)
      return isEnglish
        ? "Retry: \(name)\(times(insight.count)), \(failed) failed\(message), \(time) of pauses between attempts"
        : "重试: \(name)\(times(insight.count)), 失败 \(failed) 次\(message), 间隔共 \(time)"
    case .resourceWait where !insight.calls.isEmpty:
      let part = insight.calls.dropFirst().first.map {
        isEnglish ? ", of which \(self.name(of: $0)) is \($0.count) %" : ", 其中 \(self.name(of: $0)) 占 \($0.count) %"
      }
      return isEnglish
        ? "Waiting for one other: all \(count(insight.count)) \(name) end when \(first) ends\(part ?? ""), the longest wait \(time)"
        : "等待同一个: 全部 \(count(insight.count)) 个 \(name) 在 \(first) 结束时结束\(part ?? ""), 最长等待 \(time)"
    case .resourceWait:
      let part = insight.through.map {
        isEnglish
          ? "; each waits for the one before it, which spends \(min(100, $0.count)) % of its turn in \(self.name(of: $0))"
          : "; 每个都等待前一个, 其 \(min(100, $0.count)) % 的时间在 \(self.name(of: $0))"
      }
      return isEnglish
        ? "Waiting in line: \(name)\(times(insight.count)) never overlap although their callers \(within) do\(part ?? "")"
        : "排队等待: \(name)\(times(insight.count)) 从不重叠, 而其调用者 \(within) 同时运行\(part ?? "")"
    case .calleeWait: return calleeWait(insight, name, first)
    case .uncoveredTime: return uncovered(insight, name)
    case .cycle:
      let round = (insight.round + insight.round.prefix(1)).map { field($0, limit: 40) }
      // Our arrows must not appear between values of records, so commas separate them.
      let values = round.joined(separator: ", ")
      let attribute = FieldText.key.make(insight.attribute, limit: 40)
      let inside = insight.within == nil ? "" : isEnglish ? " under \(within)" : ", 位于 \(within)"
      return isEnglish
        ? "Cycle: the same \(insight.round.count) values of \(attribute) repeat \(count(insight.count)) times in \(name)\(inside): \(values)"
        : "循环: \(name) 中 \(attribute) 的 \(insight.round.count) 个值重复 \(count(insight.count)) 次\(inside): \(values)"
    case .queueWait:
      return isEnglish
        ? "Waiting in a queue: \(name)\(times(insight.count)) starts \(time) after \(within) ended"
        : "队列等待: \(name)\(times(insight.count)) 在 \(within) 结束 \(time) 后才开始"
    case .workAfterRoot:
      let path = insight.calls.map { "\(self.name($0.row)) \(DurationText.format(Int64($0.count)))" }.joined(separator: ", ")
      return isEnglish
        ? "After the root: \(name)\(insight.count > 1 ? " and \(count(insight.count - 1)) more go" : " goes") on until \(time) after \(within) ended; its own critical path: \(path)"
        : "根函数结束之后: \(name)\(insight.count > 1 ? " 等 \(count(insight.count)) 个" : "") 在 \(within) 结束后又运行 \(time); 其关键路径: \(path)"
    case .gap:
      let after = insight.within.map { isEnglish ? " after \(self.name($0))" : " (在 \(self.name($0)) 之后)" } ?? ""
      let stretches =
        insight.count == 1
        ? time
        : (isEnglish ? "\(count(insight.count)) stretches, the longest \(time)" : "\(count(insight.count)) 段, 最长 \(time)")
      return isEnglish
        ? "Gap: no span covers \(stretches)\(after), between calls of \(name)" : "空隙: \(name) 的调用之间没有 span 覆盖 \(stretches)\(after)"
    case .slowOutlier:
      let all = count(insight.calls.first?.count ?? 0)
      let took = DurationText.format(trace.tree.duration(insight.row))
      let others =
        insight.count > 1 ? (isEnglish ? ", \(count(insight.count - 1)) more are slow" : ", 另有 \(count(insight.count - 1)) 个也慢") : ""
      return isEnglish
        ? "Slow outlier: \(name) took \(took), the median of \(all) under \(within) is \(time)\(others)"
        : "异常慢: \(name) 耗时 \(took), \(within) 下 \(all) 次的中位数为 \(time)\(others)"
    case .workAfterAnswer:
      return isEnglish ? "After the answer: \(within) goes on for \(time) after \(first)" : "应答之后: \(within) 在 \(first) 之后又运行 \(time)"
    case .swallowedError where insight.within == insight.row:
      return isEnglish
        ? "Swallowed error: \(name)\(times(insight.count)) recorded an exception\(message) and ended ok"
        : "错误被吞掉: \(name)\(times(insight.count)) 记录了异常\(message), 但正常结束"
    case .swallowedError:
      let follower = insight.calls.dropFirst().first.map { call in
        isEnglish ? "; each time \(self.name(of: call)) follows" : "; 每次随后都调用 \(self.name(of: call))"
      }
      return isEnglish
        ? "Swallowed error: \(name) failed\(times(insight.count))\(message), yet \(within) ended ok\(follower ?? "")"
        : "错误被吞掉: \(name) 失败\(times(insight.count))\(message), 但 \(within) 正常结束\(follower ?? "")"
    case .neverEnded:
      return isEnglish
        ? "Never ended: \(name)\(times(insight.count)), although \(within) did" : "未结束: \(name)\(times(insight.count)), 但 \(within) 已结束"
    case .detachedChild:
      return isEnglish
        ? "Outlives its caller: \(name)\(times(insight.count)) ends \(time) after \(within)"
        : "晚于调用者结束: \(name)\(times(insight.count)) 比 \(within) 晚 \(time)"
    case .missingCall:
      let all = count(insight.calls.first?.count ?? 0)
      return isEnglish
        ? "Missing call: \(count(insight.count)) of \(all) \(name) under \(within) has no \(first)"
        : "缺少调用: \(within) 下 \(all) 个 \(name) 中有 \(count(insight.count)) 个没有 \(first)"
    case .clockSkew:
      return isEnglish
        ? "Clock skew: \(name)\(times(insight.count)) starts \(time) before its caller \(within)"
        : "时钟偏差: \(name)\(times(insight.count)) 比调用者 \(within) 早开始 \(time)"
    case .chattyLog:
      return isEnglish ? "Chatty log: \(count(insight.count)) lines in \(name)" : "日志过多: \(name) 中有 \(count(insight.count)) 行"
    }
  }

  /// One line about what could be done.
  package func advice(_ insight: Insight) -> String {
    switch insight.kind {
    case .repeatedCall: isEnglish ? "make one call for all of them (IN, join, batch)" : "合并为一次调用 (IN, join, 批量)"
    case .sequentialCalls:
      isEnglish ? "start them together if none needs another's result" : "如互不依赖, 可同时发起"
    case .retry: isEnglish ? "find out why the first attempt fails" : "查明首次失败的原因"
    case .resourceWait: isEnglish ? "hold the lock or connection shorter, or have more than one" : "缩短持锁时间或增加资源"
    case .calleeWait: isEnglish ? "look at network, connection set-up and queues" : "检查网络, 建立连接与排队"
    case .queueWait: isEnglish ? "look at the consumers: their number, their batches, what they wait for" : "检查消费者: 数量, 批次, 等待原因"
    case .workAfterRoot: isEnglish ? "see whether somebody waits for it" : "查看是否有人等待其结果"
    case .cycle: isEnglish ? "see what leads back to the first" : "查看是什么又回到第一个"
    case .gap, .uncoveredTime: isEnglish ? "see what runs or waits there, and give it a span" : "查看此处在执行或等待什么, 并添加 span"
    case .slowOutlier: isEnglish ? "compare its attributes with the others'" : "与其他调用比较属性"
    case .workAfterAnswer: isEnglish ? "end the request with its answer" : "应答后即结束请求"
    case .swallowedError: isEnglish ? "check what its result lacks" : "检查结果是否缺失"
    case .neverEnded: isEnglish ? "look for a lost end or a leaked task" : "检查是否遗漏结束或泄漏任务"
    case .detachedChild: isEnglish ? "wait for it, or mark it as detached" : "等待其结束或标记为分离"
    case .missingCall: isEnglish ? "check why it was skipped" : "检查为何跳过"
    case .clockSkew:
      isEnglish
        ? "do not trust times between the two services, or set them right with --max-clock-adjust"
        : "不要相信两个服务之间的时间, 或用 --max-clock-adjust 校正"
    case .chattyLog: isEnglish ? "log a summary instead" : "改为记录汇总"
    }
  }

  /// ` (0.61 ms in the calls, 2.26 ms from the first to the last, views.py:41)`, if it says more than the cost.
  private func loopTimes(_ insight: Insight, _ place: String?) -> String {
    var told: [String] = []
    if insight.otherNanos - insight.nanos > insight.otherNanos / 20 {
      let (calls, reach) = (DurationText.format(insight.nanos), DurationText.format(insight.otherNanos))
      told.append(isEnglish ? "\(calls) in the calls, \(reach) from the first to the last" : "调用共 \(calls), 从首次到末次 \(reach)")
    }
    if let place { told.append(place) }
    return told.isEmpty ? "" : " (\(told.joined(separator: ", ")))"
  }

  /// `Waiting outside the callee: shop calls cart, 12.00 ms before POST /charge begins and 3.00 ms after it ends, in GET ×3`
  private func calleeWait(_ insight: Insight, _ name: String, _ callee: String) -> String {
    let (before, after) = (DurationText.format(insight.nanos), DurationText.format(insight.otherNanos))
    let services = insight.calls.first.flatMap { call -> (String, String)? in
      guard let caller = trace.node(insight.row).service, let other = trace.node(call.row).service, caller != other else { return nil }
      return (field(caller, limit: 40), field(other, limit: 40))
    }
    let calls = name + times(insight.count)
    if isEnglish {
      let who = services.map { "\($0.0) calls \($0.1), " } ?? ""
      return "Waiting outside the callee: \(who)\(before) before \(callee) begins and \(after) after it ends, in \(calls)"
    }
    let who = services.map { "\($0.0) 调用 \($0.1), " } ?? ""
    return "在被调用者之外等待: \(who)\(callee) 开始前 \(before), 结束后 \(after), 位于 \(calls)"
  }

  /// `Not covered by any span: most of GET /orders, 620.00 ms in one stretch after loadCart`
  private func uncovered(_ insight: Insight, _ name: String) -> String {
    let all = DurationText.format(insight.costNanos)
    guard let stretch = insight.stretch else { return name }
    let (before, after) = (stretch.before.map { self.name($0) }, stretch.after.map { self.name($0) })
    let longest = DurationText.format(insight.nanos)
    let amount: String
    let place: String
    if isEnglish {
      switch (before, after) {
      case (let before?, let after?): place = "between \(before) and \(after)"
      case (let before?, nil): place = "after \(before), its last call"
      case (nil, let after?): place = "before \(after), its first call"
      case (nil, nil): place = ""
      }
      if place.isEmpty {
        amount = "no span is inside it"
      } else {
        amount = stretch.count == 1 ? "in one stretch \(place)" : "in \(count(stretch.count)) stretches, the longest \(longest) \(place)"
      }
      return "Not covered by a span: \(all)\(stretch.isMost ? ", most of the time," : "") of \(name)\(times(insight.count)), \(amount)"
    }
    switch (before, after) {
    case (let before?, let after?): place = "在 \(before) 与 \(after) 之间"
    case (let before?, nil): place = "在最后一次调用 \(before) 之后"
    case (nil, let after?): place = "在第一次调用 \(after) 之前"
    case (nil, nil): place = ""
    }
    if place.isEmpty {
      amount = "其中没有任何 span"
    } else {
      amount = stretch.count == 1 ? "集中在一段, \(place)" : "分 \(count(stretch.count)) 段, 最长 \(longest) \(place)"
    }
    return "没有 span 覆盖: \(name)\(times(insight.count)) 的 \(all)\(stretch.isMost ? " (大部分时间)" : ""), \(amount)"
  }

  private func name(of call: Insight.Call) -> String { self.call(call.row, call.detail) }

  /// A name, with what distinguishes calls with that name.
  private func call(_ row: Int, _ detail: String?) -> String {
    guard let detail else { return name(row) }
    let own = trace.node(row).name
    // `SELECT order_item` and `SELECT * FROM order_item …`: the statement contains what the name says.
    func verb(_ text: String) -> String { text.prefix { $0 != " " }.lowercased() }
    let isWhole = verb(detail) == verb(own)
    return field(isWhole ? detail : "\(own) \(detail)", limit: 80)
  }

  private func name(_ row: Int) -> String {
    let node = trace.node(row)
    return field(node.name.isEmpty ? node.spanID : node.name, limit: 80)
  }

  /// Text that could be taken for the arrow before our advice is put in quotes.
  private func field(_ text: String, limit: Int) -> String {
    text.unicodeScalars.contains("→") ? VisibleText.quoted(text, limit: limit) : FieldText.name.make(text, limit: limit)
  }

  private func times(_ count: Int) -> String { count > 1 ? " ×\(DurationText.count(count))" : "" }
  private func count(_ value: Int) -> String { DurationText.count(value) }
}
