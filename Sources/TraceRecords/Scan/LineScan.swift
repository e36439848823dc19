// What the scanner of lines works with: one pass over a line's bytes, its members noted on the way, its record made from them by the line's format.

/// The scanner at work, in memory that `RecordScanner` lends it.
struct LineScan {
  var top, fields, own: MemberList
  /// Of one span of OTLP.
  var span: MemberList
  let names: BorrowedBuffer<ScannedText>
  let native, otlp: ScannedNames.Table
  var minute: MinuteCache
  var shapes: LineShapes
  var values: ShapeValues
}

extension LineCursor {
  /// Goes over a member's name and its colon. Which name follows which is mostly as in the lines before: the guess costs one comparison.
  @inline(__always)
  mutating func passName(_ names: ScannedNames.Table, in list: inout MemberList, after previous: UInt8) -> ScannedMember? {
    guard pass(UInt8(ascii: "\"")) else { return nil }
    var member = ScannedMember(key: .empty, name: list.successor(of: previous), value: ScannedValue(.null, start: 0, count: 0))
    let start = offset
    if member.name != ScannedNames.unknown, pass(names[member.name]) {
      member.key = ScannedText(start: start, count: offset - start - 1)
    } else {
      var isEscaped = false
      // A name with escapes may be one of ours, or hold NUL.
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
