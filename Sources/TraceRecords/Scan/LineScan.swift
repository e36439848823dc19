// The state of the line scanner: one pass over a line's bytes notes its members, and the line's format then makes the record from them.

/// The running scanner, in memory borrowed from `RecordScanner`.
struct LineScan {
  var top, fields, own: MemberList
  /// For one OTLP span.
  var span: MemberList
  let names: BorrowedBuffer<ScannedText>
  let native, otlp: ScannedNames.Table
  var minute: MinuteCache
  var shapes: LineShapes
  var values: ShapeValues
}

extension LineCursor {
  /// Passes a member's name and its colon. The order of names is usually as in earlier lines: the guess costs one comparison.
  @inline(__always)
  mutating func passName(_ names: ScannedNames.Table, in list: inout MemberList, after previous: UInt8) -> ScannedMember? {
    guard pass(UInt8(ascii: "\"")) else { return nil }
    var member = ScannedMember(key: .empty, name: list.successor(of: previous), value: ScannedValue(.null, start: 0, count: 0))
    let start = offset
    if member.name != ScannedNames.unknown, pass(names[member.name]) {
      member.key = ScannedText(start: start, count: offset - start - 1)
    } else {
      var isEscaped = false
      // A name with escapes may be one of ours, or may contain NUL.
      guard passString(&member.key, isEscaped: &isEscaped), !isEscaped else { return nil }
      member.name = names.find(member.key, self)
      list.learn(member.name, after: previous)
    }
    return passColon() ? member : nil
  }

  @inline(__always)
  mutating func passColon() -> Bool {
    if byte != UInt8(ascii: ":") { passBlanks() }
    guard pass(UInt8(ascii: ":")) else { return false }
    passBlanks()
    return true
  }
}
