// Random traces whose names, ids, attributes and messages may come from an attacker or an accident.

import TraceRecords

@testable import TraceDistiller

extension SplitMix64 {
  /// Text that imitates something else: a line, a mark, a section, an escape; or text that is too long.
  mutating func hostileText() -> String {
    let pieces = [
      "plain", "\"", "\\", "\n", "\r\n", "\t", "\0", "\u{1B}[31m", "\u{7F}", "🔥 ", "❌ ", "👩‍👩‍👧‍👦", "🇩🇪", "e\u{301}", "\u{338}", "\u{202E}",
      "\u{2066}", "\u{200B}", "\u{FEFF}",
      "\u{2028}", "├─ ", "└─ ", "│  ", "Trace: ", "=== Errors ===", "… 12 more (1.00 ms, max 1.00 ms)", " (1.00 ms | 1.00 ms)",
      " [ok=true]", "] [x=1", ", y=2",
      " — root › leaf", " › ", "  ", " ", "", "查询", "名字 (", "|", ": ", "\u{E0041}", "\u{FE0E}", "\u{10FFFF}", "…(5 chars)", " ×9", "⏳ ",
      "\\n", "\\\"", "=", "The rest: ",
    ]
    if chance(4) { return String(repeating: pieces[below(pieces.count)], count: 1 + below(10_000)) }
    if chance(6) { return "" }
    return (0...below(5)).map { _ in pieces[below(pieces.count)] }.joined()
  }
}

extension TraceSketch {
  /// A random trace with hostile texts everywhere. Ids are distinct.
  init(hostile seed: UInt64, _ profile: Profile = Profile()) {
    self.init(random: seed, profile)
    var random = SplitMix64(seed: seed ^ 0xBAD)
    id = random.hostileText()
    if id.utf8.count > 1_024 { id = String(repeating: "\"", count: 1_024) }
    let isDense = random.chance(50)
    var ids: [String: String] = [:]
    for span in spans { ids[span.id] = String(random.hostileText().unicodeScalars.prefix(100)) + span.id }
    for index in spans.indices {
      spans[index].id = ids[spans[index].id]!
      spans[index].parent = spans[index].parent.map { ids[$0] ?? "gone\n\"\u{202E}" + $0 }
      if isDense || random.chance(30) { spans[index].name = random.hostileText() }
      if random.chance(30) { spans[index].service = random.hostileText() }
      if spans[index].isFailed { spans[index].statusMessage = random.hostileText() }
      for _ in 0..<(random.chance(50) ? random.below(6) : 0) {
        let value: SketchSpan.Value =
          switch random.below(5) {
          case 0: .integer(Int64(bitPattern: random.next()))
          case 1: .double(Double(bitPattern: random.next()))
          case 2: .bool(true)
          case 3: .json("[1,\"\(random.below(9))\"]")
          default: .text(random.hostileText())
          }
        spans[index].attributes.append((random.hostileText(), value))
      }
    }
    for index in logs.indices {
      logs[index].span = ids[logs[index].span]!
      logs[index].message = random.hostileText()
    }
  }
}
