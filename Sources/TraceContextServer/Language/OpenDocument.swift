// The text of a document that is open in the editor: its lines, as long as the client's positions count, and how they moved.

/// What a character of a position is.
enum PositionEncoding: String, Sendable, CaseIterable {
  case utf8 = "utf-8"
  case utf16 = "utf-16"
  case utf32 = "utf-32"

  /// The length of a line in the client's units. Bytes that are no UTF-8 do not come: JSON refuses them.
  func length(of line: some Sequence<UInt8>) -> Int {
    switch self {
    case .utf8: line.reduce(0) { count, _ in count + 1 }
    // Two units where UTF-8 takes four bytes.
    case .utf16: line.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : $1 >= 0xF0 ? 2 : 1) }
    case .utf32: line.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }
  }

  /// The byte at which that character begins; the end of the line if it has fewer.
  func offset(of character: Int, in line: [UInt8]) -> Int {
    if self == .utf8 { return min(max(0, character), line.count) }
    var (units, place) = (0, 0)
    while place < line.count {
      let byte = line[place]
      let width = self == .utf16 && byte >= 0xF0 ? 2 : 1
      if units + width > character { return place }
      units += width
      place += 1
      while place < line.count, line[place] & 0xC0 == 0x80 { place += 1 }
    }
    return place
  }
}

struct OpenDocument: Sendable {
  let uri: String
  let path: String?
  private(set) var version: Int64
  /// Without their ends.
  private(set) var lines: [[UInt8]]
  private(set) var log = LineLog()

  /// Documents of more lines are not followed: their lines are as they were recorded.
  static let mostLines = 500_000

  init(uri: String, path: String?, version: Int64, text: String) {
    (self.uri, self.path, self.version) = (uri, path, version)
    lines = Self.split(Array(text.utf8))
  }

  mutating func save(at nanos: Int64) { log.save(at: nanos) }

  /// A change of the whole text.
  mutating func replace(_ text: String, version: Int64) {
    self.version = version
    let new = Self.split(Array(text.utf8))
    // What stayed at the beginning and at the end did not move.
    var (head, tail) = (0, 0)
    while head < min(lines.count, new.count), lines[head] == new[head] { head += 1 }
    while tail < min(lines.count, new.count) - head, lines[lines.count - 1 - tail] == new[new.count - 1 - tail] { tail += 1 }
    let (old, added) = (lines.count - head - tail, new.count - head - tail)
    defer { lines = new }
    guard old > 0 || added > 0 else { return }
    // As many lines as before are taken for the same lines, changed.
    guard old != added else {
      for line in head..<head + old { log.note(LineLog.Edit(first: line, last: line, keepsFirst: true, keepsLast: false, added: 0)) }
      return
    }
    log.note(LineLog.Edit(first: head, last: head + old, keepsFirst: false, keepsLast: true, added: added))
  }

  /// A change of a part of the text. Positions beyond the text are its end, as the protocol asks.
  mutating func change(
    from start: (line: Int, character: Int), to end: (line: Int, character: Int), _ text: String, _ encoding: PositionEncoding,
    version: Int64
  ) {
    self.version = version
    guard lines.count <= Self.mostLines else { return log.lose() }
    let first = min(max(0, start.line), lines.count - 1)
    let last = min(max(first, end.line), lines.count - 1)
    let from = start.line >= lines.count ? lines[first].count : encoding.offset(of: start.character, in: lines[first])
    var to = end.line >= lines.count ? lines[last].count : encoding.offset(of: end.character, in: lines[last])
    if first == last { to = max(from, to) }
    var new = Self.split(Array(text.utf8))
    let added = new.count - 1
    let isBlank = lines[first][..<from].allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    let edit = LineLog.Edit(
      // An edit of a line's indentation, or before it, moves the line.
      first: first, last: last, keepsFirst: from > 0 && !(isBlank && first == last && from == to && added > 0),
      keepsLast: to == 0 || (first == last && from == to && isBlank), added: added)
    new[0] = lines[first][..<from] + new[0]
    new[new.count - 1] += lines[last][to...]
    lines.replaceSubrange(first...last, with: new)
    log.note(edit)
  }

  private static func split(_ text: [UInt8]) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var begin = 0
    var place = 0
    while place < text.count {
      let byte = text[place]
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
        lines.append(Array(text[begin..<place]))
        if byte == UInt8(ascii: "\r"), place + 1 < text.count, text[place + 1] == UInt8(ascii: "\n") { place += 1 }
        begin = place + 1
      }
      place += 1
    }
    lines.append(Array(text[begin...]))
    return lines
  }

  /// From the first character that is no blank to the end of the line, in the client's units.
  func span(ofLine line: Int, _ encoding: PositionEncoding) -> (from: Int, to: Int) {
    guard lines.indices.contains(line) else { return (0, 0) }
    let text = lines[line]
    let blanks = text.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
    return (blanks == text.count ? 0 : blanks, encoding.length(of: text))
  }
}
