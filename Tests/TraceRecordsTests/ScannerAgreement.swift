// Holds the scanner against jansson's path, line by line: what the scanner takes must be, to the byte, what the reference makes of it. What it
// does not take needs no comparison, for then the reference reads the line. Shared with the fuzzer of `scripts/fuzz`, hence no `Testing` here.

@testable import JSON
@testable import TraceRecords

/// What the scanner did with a line.
enum ScannerVerdict: Equatable {
  case left
  case taken(records: Int)
  /// Taken, and otherwise than the reference does.
  case disagreed(String)
}

/// Both readings of lines, in memory that is used again.
struct ScannerAgreement {
  private var scanner = RecordScanner()
  private var reference = FormatDecoder()
  private var scanned = RecordBatch()
  private var decoded = RecordBatch()
  /// - Parameter line: without its newline.
  mutating func check(_ line: [UInt8]) -> ScannerVerdict {
    // Of just the size that the scanner may read: a sanitizer sees one byte more.
    let padded = UnsafeMutableRawBufferPointer.allocate(byteCount: line.count + 1 + LineCursor.padding, alignment: 1)
    defer { padded.deallocate() }
    padded.initializeMemory(as: UInt8.self, repeating: 0)
    padded.copyBytes(from: line)
    padded[line.count] = 0x0A
    let source = UnsafeRawBufferPointer(padded)
    scanned.removeAll()
    let count = scanner.lend { $0.take(LineCursor(line: source.baseAddress!), TextOrigin(source: 0), into: &scanned) }
    guard let count else {
      return scanned.isEmpty && scanned.attributes.isEmpty && scanned.scratch.isEmpty ? .left : .disagreed("left something")
    }
    // A newline inside of what was taken for one line would be two lines.
    guard count == line.count else { return .disagreed("took \(count) of \(line.count) bytes") }
    return compare(source, count: count)
  }

  private mutating func compare(_ source: UnsafeRawBufferPointer, count: Int) -> ScannerVerdict {
    decoded = RecordBatch()
    // The stream does not hand on the blanks at a line's end.
    let end = source[..<count].lastIndex { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }.map { $0 + 1 } ?? 0
    do throws(RecordError) {
      try reference.decode(UnsafeRawBufferPointer(rebasing: source[..<end]), offset: 0, into: &decoded)
    } catch {
      return .disagreed("the reference says: \(error)")
    }
    if decoded.isLineRepaired || decoded.hasUnusableField || decoded.skippedRecords > 0 || decoded.isMetricLine {
      return .disagreed("the reference counts something about the line")
    }
    return scanned.withTexts(source: source) { left in
      decoded.withTexts(source: source) { right in
        guard scanned.records.count == decoded.records.count else { return .disagreed("\(decoded.records.count) records expected") }
        for (one, other) in zip(scanned.records, decoded.records) {
          if let what = difference(one, left, other, right) { return .disagreed(what) }
        }
        return .taken(records: scanned.records.count)
      }
    }
  }

  private func difference(_ one: Record, _ left: BatchTexts, _ other: Record, _ right: BatchTexts) -> String? {
    func plain(_ record: Record) -> [Int64] {
      [
        Int64(record.kind.rawValue), Int64(record.format.rawValue), Int64(record.level.rawValue), Int64(record.status.rawValue),
        Int64(record.spanKind.rawValue), Int64(record.parent.rawValue), record.followsFrom ? 1 : 0, Int64(record.doubts.rawValue),
        record.timeNanos, record.startNanos, record.durationNanos, Int64(bitPattern: record.sequence), Int64(bitPattern: record.gapFirst),
        Int64(bitPattern: record.gapLast), Int64(bitPattern: record.gapCount), Int64(record.attributeCount),
      ]
    }
    if plain(one) != plain(other) { return "numbers: got \(plain(one)), expected \(plain(other))" }
    for (name, path) in Self.texts where !left[one[keyPath: path]].elementsEqual(right[other[keyPath: path]]) {
      return "\(name): got \(quoted(left[one[keyPath: path]])), expected \(quoted(right[other[keyPath: path]]))"
    }
    for index in 0..<Int(one.attributeCount) {
      let mine = scanned.attributes[Int(one.attributeStart) + index]
      let theirs = decoded.attributes[Int(other.attributeStart) + index]
      if !left[mine.key].elementsEqual(right[theirs.key]) || !isEqual(mine.value, left, theirs.value, right) {
        return "attribute \(index) \(quoted(right[theirs.key])): got \(quoted(left[mine.key])) \(mine.value), expected \(theirs.value)"
      }
    }
    return nil
  }

  private func isEqual(_ one: AttributeValue, _ left: BatchTexts, _ other: AttributeValue, _ right: BatchTexts) -> Bool {
    switch (one, other) {
    case (.string(let one), .string(let other)), (.json(let one), .json(let other)): left[one].elementsEqual(right[other])
    case (.integer(let one), .integer(let other)): one == other
    // As bits: -0 and 0 are two values.
    case (.double(let one), .double(let other)): one.bitPattern == other.bitPattern
    case (.bool(let one), .bool(let other)): one == other
    default: false
    }
  }

  private func quoted(_ text: UnsafeRawBufferPointer) -> String { String(decoding: text, as: UTF8.self).debugDescription }

  nonisolated(unsafe) private static let texts: [(String, KeyPath<Record, TextRange>)] = [
    ("trace", \.traceID), ("span", \.spanID), ("parent", \.parentID), ("name", \.name), ("target", \.target), ("service", \.service),
    ("message", \.message), ("run", \.run), ("session", \.session), ("producer", \.producer), ("host", \.host),
  ]
}
