// What an answer does not speak for, at its end: in words and as data, within a part of its bound.

import JSON
import TraceDistiller

/// The gaps of one answer, as many as there is room for and each cut where it must be.
struct GapNotes {
  private static let most = 8
  private var told: [SourceGap] = []

  /// What gaps take at most of an answer that is bounded so.
  static func room(within maxChars: Int) -> Int { min(800, maxChars / 3) }

  init(_ gaps: [SourceGap], room: Int) {
    // Names, quotes and brackets of one gap in JSON, which takes more than the words do.
    let frame = 32
    var left = room - 16
    for gap in gaps.prefix(Self.most) {
      let share = left - frame
      guard share >= 24 || told.isEmpty else { return }
      let source = JSONLength.cut(VisibleText.make(gap.source, limit: 120), to: max(8, share / 2))
      let reason = JSONLength.cut(VisibleText.make(gap.reason, limit: 240), to: max(8, share - TraceDistiller.jsonLength(source)))
      told.append(SourceGap(source: source, reason: reason))
      left -= frame + TraceDistiller.jsonLength(source) + TraceDistiller.jsonLength(reason)
    }
  }

  var json: JSONValue { .array(told.map { ["source": .string($0.source), "reason": .string($0.reason)] }) }

  /// With its name and the comma before it.
  var jsonLength: Int { JSONLength.of(["partial": json]) }

  var text: String { "Not all is known: " + told.map { "\($0.source): \($0.reason)" }.joined(separator: "; ") }

  /// With the line break before it.
  var textLength: Int { TraceDistiller.jsonLength(text) + 2 }
}
