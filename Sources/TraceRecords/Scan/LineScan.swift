// The record scanner: one pass over a line's bytes, its members noted on the way, its record made from them. What it does not take, whatever the
// reason, is jansson's to judge: it says no and leaves no trace, so that jansson's reading stays the only definition of what a line means.

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

  /// Reads the line that the cursor stands on.
  /// - Parameter origin: where the texts of the line are told to lie.
  /// - Returns: the bytes of the line without its newline; nil, and nothing in the batch, where the line is not taken.
  @inline(__always)
  mutating func take(_ line: LineCursor, _ origin: TextOrigin, into batch: inout RecordBatch) -> Int? {
    let mark = batch.mark
    if LineScan.isOTLP(line) {
      if let end = addOTLP(line, origin, to: &batch), end.byte == UInt8(ascii: "\n") { return end.offset }
    } else {
      if let end = takeKnown(line, origin, to: &batch) { return end.offset }
      batch.rewind(to: mark)
      if let end = passNative(line), end.byte == UInt8(ascii: "\n"), addNative(line: line, origin, to: &batch) {
        learnNative(line, count: end.offset, origin, &batch)
        return end.offset
      }
    }
    batch.rewind(to: mark)
    return nil
  }

  /// Goes over a native line and notes its members.
  private mutating func passNative(_ line: LineCursor) -> LineCursor? {
    var cursor = line
    top.removeAll()
    fields.removeAll()
    own.removeAll()
    cursor.passBlanks()
    guard cursor.pass(UInt8(ascii: "{")) else { return nil }
    var previous = MemberList.start
    repeat {
      cursor.passBlanks()
      guard var member = cursor.passName(native, in: &top, after: previous) else { return nil }
      previous = member.name
      switch previous {
      case NativeName.fields.rawValue where cursor.byte == UInt8(ascii: "{"):
        guard let end = passFields(cursor) else { return nil }
        cursor = end
        member.value.kind = .object
      case NativeName.attributes.rawValue where cursor.byte == UInt8(ascii: "{"):
        guard let end = passAttributes(cursor) else { return nil }
        cursor = end
        member.value.kind = .object
      default: guard cursor.passValue(&member.value, names: names) else { return nil }
      }
      // A name that means nothing at the top is not kept.
      if member.name != ScannedNames.unknown, !top.append(member, cursor) { return nil }
      cursor.passBlanks()
    } while cursor.pass(UInt8(ascii: ","))
    guard cursor.pass(UInt8(ascii: "}")) else { return nil }
    cursor.passBlanks()
    return cursor
  }

  private mutating func passFields(_ start: LineCursor) -> LineCursor? {
    var cursor = start
    guard cursor.pass(UInt8(ascii: "{")) else { return nil }
    cursor.passBlanks()
    if cursor.pass(UInt8(ascii: "}")) { return cursor }
    var previous = MemberList.start
    repeat {
      cursor.passBlanks()
      guard var member = cursor.passName(native, in: &fields, after: previous) else { return nil }
      previous = member.name
      if previous == NativeName.attributes.rawValue, cursor.byte == UInt8(ascii: "{") {
        guard let end = passAttributes(cursor) else { return nil }
        cursor = end
        member.value.kind = .object
      } else {
        guard cursor.passValue(&member.value, names: names) else { return nil }
      }
      guard fields.append(member, cursor) else { return nil }
      cursor.passBlanks()
    } while cursor.pass(UInt8(ascii: ","))
    return cursor.pass(UInt8(ascii: "}")) ? cursor : nil
  }

  /// The program's own attributes: no name means anything. A second object of them is not taken.
  private mutating func passAttributes(_ start: LineCursor) -> LineCursor? {
    var cursor = start
    guard own.members.count == 0, cursor.pass(UInt8(ascii: "{")) else { return nil }
    cursor.passBlanks()
    if cursor.pass(UInt8(ascii: "}")) { return cursor }
    repeat {
      var member = ScannedMember(key: .empty, name: ScannedNames.unknown, value: ScannedValue(.null, start: 0, count: 0))
      var isEscaped = false
      cursor.passBlanks()
      guard cursor.pass(UInt8(ascii: "\"")), cursor.passString(&member.key, isEscaped: &isEscaped), !isEscaped else { return nil }
      guard cursor.passColon(), cursor.passValue(&member.value, names: names), own.append(member, cursor) else { return nil }
      cursor.passBlanks()
    } while cursor.pass(UInt8(ascii: ","))
    return cursor.pass(UInt8(ascii: "}")) ? cursor : nil
  }
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
