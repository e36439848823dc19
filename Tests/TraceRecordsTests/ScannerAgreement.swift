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
      return scanned.isEmpty && scanned.attributes.isEmpty && scanned.mark.scratch == RecordBatch().mark.scratch
        ? .left : .disagreed("left something")
    }
    // A newline inside of what was taken for one line would be two lines.
    guard count == line.count else { return .disagreed("took \(count) of \(line.count) bytes") }
    return compare(source, count: count)
  }

  private mutating func compare(_ source: UnsafeRawBufferPointer, count: Int) -> ScannerVerdict {
    decoded = RecordBatch()
    // The stream does not hand on the blanks at a line's end.
    let end = source[..<count].lastIndex { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }.map { $0 + 1 } ?? 0
    let outcome: LineOutcome
    do throws(RecordError) {
      outcome = try reference.decode(UnsafeRawBufferPointer(rebasing: source[..<end]), offset: 0, into: &decoded)
    } catch {
      return .disagreed("the reference says: \(error)")
    }
    guard outcome == LineOutcome() else { return .disagreed("the reference counts something about the line: \(outcome)") }
    if let what = batchDifference(scanned, decoded, source: source) { return .disagreed(what) }
    return .taken(records: scanned.records.count)
  }
}
