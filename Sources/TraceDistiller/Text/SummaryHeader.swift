// The first lines of a summary: which trace, its duration, its outcome. They fit into any allowed bound.

struct SummaryHeader {
  let lines: [String]

  /// - Parameter budget: The room for the header. Ids and names are cut until it fits.
  init(trace: DistilledTrace, options: SummaryOptions, budget: Int, end: AgentRun.End? = nil) {
    // The id of an OpenTelemetry trace has 32 characters, a UUID 36.
    var width = max(40, min(200, options.maxChars / 16))
    var lines = SummaryHeader.lines(trace, options, width: width, end: end)
    while width > 8, lines.reduce(0, { $0 + jsonLength($1) + 2 }) > budget {
      width = max(8, width * 3 / 4)
      // If even the shortest names do not help, details that other answers contain are left out: traces/list has the reasons, server/status
      // the losses.
      lines = SummaryHeader.lines(trace, options, width: width, isBrief: width == 8, end: width == 8 ? nil : end)
    }
    self.lines = lines
  }

  private static func lines(_ trace: DistilledTrace, _ options: SummaryOptions, width: Int, isBrief: Bool = false, end: AgentRun.End? = nil)
    -> [String]
  {
    let language = options.language
    let snapshot = trace.snapshot
    // If the caller used a name that many traces have, the header says which of them this is.
    let which = isBrief ? "" : snapshot.namesakes.map { language.newest(of: $0) } ?? ""
    var lines = [language.title, "\(language.trace)\(snapshot.handle) · \(FieldText.name.make(snapshot.traceID, limit: width))\(which)"]
    guard let root = options.scope.focus.map({ trace.node($0) }) ?? trace.primaryRoot else {
      return lines + [language.status + language.noSpans] + notComplete(snapshot, options, isBrief)
    }
    let isFocus = options.scope.focus != nil
    let others = !isFocus && !isBrief && trace.tree.roots.count > 1 ? language.amongRoots(trace.tree.roots.count) : ""
    let service = isBrief ? "" : root.service.map { " · " + FieldText.name.make($0, limit: width) } ?? ""
    lines.append((isFocus ? language.focus : language.root) + root.title(limit: width) + service + others)
    lines.append(language.duration + DurationText.format(root.durationNanos))
    lines.append(language.status + SummaryHeader.status(root, trace, language, isFocus: isFocus) + (end.map { language.ended($0) } ?? ""))
    return lines + notComplete(snapshot, options, isBrief) + clocks(trace, language, isBrief) + doubtful(trace, language, isBrief)
  }

  /// These reasons have sentences of their own.
  private static let toldElsewhere = ["missingParent", "approximate", "logsOnly", "pruned"]

  /// Problems in the data, by kind: times that were repaired, spans that were reported twice.
  private static func doubtful(_ trace: DistilledTrace, _ language: SummaryLanguage, _ isBrief: Bool) -> [String] {
    var counts: [(kind: String, count: Int)] = []
    for diagnostic in trace.tree.diagnostics where !toldElsewhere.contains(diagnostic.kind) {
      if let index = counts.firstIndex(where: { $0.kind == diagnostic.kind }) {
        counts[index].count += 1
      } else {
        counts.append((diagnostic.kind, 1))
      }
    }
    guard !counts.isEmpty else { return [] }
    counts.sort { $0.kind < $1.kind }
    let shown =
      isBrief ? [DurationText.count(counts.reduce(0) { $0 + $1.count })] : counts.map { "\($0.kind) ×\(DurationText.count($0.count))" }
    return [language.doubtful + shown.joined(separator: ", ")]
  }

  /// Corrected times are never shown without saying so.
  private static func clocks(_ trace: DistilledTrace, _ language: SummaryLanguage, _ isBrief: Bool) -> [String] {
    let shifts = trace.tree.clockShifts
    return [true, false].compactMap { isApplied -> String? in
      let some = shifts.filter { $0.isApplied == isApplied }
      guard !some.isEmpty else { return nil }
      let told = some.prefix(isBrief ? 0 : 4).map { shift in
        let sign = shift.nanos < 0 ? "−" : "+"
        return "\(FieldText.name.make(trace.node(shift.row).service ?? "", limit: 40)) \(sign)"
          + "\(DurationText.format(Int64(clamping: shift.nanos.magnitude))) (\(language.spans(shift.spans)))"
      }
      let more = some.count > told.count ? ["… \(DurationText.count(some.count - told.count))"] : []
      return (isApplied ? language.clocksAdjusted : language.clocksDiffer) + (told + more).joined(separator: ", ")
    }
  }

  private static func notComplete(_ snapshot: TraceSnapshot, _ options: SummaryOptions, _ isBrief: Bool) -> [String] {
    let (language, call) = (options.language, options.calls("server/status"))
    var reasons = snapshot.reasons.filter { !toldElsewhere.contains($0) }
    if isBrief, reasons.count > 1 { reasons = [reasons[0], "+\(reasons.count - 1)"] }
    return (reasons.isEmpty ? [] : [language.notComplete + reasons.joined(separator: ", ")])
      + (snapshot.storage.logsOnlyCount > 0 ? [isBrief ? language.logsOnlyBriefly : language.logsOnly] : [])
      + (snapshot.storage.isApproximate ? [isBrief ? language.approximateBriefly : language.approximate] : [])
      + (snapshot.storage.prunedSpans > 0
        ? [language.pruned(snapshot.storage.prunedGroups, spans: snapshot.storage.prunedSpans, isBrief: isBrief)] : [])
      + (snapshot.losses.isEmpty ? [] : [isBrief ? language.lostBriefly(see: call) : language.lost(snapshot.losses, see: call)])
  }

  /// Not plain success if something inside failed.
  private static func status(_ root: DistilledTraceNode, _ trace: DistilledTrace, _ language: SummaryLanguage, isFocus: Bool) -> String {
    let below = Int(trace.subtreeFailures[root.row]) - (root.isFailed ? 1 : 0)
    let inside = isFocus ? below : trace.failedInside
    if root.isFailed { return language.failed + (inside > 0 ? language.alsoFailedInside(inside) : "") }
    if root.isRunning, trace.snapshot.state == .abandoned {
      return language.neverEnded + (inside > 0 ? language.alsoFailedInside(inside) : "")
    }
    if root.isRunning { return language.running + (inside > 0 ? language.alsoFailedInside(inside) : "") }
    if inside > 0 { return language.failedInside(inside) }
    return !isFocus && trace.tree.roots[0].isOrphan ? language.succeededAsFragment : language.succeeded
  }
}
