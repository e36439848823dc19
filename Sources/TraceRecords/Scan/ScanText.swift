// Adds texts of a scanned line to the batch: as ranges of the existing bytes if possible.

struct ScanText {
  let line: LineCursor
  let origin: TextOrigin

  @inline(__always)
  func range(of text: ScannedText) -> TextRange { text.count == 0 ? .empty : TextRange(origin, start: text.start, count: text.count) }

  /// A string's text; empty for other values and for a missing value.
  @inline(__always)
  func range(_ value: ScannedValue?, _ batch: inout RecordBatch) -> TextRange {
    guard let value else { return .empty }
    switch value.kind {
    case .string: return range(of: value.text)
    case .escapedString: return batch.add(escaped: line.bytes(value.text))
    default: return .empty
    }
  }

  /// The text of a value that is a text in the shape.
  @inline(__always)
  func range(text value: ScannedValue, _ batch: inout RecordBatch) -> TextRange {
    if value.kind == .string { return TextRange(origin, start: value.text.start, count: value.text.count) }
    return batch.add(escaped: line.bytes(value.text))
  }

  /// An id is a text; a number becomes its digits. Nil if there is none.
  @inline(__always)
  func identifier(_ value: ScannedValue?, _ batch: inout RecordBatch) -> TextRange? {
    guard let value else { return nil }
    switch value.kind {
    case .string where value.text.count > 0: return range(of: value.text)
    case .escapedString: return batch.add(escaped: line.bytes(value.text))
    case .integer: return batch.add(text: String(value.integer))
    default: return nil
    }
  }

  /// Adds an attribute. Returns false if its value would have to be rewritten.
  @inline(__always)
  func add(_ member: ScannedMember, _ batch: inout RecordBatch) -> Bool {
    let value: AttributeValue
    switch member.value.kind {
    case .string, .escapedString: value = .string(range(member.value, &batch))
    case .integer: value = .integer(member.value.integer)
    case .real: value = .double(member.value.real)
    case .isTrue: value = .bool(true)
    case .isFalse: value = .bool(false)
    case .null, .object, .array, .emptyArray: value = .json(range(of: member.value.text))
    case .list:
      guard let list = list(member.value.text, &batch) else { return false }
      value = .json(list)
    case .looseObject, .looseArray: return false
    }
    batch.add(Attribute(key: range(of: member.key), value: value))
    return true
  }

  /// A list of OTLP's values as compact JSON; nil if one of them would have to be rewritten.
  @inline(never)
  private func list(_ list: ScannedText, _ batch: inout RecordBatch) -> TextRange? {
    var cursor = line
    cursor.go(backTo: list)
    let start = batch.scratch.count
    var isFirst = true
    let isTaken = cursor.forEachElement { value, cursor in
      guard !cursor.isRewritten(value) else { return false }
      _ = batch.add(text: isFirst ? "[" : ",")
      isFirst = false
      if value.isString { _ = batch.add(text: "\"") }
      _ = batch.add(text: line.bytes(value.text))
      if value.isString { _ = batch.add(text: "\"") }
      return true
    }
    guard isTaken else { return nil }
    _ = batch.add(text: isFirst ? "[]" : "]")
    return TextRange(scratch: start, count: batch.scratch.count - start)
  }
}

extension LineCursor {
  /// Whether a text of the line equals that word.
  @inline(__always)
  func holds(_ word: StaticString, _ text: ScannedText) -> Bool { bytes(text).equals(word) }
}
