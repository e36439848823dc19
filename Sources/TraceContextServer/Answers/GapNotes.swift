// What an answer does not cover, listed at its end as text and as data, within a part of the answer's bound.

import JSON
import TraceDistiller

/// The gaps of one answer: as many as fit, each cut if it is too long.
struct GapNotes {
  private static let most = 8
  private var told: [SourceGap] = []

  /// The most room that gaps may take in an answer with that bound.
  static func room(within maxChars: Int) -> Int { min(800, maxChars / 3) }

  init(_ gaps: [SourceGap], room: Int) {
    // Names, quotes and brackets of one gap in JSON, which takes more room than the text.
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

  /// With its member name and the comma before it.
  var jsonLength: Int { JSONLength.of(["partial": json]) }

  var text: String { "Not all is known: " + told.map { "\($0.source): \($0.reason)" }.joined(separator: "; ") }

  /// With the line break before it.
  var textLength: Int { TraceDistiller.jsonLength(text) + 2 }
}
