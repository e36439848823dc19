// No regression: every kind of root beside its baseline; what is claimed is named as `trace/explain` names it.

struct RegressionRule {
  let rule: CheckRule
  let tolerance: ComparisonTolerance

  init(_ rule: CheckRule, above: CheckRule.Threshold?, _ tolerance: ComparisonTolerance) {
    self.rule = rule
    switch above {
    case nil: self.tolerance = tolerance
    case .percent(let percent): self.tolerance = ComparisonTolerance(percent: percent, nanos: tolerance.nanos)
    case .nanos(let nanos): self.tolerance = ComparisonTolerance(percent: tolerance.percent, nanos: nanos)
    }
  }

  /// - Parameter read: a trace of the target by its number.
  func answer(base: CheckBaseline?, target: BaselineBuilder, unsure: String?, read: (Int) -> TraceAnalysis) -> RuleAnswer {
    guard let base else { return .unmatched(rule, "no baseline was given") }
    var answer = RuleAnswer(rule: rule, verdict: .holds, looked: "")
    var claims: [CheckClaim] = []
    var (common, baseTraces) = (0, 0)
    var few: [String] = []
    var new: [String] = []
    var paths = target.paths
    for samples in target.roots.sorted(by: { Self.precedes($0, $1, target) }) {
      let (service, name) = Self.name(samples, target)
      guard let root = base.roots.first(where: { $0.service.utf8.elementsEqual(service.utf8) && $0.name.utf8.elementsEqual(name.utf8) })
      else {
        new.append(Self.shown(service, name))
        continue
      }
      common += 1
      baseTraces += root.traces
      answer.traces += samples.traces.count
      guard min(samples.traces.count, root.traces) >= RootChanges.least else {
        few.append(
          "\(Self.shown(service, name)) (\(AnswerCount.of(samples.traces.count, "trace")), \(DurationText.count(root.traces)) in the base)")
        continue
      }
      let changes = RootChanges(base: root, target: samples, builder: target, tolerance: tolerance)
      for change in changes.find() {
        claims.append(
          Self.claim(change, changes, root: root, read(changes.trace(of: change)), &paths, isTold: claims.count < RuleAnswer.mostClaims))
      }
      let gone = changes.gone
      if !gone.isEmpty {
        answer.notes.append("\(Self.shown(service, name)) makes no more calls of \(Self.list(gone))")
      }
    }
    guard common > 0 else {
      let names = base.roots.map { Self.shown($0.service, $0.name) }
      return .unmatched(
        rule,
        target.roots.isEmpty
          ? "no trace with a root" : "no kind of root that the base has (\(names.isEmpty ? "it is empty" : Self.list(names)))")
    }
    answer.looked =
      "\(AnswerCount.of(answer.traces, "trace")) of \(common == 1 ? "one kind" : "\(common) kinds") of root beside \(DurationText.count(baseTraces)) of the base"
    if !new.isEmpty { answer.notes.append("not in the base: \(Self.list(new))") }
    let names = Set(target.roots.map { Self.shown(Self.name($0, target).service, Self.name($0, target).name) })
    let absent = base.roots.map { Self.shown($0.service, $0.name) }.filter { !names.contains($0) }
    if !absent.isEmpty { answer.notes.append("in the base alone: \(Self.list(absent))") }
    claims = claims.enumerated().sorted { left, right in
      if (left.element.kind == "failed") != (right.element.kind == "failed") { return left.element.kind == "failed" }
      return left.element.nanos != right.element.nanos ? left.element.nanos > right.element.nanos : left.offset < right.offset
    }.map(\.element)
    answer.keep(claims)
    if !claims.isEmpty {
      answer.verdict = .broken
    } else if !few.isEmpty {
      answer.verdict = .undecided
      answer.reason = "too few traces of \(Self.list(few)): \(RootChanges.least) of each side are needed"
    } else if let unsure {
      (answer.verdict, answer.reason) = (.undecided, unsure)
    }
    if answer.verdict == .broken, !few.isEmpty { answer.notes.append("too few traces of \(Self.list(few))") }
    return answer
  }

  // MARK: Claims

  private static func claim(
    _ change: StepChange, _ changes: RootChanges, root: CheckBaseline.Root, _ analysis: TraceAnalysis, _ paths: inout StepPaths,
    isTold: Bool
  ) -> CheckClaim {
    var claim = CheckClaim(kind: kind(change), sentence: "")
    (claim.service, claim.operation, claim.nanos) = (change.service, change.operation, change.nanos)
    claim.root = root.name
    var pattern: Insight?
    if isTold {
      let trace = analysis.trace
      let rows = paths.add(trace, analysis.keys, isOfCalls: true)
      let row = row(of: change, trace, rows)
      pattern = Self.pattern(change, analysis, rows)
      if let pattern, let kind = Finding.Kind(pattern.kind) { claim.kind = kind.rawValue }
      claim.example = CheckExample(
        trace, row: row, method: change.failed != nil ? "trace/errors" : change.isOfRoot ? "trace/explain" : "trace/span")
      if change.failed != nil, let place = row.flatMap({ trace.failurePlace(of: $0) }) { claim.example?.place = place }
      if let pattern {
        claim.sentence = InsightWords(trace: trace, language: .english).title(pattern)
        if let place = pattern.place { claim.example?.place = place }
      }
    }
    let parts = sentence(change, changes, root)
    claim.sentence = claim.sentence.isEmpty ? parts : "\(parts) — \(claim.sentence)"
    return claim
  }

  private static func kind(_ change: StepChange) -> String {
    if change.isOfRoot { return "slower" }
    if change.lacksAnswer { return Finding.Kind.noAnswer.rawValue }
    if change.calls != nil { return change.isNew ? "newCalls" : "moreCalls" }
    if change.failed != nil { return Finding.Kind.failed.rawValue }
    return change.own != nil ? Finding.Kind.ownTime.rawValue : Finding.Kind.waitingOutside.rawValue
  }

  /// The span to look at: one that failed, else the longest.
  private static func row(of change: StepChange, _ trace: DistilledTrace, _ rows: [Int32]) -> Int? {
    var best: Int?
    for row in trace.tree.parentsFirst.lazy.map(Int.init) where rows[row] == change.step {
      if change.failed != nil, trace.tree.flags[row].contains(.failed) { return row }
      if best.map({ trace.tree.duration(row) > trace.tree.duration($0) }) ?? true { best = row }
    }
    return best
  }

  /// The pattern in that trace which says why: of more calls, or of half of the time and more.
  private static func pattern(_ change: StepChange, _ analysis: TraceAnalysis, _ rows: [Int32]) -> Insight? {
    func isAbout(_ insight: Insight) -> Bool {
      if insight.kind == .resourceWait, let within = insight.within, Int(rows[within]) == change.step { return true }
      return ([insight.row] + insight.rows + insight.calls.map(\.row)).contains { Int(rows[$0]) == change.step }
    }
    let found = analysis.insights().filter { Finding.Kind($0.kind) != nil && isAbout($0) }
    if change.calls != nil {
      return found.first { $0.kind == .retry } ?? found.first { $0.kind == .repeatedCall }
    }
    if change.failed != nil { return found.first { $0.kind == .retry } }
    return found.first { $0.kind != .retry && $0.costNanos >= change.nanos / 2 }
  }

  // MARK: Words

  private static func sentence(_ change: StepChange, _ changes: RootChanges, _ root: CheckBaseline.Root) -> String {
    let service = change.service.isEmpty ? "" : "\(FieldText.step.make(change.service, limit: 72)): "
    let operation = FieldText.step.make(change.operation, limit: 100)
    let (count, before) = (changes.target.traces.count, root.traces)
    var parts: [String] = []
    func times(_ value: (now: Int64, base: Int64)) -> String {
      "\(DurationText.format(value.now)) (base \(DurationText.format(value.base)))"
    }
    if let failed = change.failed {
      parts.append(
        "\(operation) fails in \(DurationText.count(failed.now)) of \(AnswerCount.of(count, "trace")) (base \(failed.base) of \(DurationText.count(before)))"
      )
    }
    if let calls = change.calls {
      let then = change.isNew ? "which the base does not make" : "base ×\(calls.base)"
      parts.append("\(operation) ×\(calls.now) a trace (\(then))")
    }
    if change.lacksAnswer { parts.append("nobody answers it, as somebody does in the base") }
    if change.isOfRoot, let own = change.own {
      parts.append("\(operation) takes \(times(own)), and no step stands out")
    } else {
      if let own = change.own { parts.append("own time of \(operation) \(times(own))") }
      if let wait = change.wait { parts.append("callers wait outside the callee in \(operation) for \(times(wait))") }
    }
    var sentence = service + parts.joined(separator: "; ")
    if change.nanos > 0 {
      sentence +=
        ": \(DurationText.format(change.nanos)) more of \(FieldText.step.make(root.name, limit: 72)), whose median was \(DurationText.format(root.nanos.median))"
    }
    return sentence
  }

  private static func name(_ samples: BaselineBuilder.RootSamples, _ target: BaselineBuilder) -> (service: String, name: String) {
    (target.paths.services[Int(samples.key.service)], target.paths.labels.label(samples.key.label))
  }

  private static func precedes(_ left: BaselineBuilder.RootSamples, _ right: BaselineBuilder.RootSamples, _ target: BaselineBuilder) -> Bool
  {
    let (one, other) = (name(left, target), name(right, target))
    return one.service.utf8.elementsEqual(other.service.utf8)
      ? one.name.utf8.lexicographicallyPrecedes(other.name.utf8) : one.service.utf8.lexicographicallyPrecedes(other.service.utf8)
  }

  private static func shown(_ service: String, _ name: String) -> String {
    (service.isEmpty ? "" : FieldText.step.make(service, limit: 60) + " ") + FieldText.step.make(name, limit: 60)
  }

  private static func list(_ names: [String]) -> String {
    let more = names.count > 3 ? " and \(names.count - 3) more" : ""
    return names.prefix(3).map { VisibleText.make($0, limit: 140) }.joined(separator: ", ") + more
  }
}

extension Finding.Kind {
  /// What `trace/explain` calls a pattern; nil for those that it tells in other ways.
  init?(_ pattern: Insight.Kind) {
    switch pattern {
    case .repeatedCall: self = .repeatedCalls
    case .sequentialCalls: self = .sequentialCalls
    case .retry: self = .retries
    case .resourceWait: self = .waitingInLine
    case .slowOutlier: self = .slowOutlier
    case .workAfterAnswer: self = .workAfterAnswer
    default: return nil
    }
  }
}
