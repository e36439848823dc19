// Where a search found its text: the words around the match, since a name and a time do not say what a message was about.

import TraceRecords

/// The place of a match in one text of a span.
package struct FoundWords: Sendable, Equatable {
  /// The key of the attribute, `message` for a log line, or `statusMessage`.
  package let field: String
  /// The match with some words on either side.
  package let text: String
  package let isCutBefore: Bool
  package let isCutAfter: Bool

  /// In scalars, on either side.
  private static let around = 60
  /// Of a match itself.
  private static let mostMatch = 200

  /// Nil if the match is in the name of the span, where it can be seen, or if nothing was searched for.
  package init?(_ node: DistilledTraceNode, _ patterns: [TextPattern]) {
    let patterns = patterns.filter { !$0.isEmpty && !$0.matches(node.name) }
    guard let pattern = patterns.first else { return nil }
    if let message = node.statusMessage, pattern.matches(message) {
      self.init("statusMessage", message, pattern)
    } else if let attribute = node.attributes.first(where: { pattern.matches($0.value.text) }) {
      self.init(attribute.key, attribute.value.text, pattern)
    } else {
      // One line after the other: a span may have very many.
      let storage = node.trace.snapshot.storage
      var next = storage.spans[node.row].lastEvent
      var found: (key: String, text: String)?
      while next != SpanRow.none, found == nil {
        let event = storage.events[Int(next)]
        next = event.previous
        if storage.arena.withBytes(event.message, { pattern.matches($0) }) {
          found = ("message", storage.arena.string(event.message))
        } else {
          found = AttributeReader(arena: storage.arena, texts: storage.texts).attributes(event.attributes)
            .first { pattern.matches($0.value.text) }.map { ($0.key, $0.value.text) }
        }
      }
      guard let found else { return nil }
      self.init(found.key, found.text, pattern)
    }
  }

  init(_ field: String, _ text: String, _ pattern: TextPattern) {
    self.field = field
    let match = FoundWords.place(of: pattern, in: text)
    let scalars = text.unicodeScalars
    let start = scalars.index(match.lowerBound, offsetBy: -FoundWords.around, limitedBy: scalars.startIndex) ?? scalars.startIndex
    let most = scalars.index(match.lowerBound, offsetBy: FoundWords.mostMatch, limitedBy: scalars.endIndex) ?? scalars.endIndex
    let last = min(match.upperBound, most)
    let end = scalars.index(last, offsetBy: FoundWords.around, limitedBy: scalars.endIndex) ?? scalars.endIndex
    self.text = String(scalars[start..<end])
    (isCutBefore, isCutAfter) = (start > scalars.startIndex, end < scalars.endIndex)
  }

  /// Patterns only say whether they match, so the place is found by halving: the shortest beginning that matches ends with the match, and
  /// the shortest end of that begins with it. A pattern that asks for the end of a text may match no beginning of it; then its end is shown.
  private static func place(of pattern: TextPattern, in text: String) -> Range<String.Index> {
    var text = text
    return text.withUTF8 { bytes -> Range<Int> in
      let raw = UnsafeRawBufferPointer(bytes)
      func scalar(_ place: Int, _ step: Int) -> Int {
        var place = place
        while place > 0, place < raw.count, raw[place] & 0xC0 == 0x80 { place += step }
        return place
      }
      func matches(_ range: Range<Int>) -> Bool { pattern.matches(UnsafeRawBufferPointer(rebasing: raw[range])) }
      var (low, high) = (0, raw.count)
      while low < high {
        let middle = scalar(low + (high - low) / 2, -1)
        if matches(0..<middle) {
          high = middle
        } else {
          low = scalar(middle + 1, 1)
        }
      }
      let end = high
      (low, high) = (0, end)
      while low < high {
        let middle = scalar(high - (high - low) / 2, 1)
        if matches(middle..<end) {
          low = middle
        } else {
          high = scalar(middle - 1, -1)
        }
      }
      return low..<end
    }.converted(in: text)
  }
}

extension Range<Int> {
  /// Offsets of bytes as positions in the text.
  fileprivate func converted(in text: String) -> Range<String.Index> {
    text.utf8.index(text.startIndex, offsetBy: lowerBound)..<text.utf8.index(text.startIndex, offsetBy: upperBound)
  }
}
