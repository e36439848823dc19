// Answers as lines within a bound: the lines before the entries, as many entries as fit, and the lines after them.

import JSONRPC
import TraceDistiller

/// A page of entries as text.
struct LinePage {
  /// The number of entries in the whole list. The page begins at `start`.
  var total: Int
  var start = 0
  var limit = Int.max

  /// The maximum number of entries to show.
  private var most: Int { max(0, min(limit, total - start)) }

  /// Writes the page. If not all entries fit, the page ends earlier, and `tail` says how to continue after its last entry.
  /// - Parameters:
  ///   - head: The lines before the entries, for a page with that many entries.
  ///   - entry: The lines of one entry, by its index in the whole list. Called once per entry, in order.
  ///   - tail: The lines after the entries, for a page that ends there.
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
    // The tail is longer if the page is cut: it then has a cursor and the number of remaining entries.
    var room = maxChars - LinePage.cost(head(most)) - LinePage.cost(tail(start, true)) - 120
    var kept: [[String]] = []
    for lines in entries {
      room -= LinePage.cost(lines)
      guard room >= 0 else { break }
      kept.append(lines)
    }
    if kept.isEmpty, let first = entries.first {
      // Even if nothing else fits, the first entry is shown, cut.
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

/// Lines that are not a list, cut if they are too long.
extension TextAnswer {
  static func lines(_ lines: [String], maxChars: Int, isCut: Bool = false) -> TextAnswer {
    let text = lines.joined(separator: "\n")
    let held = JSONLength.cut(text, to: maxChars)
    return TextAnswer(held, isCut: isCut || held.utf8.count != text.utf8.count)
  }
}
