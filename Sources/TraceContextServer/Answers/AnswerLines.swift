// Answers as lines within a bound: what stands before the entries, as many entries as fit, and what stands behind them.

import JSONRPC
import TraceDistiller

/// A page of entries as text.
struct LinePage {
  /// Entries in the whole list, of which the page begins at `start`.
  var total: Int
  var start = 0
  var limit = Int.max

  /// Entries of this page and behind it that are shown at most.
  private var most: Int { max(0, min(limit, total - start)) }

  /// Writes the page. Where the entries do not fit, the page ends earlier, and `tail` says how to go on behind its last entry.
  /// - Parameters:
  ///   - head: The lines before the entries, for a page with so many of them.
  ///   - entry: The lines of one entry, by its place in the whole list; asked for once, in order.
  ///   - tail: The lines behind them, for a page that ends there.
  func text(
    maxChars: Int, head: (_ shown: Int) -> [String], entry: (Int) -> [String], tail: (_ end: Int, _ isCut: Bool) -> [String]
  ) -> TextAnswer {
    var entries: [[String]] = []
    var used = 0
    while entries.count < most, used <= maxChars, !Task.isCancelled {
      entries.append(entry(min(start, total) + entries.count))
      used += LinePage.cost(entries[entries.count - 1])
    }
    if entries.count == most {
      let answer = whole(entries, head, tail)
      if jsonLength(answer.text) <= maxChars { return answer }
    }
    // The tail grows where the page is cut: a cursor, and how much is left.
    var room = maxChars - LinePage.cost(head(most)) - LinePage.cost(tail(start, true)) - 120
    var kept: [[String]] = []
    for lines in entries {
      room -= LinePage.cost(lines)
      guard room >= 0 else { break }
      kept.append(lines)
    }
    if kept.isEmpty, let first = entries.first {
      // What happened comes before all about it.
      let rest = maxChars - jsonLength((head(1) + tail(start + 1, true)).joined(separator: "\n")) - 24
      kept = [[JSONLength.cut(first.joined(separator: "\n"), to: max(40, rest))]]
    }
    var answer = whole(kept, head, tail)
    answer.isCut = true
    answer.text = JSONLength.cut(answer.text, to: maxChars)
    return answer
  }

  private func whole(_ entries: [[String]], _ head: (Int) -> [String], _ tail: (Int, Bool) -> [String]) -> TextAnswer {
    let end = min(start, total) + entries.count
    let lines = head(entries.count) + entries.joined() + tail(end, end < total)
    return TextAnswer(lines.joined(separator: "\n"), isCut: end < total)
  }

  static func cost(_ lines: [String]) -> Int { lines.reduce(0) { $0 + jsonLength($1) + 2 } }
}

/// Lines that are no list, cut where they must be.
extension TextAnswer {
  static func lines(_ lines: [String], maxChars: Int, isCut: Bool = false) -> TextAnswer {
    let text = lines.joined(separator: "\n")
    let held = JSONLength.cut(text, to: maxChars)
    return TextAnswer(held, isCut: isCut || held.utf8.count != text.utf8.count)
  }
}
