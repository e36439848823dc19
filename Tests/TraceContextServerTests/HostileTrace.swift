// A random trace in which every text may be empty, huge, or consist of characters that JSON, terminals and readers handle badly.

import JSON

struct HostileTrace {
  private(set) var lines: [String] = []
  /// The id of a reported span.
  private(set) var someSpan = ""
  private var random: TestRandom

  init(seed: UInt64) {
    random = TestRandom(state: seed)
    // Some traces are plain except for their size, so that both ends of every bound are tested.
    let isTame = seed % 4 == 0
    let traceID = isTame ? "trace_\(seed)" : id("trace")
    var ids: [String] = []
    for index in 0..<Int.random(in: 1...(isTame ? 60 : 20), using: &random) {
      let id = isTame ? "span_\(index)" : id("span\(index)")
      let parent = index == 0 ? nil : Int.random(in: 0..<10, using: &random) == 0 ? "missing" : ids.randomElement(using: &random)
      ids.append(id)
      var span = TestSpan(
        id: id, parent: parent, name: isTame ? "step\(index % 7)" : text(), start: Double.random(in: 0...1_000, using: &random),
        duration: Double.random(in: 0...1_000, using: &random))
      if !isTame { for _ in 0..<Int.random(in: 0...4, using: &random) { span.attributes[text()] = value(depth: 0) } }
      if Int.random(in: 0..<4, using: &random) == 0 { span.error = isTame ? "failed" : text() }
      lines.append(RecordLines.span(span, trace: traceID, service: isTame ? nil : text(), target: isTame ? "tests" : text()))
      if Int.random(in: 0..<2, using: &random) == 0 {
        let attributes: JSONObject = isTame ? ["n": .integer(index)] : ["value": value(depth: 0)]
        lines.append(
          RecordLines.moduleLog(
            isTame ? "log \(index)" : text(), target: isTame ? "tests" : text(), run: isTame ? nil : self.id("run"),
            service: isTame ? nil : text(), span: (id, traceID), attributes: attributes, at: 7))
      }
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        let level = ["DEBUG", "WARN", "ERROR"].randomElement(using: &random)!
        lines.append(RecordLines.log(isTame ? "message \(index)" : text(), level: level, span: id, trace: traceID, at: 5))
      }
    }
    someSpan = ids.randomElement(using: &random)!
  }

  private mutating func text() -> String {
    // The longest texts are rare, and longer than the store keeps.
    let isLongest = Int.random(in: 0..<60, using: &random) == 0
    let length = isLongest ? 70_000 : [0, 1, 5, 5, 30, 30, 30, 300, 300, 300, 2_000][Int.random(in: 0..<11, using: &random)]
    let unit = [
      "x", "\"", "\\", "\u{0}", "\u{1B}[31m", "\n", "\u{202E}", "\u{200B}", "é", "e\u{301}", "漢字", "👩‍👩‍👧‍👦", "\u{10FFFF}", "=== Errors ===\n",
      "```", "{\"a\":1}",
    ].randomElement(using: &random)!
    return String(repeating: unit, count: max(length == 0 ? 0 : 1, length / unit.utf8.count))
  }

  /// At most 1,024 bytes, never empty.
  private mutating func id(_ prefix: String) -> String {
    prefix + String(text().unicodeScalars.prefix([3, 20, 100, 240][Int.random(in: 0..<4, using: &random)]).map(Character.init))
  }

  private mutating func value(depth: Int) -> JSONValue {
    switch Int.random(in: 0..<(depth < 5 ? 8 : 6), using: &random) {
    case 0: return .string(text())
    case 1: return .integer(Int64.random(in: .min ... .max, using: &random))
    // Seventeen digits: they make every number of the answer longer.
    case 2: return .number(0.1 + 0.2)
    case 3: return .number(Double.random(in: -1e300...1e300, using: &random))
    case 4: return .bool(true)
    case 5: return .bigNumber("123456789012345678901234567890")
    case 6: return .array((0..<Int.random(in: 0...5, using: &random)).map { _ in value(depth: depth + 1) })
    default:
      var object = JSONObject()
      for _ in 0..<Int.random(in: 0...5, using: &random) { object[text()] = value(depth: depth + 1) }
      return .object(object)
    }
  }
}
