// A pattern and the service in which it happens explain the same time: told once.

enum FindingMerge {
  /// Findings of time by service and patterns within the trace, the dearest first.
  ///
  /// A pattern that accounts for half of what its service comes to, or more, says why: it takes the place of the service's finding, and its share. A
  /// smaller one is told as a part of it.
  static func merge(time: [Finding], patterns: [Finding]) -> [Finding] {
    var time = time
    var patterns = patterns
    for index in patterns.indices {
      guard let place = time.firstIndex(where: { !$0.isMerged && explains($0, patterns[index]) }) else { continue }
      if patterns[index].nanos >= time[place].nanos / 2 {
        if case .operation? = time[place].evidence.first { patterns[index].evidence.append(time[place].evidence[0]) }
        patterns[index].hasOwnShare = true
        patterns[index].nanos = min(patterns[index].nanos, time[place].nanos)
        time[place].isMerged = true
      } else {
        time[place].evidence.append(patterns[index].head)
        patterns[index].isMerged = true
      }
    }
    func explains(_ time: Finding, _ pattern: Finding) -> Bool {
      time.steps.isEmpty
        ? time.service.utf8.elementsEqual(pattern.service.utf8) && (time.kind == .ownTime || time.kind == .serviceSlowed)
        : !time.steps.isDisjoint(with: pattern.steps)
    }
    let kept = time.filter { !$0.isMerged } + patterns.filter { !$0.isMerged }
    return kept.enumerated().sorted { $0.element.nanos != $1.element.nanos ? $0.element.nanos > $1.element.nanos : $0.offset < $1.offset }
      .map(\.element)
  }
}
