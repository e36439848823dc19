// Long work looks now and then whether anybody still waits for it.

enum Cancellation {
  /// Throws where the task at hand was cancelled.
  static func check() throws(CancellationError) {
    if Task.isCancelled { throw CancellationError() }
  }
}

extension DistilledTrace {
  /// Makes what a summary needs, stage by stage, so that a cancelled request ends between two of them.
  ///
  /// - Parameter sections: those that will be shown.
  /// - Complexity: As that of the parts; O(1) where they are made already.
  package func prepare(_ sections: Set<SummaryOptions.Section>) throws(CancellationError) {
    try Cancellation.check()
    _ = callKeys
    try Cancellation.check()
    _ = folded
    if sections.contains(.insights) {
      _ = try parts.insights.value { () throws(CancellationError) in
        counted(try findInsights(below: focus, betweenStages: Cancellation.check))
      }
    }
    try Cancellation.check()
    if sections.contains(.errors) { _ = problems(below: focus) }
    try Cancellation.check()
  }
}
