// Scans attributes of OTLP: lists of keys and AnyValues, of which the four plain kinds and lists of these are accepted.

/// What an event's attributes mean for the decoder: its level and target, and the fields that `EventText` reads.
struct ScannedEventMarks {
  var level: SeverityLevel?
  var target: TextRange?
  private var told: [ScannedMember] = []

  mutating func note(_ member: ScannedMember) { told.append(member) }

  func tell(_ event: inout EventText, _ text: ScanText) {
    for member in told {
      switch member.value.kind {
      case .isTrue: event.take(text.line.bytes(member.key), "true")
      case .isFalse: event.take(text.line.bytes(member.key), "false")
      case .string: event.take(text.line.bytes(member.key), String(decoding: text.line.bytes(member.value.text), as: UTF8.self))
      case .escapedString:
        var plain: [UInt8] = []
        ScannedEscapes.append(text.line.bytes(member.value.text), to: &plain)
        event.take(text.line.bytes(member.key), String(decoding: plain, as: UTF8.self))
      default: break
      }
    }
  }
}

extension LineScan {
  @inline(__always)
  func addAttributes(_ cursor: inout LineCursor, _ text: ScanText, _ batch: inout RecordBatch) -> Bool {
    guard let isEmpty = cursor.passListStart() else { return false }
    if isEmpty { return true }
    var member = ScannedMember(key: .empty, name: 0, value: ScannedValue(.null, start: 0, count: 0))
    repeat {
      guard cursor.passAttribute(&member), text.add(member, &batch) else { return false }
    } while cursor.pass(UInt8(ascii: ","))
    return cursor.pass(UInt8(ascii: "]"))
  }

  /// For an event: the first `level` and the first `target` are its own, and an exception's text becomes its message.
  func addAttributes(_ cursor: inout LineCursor, _ text: ScanText, _ batch: inout RecordBatch, noting marks: inout ScannedEventMarks)
    -> Bool
  {
    guard let isEmpty = cursor.passListStart() else { return false }
    if isEmpty { return true }
    var member = ScannedMember(key: .empty, name: 0, value: ScannedValue(.null, start: 0, count: 0))
    repeat {
      guard cursor.passAttribute(&member), let isTaken = take(member, text, &batch, &marks), isTaken || text.add(member, &batch) else {
        return false
      }
    } while cursor.pass(UInt8(ascii: ","))
    return cursor.pass(UInt8(ascii: "]"))
  }

  /// Whether an attribute is a mark and not an ordinary attribute; nil if jansson's path has to decide.
  private func take(_ member: ScannedMember, _ text: ScanText, _ batch: inout RecordBatch, _ marks: inout ScannedEventMarks) -> Bool? {
    let (key, value, line) = (member.key, member.value, text.line)
    if marks.level == nil, line.holds("level", key), value.isString {
      guard let word = value.plainText else { return nil }
      marks.level = SeverityLevel(line.bytes(word))
      if marks.level != nil { return true }
    }
    if marks.target == nil, line.holds("target", key) {
      guard value.isString else { return nil }
      marks.target = text.range(value, &batch)
      return true
    }
    if EventText.reads(line.bytes(key)) {
      let isEscaped = line.holds("exception.escaped", key)
      if value.isString || isEscaped && (value.kind == .isTrue || value.kind == .isFalse) { marks.note(member) }
    }
    return false
  }
}
