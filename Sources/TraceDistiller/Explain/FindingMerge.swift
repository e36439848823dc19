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
      guard let place = time.firstIndex(where: { $0.service.utf8.elementsEqual(patterns[index].service.utf8) && !$0.isMerged }) else {
        continue
      }
      if patterns[index].nanos >= time[place].nanos / 2 {
        patterns[index].evidence += time[place].evidence.prefix(1)
        patterns[index].hasOwnShare = true
        patterns[index].nanos = min(patterns[index].nanos, time[place].nanos)
        time[place].isMerged = true
      } else {
        time[place].evidence.append(patterns[index].head)
        patterns[index].isMerged = true
      }
    }
    let kept = time.filter { !$0.isMerged } + patterns.filter { !$0.isMerged }
    return kept.enumerated().sorted { $0.element.nanos != $1.element.nanos ? $0.element.nanos > $1.element.nanos : $0.offset < $1.offset }
      .map(\.element)
  }
}
