// Seeded faults of lines: those that pipes, disks and dying writers cause, and those that other JSON writers make.

/// One line with one to `most` faults. `JSON` faults leave many lines readable: they are placed where a token begins or ends.
func mutant(of originals: [[UInt8]], most: Int = 4, isJSON: Bool = false, _ random: inout SplitMix64) -> [UInt8] {
  var line = originals.randomElement(using: &random)!
  for _ in 0..<Int.random(in: 1...most, using: &random) where !line.isEmpty {
    if isJSON { changeToken(of: &line, &random) } else { damage(&line, originals, &random) }
  }
  return line
}

/// A mutant as pipes and log shippers deliver it: torn at any byte, joined to another, in an envelope, after a prefix. Two thirds are none
/// of these.
func wrappedMutant(of originals: [[UInt8]], _ random: inout SplitMix64) -> [UInt8] {
  let whole = originals.randomElement(using: &random)!
  let damaged = mutant(of: originals, most: 2, &random)
  func escaped(_ line: [UInt8]) -> [UInt8] {
    line.flatMap { $0 == 0x22 || $0 == 0x5C ? [0x5C, $0] : $0 < 0x20 ? Array("\\t".utf8) : [$0] }
  }
  switch Int.random(in: 0..<12, using: &random) {
  case 0: return Array(whole[..<Int.random(in: 1...whole.count, using: &random)])
  case 1: return Array(whole[Int.random(in: 0..<whole.count, using: &random)...])
  case 2: return Array(whole[..<Int.random(in: 1...whole.count, using: &random)]) + damaged
  case 3: return damaged + whole
  case 4: return Array("app-1  | ".utf8) + damaged
  case 5: return Array(#"{"log":""#.utf8) + escaped(damaged) + Array(#"\n","stream":"stdout","time":"2026-01-01T00:00:00Z"}"#.utf8)
  case 6: return Array("[INFO] ".utf8) + damaged
  default: return damaged
  }
}

private func damage(_ line: inout [UInt8], _ originals: [[UInt8]], _ random: inout SplitMix64) {
  let at = Int.random(in: 0..<line.count, using: &random)
  let end = Int.random(in: at...min(line.count, at + 40), using: &random)
  switch Int.random(in: 0..<7, using: &random) {
  case 0: line[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
  case 1: line[at] = UInt8.random(in: .min ... .max, using: &random)
  case 2: line.removeSubrange(at...)
  case 3: line.removeSubrange(at..<end)
  case 4: line.insert(contentsOf: line[at..<end], at: at)
  case 5:
    let other = originals.randomElement(using: &random)!
    line.replaceSubrange(at..., with: other[Int.random(in: 0..<other.count, using: &random)...])
  default: line.insert(contentsOf: [0xED, 0xA0, 0x80, 0, 0xFF].shuffled(using: &random).prefix(2), at: at)
  }
}

private func changeToken(of line: inout [UInt8], _ random: inout SplitMix64) {
  let start = Int.random(in: 0..<line.count, using: &random)
  // The next quote or punctuation character.
  guard let at = line[start...].firstIndex(where: { [0x22, 0x2C, 0x3A, 0x5B, 0x5D, 0x7B, 0x7D].contains($0) }) else { return }
  switch Int.random(in: 0..<4, using: &random) {
  // Inside a string or number that ends or begins here.
  case 0: line.insert(contentsOf: insertions.randomElement(using: &random)!, at: at)
  case 1: line.insert(contentsOf: insertions.randomElement(using: &random)!, at: at + 1)
  // A whole value, up to the comma or bracket that ends it.
  case 2:
    guard let colon = line[at...].firstIndex(of: 0x3A),
      let end = line[(colon + 1)...].firstIndex(where: { $0 == 0x2C || $0 == 0x7D })
    else { return }
    line.replaceSubrange(colon + 1..<end, with: values.randomElement(using: &random)!)
  // An additional member.
  default:
    guard let comma = line[at...].firstIndex(of: 0x2C) else { return }
    line.insert(contentsOf: members.randomElement(using: &random)! + values.randomElement(using: &random)!, at: comma)
  }
}

private let insertions: [[UInt8]] =
  [
    " ", "\t", "\r", "\n", "\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\u00e9", "\\ud83d\\ude00", "\\ud83d", "\\udc00", "\\u0000", "\\x",
    "é", "线",
    "😀", "\u{7F}", "0", "-", ".", "e", "1e3", ",", "\"", "a", String(repeating: "x", count: 40),
  ].map { Array($0.utf8) } + [
    [0x80], [0xEF, 0xB7, 0x90], [0xC0, 0xAF], [0xE2, 0x82], [0xF4, 0x90, 0x80, 0x80], [0xED, 0xA0, 0x80], [0], [0x1F],
  ]

private let values: [[UInt8]] = [
  "0", "-0", "1", "-1", "00", "01", "1.5", "-0.0", "1.", ".5", "1e5", "1E+5", "1e-5", "1e999", "-1e999", "0.1", "123456789.123456789",
  "12345678901234567.5", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615",
  "true",
  "false", "null", "tru", "nulls", "\"\"", "\"x\"", "\"error\"", "\"K线\"", "\"a\\tb\"", "\"\\u0000\"", "{}", "[]", "[1]", "[1, 2]",
  "[\"a\\/b\"]",
  "[0.5]", "{\"a\":1}", "{\"a\":1,\"a\":2}", "{\"b\": [{}]}", "[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]",
  "\"2026-01-01T00:00:60Z\"", "\"2026-01-01T00:00:00.1234567891+00:00\"", "\"2026-01-01 00:00:00.5z\"", "\"2026-13-01T00:00:00Z\"",
  "\"2116-02-20T23:53:38.5Z\"", "\"span_start\"", "\"module\"", "\"trace\"", "\"span\"", "\"SERVER\"", "\"server\"", "5",
].map { Array($0.utf8) }

private let members: [[UInt8]] = [
  "trace_id", "span_id", "id", "parent_id", "span_name", "name", "duration_ms", "status", "status_message", "kind", "type", "log_type",
  "log.type", "message", "level", "timestamp", "fields", "attributes", "run", "service", "producer", "seq", "span", "events", "links",
  "file",
  "line", "function", "crc32c", "count", "own", "own", "",
].map { Array(",\"\($0)\":".utf8) }
