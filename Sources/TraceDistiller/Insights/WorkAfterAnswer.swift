// The caller waits for work although its answer was ready: a span named as an answer, and a long tail after it.

enum WorkAfterAnswerDetector: InsightDetector {
  /// Of the duration of the span that answers.
  static let leastPercent: Int64 = 10
  /// The answer is among the last things that a request does.
  static let mostChildren = 32
  /// Prefixes of words that name an answer. `render` and `encode` come before an answer.
  private static let words = ["respond", "response", "reply", "answer"].map { Array($0.utf8) }

  static func find(in context: InsightContext, claims: inout InsightClaims) -> [Insight] {
    let tree = context.tree
    var found: [Insight] = []
    // The request itself: the root, or the server's span below a client's span.
    var requests = context.order.first.map { [Int($0)] } ?? []
    if let root = requests.first, let only = tree.children(of: root).first, tree.children(of: root).count == 1 {
      requests.append(Int(only))
    }
    for request in requests where !tree.isOpen[request] {
      let children = tree.children(of: request).suffix(mostChildren).map(Int.init)
      guard let answer = children.last(where: { isAnswer(context.trace.snapshot.storage.text(tree.name[$0])) && !tree.isOpen[$0] }) else {
        continue
      }
      let tail = tree.end[request].subtractingSaturated(tree.end[answer])
      guard tail >= InsightContext.leastNanos, tail / leastPercent >= tree.duration(request) / 100 else { continue }
      // What follows must be work of this request, on the path that its caller waits for.
      let following = children.filter { $0 != answer && tree.begins($0, after: answer) && !tree.isDetached[$0] }
      var cost = context.path(of: request, from: tree.end[answer], to: tree.end[request])
      for row in following { cost.formUnion(context.path(below: row)) }
      guard cost.nanos >= context.least(percent: leastPercent / 2) else { continue }
      var insight = Insight(
        kind: .workAfterAnswer, row: following.first ?? request, within: request, count: max(1, following.count), rows: [])
      for row in following { insight.add(row: row) }
      if following.isEmpty { insight.add(row: request) }
      insight.add(row: answer)
      insight.add(cost.suffix(tail))
      insight.nanos = tail
      insight.calls = [Insight.Call(row: answer, count: 1)]
      found.append(insight)
    }
    return found
  }

  private static func isAnswer(_ name: String) -> Bool {
    // Letters beyond ASCII are looked up one by one: names that have any are few.
    var name = name.utf8.allSatisfy { $0 < 0x80 } ? name : String(name.map { $0.isLetter ? $0 : " " })
    return name.withUTF8 { text in
      var isInside = false
      for place in text.indices {
        let isLetter = text[place] >= 0x80 || (text[place] | 0x20) &- 0x61 < 26
        defer { isInside = isLetter }
        guard isLetter, !isInside else { continue }
        if words.contains(where: { word in
          text.count - place >= word.count && word.indices.allSatisfy { text[place + $0] | 0x20 == word[$0] }
        }) {
          return true
        }
      }
      return false
    }
  }
}
