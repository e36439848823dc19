// Errors of a trace that its base does not have. The earliest comes first, because later ones are often its consequences.

import TraceRecords

/// The texts of errors without numbers and ids, used to recognise the same error in another trace.
struct ErrorTexts: Sendable {
  private var texts: Set<[UInt8]> = []

  /// - Complexity: O(n) if something failed.
  mutating func add(_ problems: [TraceProblem], _ trace: DistilledTrace) {
    for problem in problems where problem.severity == .error { texts.insert(ErrorTexts.text(problem, trace)) }
  }

  func has(_ problem: TraceProblem, _ trace: DistilledTrace) -> Bool { texts.contains(ErrorTexts.text(problem, trace)) }

  private static func text(_ problem: TraceProblem, _ trace: DistilledTrace) -> [UInt8] {
    let words = trace.words(problem)
    var text = CallText()
    var all = "\(trace.node(problem.firstRow).service ?? "") \(words.type) \(words.message)"
    all.withUTF8 { text.append(name: UnsafeRawBufferPointer($0)) }
    return text.kept
  }
}

enum ErrorFindings {
  /// One finding for all new errors, or nil.
  /// - Parameters:
  ///   - retried: spans of calls that were tried again with success.
  ///   - followed: failures after each of which the same call came.
  static func find(_ problems: [TraceProblem], _ trace: DistilledTrace, base: ErrorTexts?, retried: Set<Int>, followed: [Insight])
    -> Finding?
  {
    let new = problems.filter { problem in
      guard problem.severity == .error, trace.tree.isIncluded[problem.firstRow] else { return false }
      if problem.ends.root == 0, problem.rows.allSatisfy({ retried.contains($0) }) { return false }
      return base.map { !$0.has(problem, trace) } ?? true
    }
    let inTime = new.sorted { left, right in
      // An error that made the root fail explains more than one that was swallowed, even if that came earlier.
      if (left.ends.root > 0) != (right.ends.root > 0) { return left.ends.root > 0 }
      if left.firstTimeUnixNano != right.firstTimeUnixNano { return left.firstTimeUnixNano < right.firstTimeUnixNano }
      return trace.tree.startPrecedes(left.firstRow, right.firstRow)
    }
    guard let first = inTime.first else { return nil }
    let node = trace.node(first.firstRow)
    let words = trace.words(first)
    var finding = Finding(
      kind: .failed, service: node.service ?? "", operation: node.name, row: first.firstRow,
      head: .error(
        service: node.service ?? "", operation: node.name, message: message(words), count: first.count, isNew: base != nil))
    finding.evidence = words.frames.prefix(2).map { .place($0) }
    if first.ends.root > 0 {
      finding.evidence.append(.endedRoot)
    } else if let by = first.swallowedBy {
      finding.counter.append(.swallowed(by: trace.node(by).name))
    }
    // A lookup that fails and the slow path that it leads to are one story.
    if let insight = followed.first(where: { first.rows.contains($0.row) || first.rows.contains($0.calls[0].row) }) {
      let slow = insight.calls[1]
      finding.nanos = insight.costNanos
      finding.parts = insight.parts
      finding.evidence.append(
        .followed(
          operation: trace.node(insight.calls[0].row).name, by: trace.node(slow.row).name, times: slow.count, nanos: insight.costNanos))
    }
    if inTime.count > 1 {
      let next = inTime[1]
      let other = trace.node(next.firstRow)
      finding.evidence.append(
        .laterErrors(
          count: inTime.count - 1, service: other.service ?? "", operation: other.name, message: message(trace.words(next))))
    }
    return finding
  }

  private static func message(_ words: ProblemWords) -> String {
    words.message.isEmpty
      ? words.type : words.type.isEmpty || words.message.hasPrefix(words.type) ? words.message : "\(words.type): \(words.message)"
  }
}
