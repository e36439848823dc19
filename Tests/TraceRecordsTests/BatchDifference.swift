// The difference between two readings of the same bytes, to the byte. Shared with the fuzzer of `scripts/fuzz`, so `Testing` is not
// imported here.

@testable import TraceRecords

/// The first difference from the expected batch; nil if both are equal.
/// - Parameter source: the bytes that both were read from.
func batchDifference(_ got: RecordBatch, _ expected: RecordBatch, source: UnsafeRawBufferPointer) -> String? {
  guard got.records.count == expected.records.count else { return "\(got.records.count) records, \(expected.records.count) expected" }
  return got.withTexts(source: source) { left in
    expected.withTexts(source: source) { right in
      let difference = Difference(got: got, left: left, expected: expected, right: right)
      for (one, other) in zip(got.records, expected.records) {
        if let what = difference.record(one, other) { return what }
      }
      return nil
    }
  }
}

private struct Difference {
  let got: RecordBatch
  let left: BatchTexts
  let expected: RecordBatch
  let right: BatchTexts

  func record(_ one: Record, _ other: Record) -> String? {
    func plain(_ record: Record) -> [Int64] {
      [
        Int64(record.kind.rawValue), Int64(record.format.rawValue), Int64(record.level.rawValue), Int64(record.status.rawValue),
        Int64(record.spanKind.rawValue), Int64(record.parent.rawValue), record.followsFrom ? 1 : 0, Int64(record.diagnostics.rawValue),
        record.timeNanos, record.startNanos, record.durationNanos, Int64(bitPattern: record.sequence), Int64(bitPattern: record.gapFirst),
        Int64(bitPattern: record.gapLast), Int64(bitPattern: record.gapCount), Int64(record.attributeCount),
      ]
    }
    if plain(one) != plain(other) { return "numbers: got \(plain(one)), expected \(plain(other))" }
    for (name, path) in Self.texts where !left[one[keyPath: path]].elementsEqual(right[other[keyPath: path]]) {
      return "\(name): got \(quoted(left[one[keyPath: path]])), expected \(quoted(right[other[keyPath: path]]))"
    }
    for index in 0..<Int(one.attributeCount) {
      let mine = got.attributes[Int(one.attributeStart) + index]
      let theirs = expected.attributes[Int(other.attributeStart) + index]
      if !left[mine.key].elementsEqual(right[theirs.key]) || !isEqual(mine.value, theirs.value) {
        return "attribute \(index) \(quoted(right[theirs.key])): got \(quoted(left[mine.key])) \(mine.value), expected \(theirs.value)"
      }
    }
    return nil
  }

  private func isEqual(_ one: AttributeValue, _ other: AttributeValue) -> Bool {
    switch (one, other) {
    case (.string(let one), .string(let other)), (.json(let one), .json(let other)): left[one].elementsEqual(right[other])
    case (.integer(let one), .integer(let other)): one == other
    // Compared as bits: -0 and 0 are different.
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
