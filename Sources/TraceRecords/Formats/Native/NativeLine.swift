// Scans one native line: its members, those of its `fields` and those of its attributes, in one pass.

extension LineScan {
  /// Scans a native line and notes its members.
  mutating func passNative(_ line: LineCursor) -> LineCursor? {
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
      // Members with names that have no meaning at the top level are dropped.
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

  /// The program's own attributes: their names have no meaning here. A second object of attributes is not accepted.
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
