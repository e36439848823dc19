// Attributes of OTLP: lists of key and AnyValue, of which the four plain ones and lists of them are taken.

/// What the attributes of an event say to us rather than to people: whose level and target it has, and what exception it tells of.
struct ScannedEventMarks {
  var level: SeverityLevel?
  var target: TextRange?
  var type: ScannedValue?
  var message: ScannedValue?
  var isEscaped = false
  var isException: Bool { type != nil || message != nil }
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

  /// Of an event: the first `level` and the first `target` are its own, and what an exception says becomes its message.
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

  /// Whether an attribute is a mark and no attribute; nil where jansson's path has to say.
  private func take(_ member: ScannedMember, _ text: ScanText, _ batch: inout RecordBatch, _ marks: inout ScannedEventMarks) -> Bool? {
    let (key, value, line) = (member.key, member.value, text.line)
    if marks.level == nil, line.holds("level", key), value.isString {
      guard let word = value.plainText else { return nil }
      marks.level = SeverityLevel(line.bytes(word))
      return marks.level != nil
    }
    if marks.target == nil, line.holds("target", key) {
      guard value.isString else { return nil }
      marks.target = text.range(value, &batch)
      return true
    }
    guard key.count > 10, line.word(at: Int(key.start)) == LineScan.exceptionWord else { return false }
    let isType = line.holds("exception.type", key)
    if isType || line.holds("exception.message", key) {
      guard value.isString else { return nil }
      if isType { marks.type = value } else { marks.message = value }
    } else if line.holds("exception.escaped", key) {
      let isNamed = value.plainText.map { line.holds("true", $0) || line.holds("True", $0) } ?? false
      marks.isEscaped = isNamed || value.kind == .isTrue
    }
    return false
  }

  /// `exceptio`, the first byte lowest.
  private static let exceptionWord: UInt64 = 0x6F69_7470_6563_7865
}

extension ScanText {
  /// As `OTLPMark.exceptionMessage` puts it together.
  func message(of exception: ScannedEventMarks, _ batch: inout RecordBatch) -> TextRange {
    let start = batch.scratch.count
    if let type = exception.type { copy(type, &batch) }
    let hasType = batch.scratch.count > start
    if let message = exception.message, message.text.count > 0 {
      if hasType { _ = batch.add(text: ": ") }
      copy(message, &batch)
    }
    return TextRange(scratch: start, count: batch.scratch.count - start)
  }

  private func copy(_ value: ScannedValue, _ batch: inout RecordBatch) {
    if value.kind == .escapedString { _ = batch.add(escaped: line.bytes(value.text)) } else { _ = batch.add(text: line.bytes(value.text)) }
  }
}
