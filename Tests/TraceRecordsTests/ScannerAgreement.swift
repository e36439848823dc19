// Compares the scanner with jansson's path, line by line: what the scanner accepts must equal the result of the reference decoder, to the
// byte. A line that it does not accept needs no comparison, because the reference decoder then reads it. Shared with the fuzzer of
// `scripts/fuzz`, so `Testing` is not imported here.

@testable import JSON
@testable import TraceRecords

/// The scanner's result for a line.
enum ScannerVerdict: Equatable {
  case left
  case taken(records: Int)
  /// Accepted, but with another result than the reference decoder's.
  case disagreed(String)
}

/// Both readers of lines, in memory that is reused.
struct ScannerAgreement {
  private var scanner = RecordScanner()
  private var reference = FormatDecoder()
  private var scanned = RecordBatch()
  private var decoded = RecordBatch()
  /// - Parameter line: without its newline.
  mutating func check(_ line: [UInt8]) -> ScannerVerdict {
    // Exactly the size that the scanner may read, so that a sanitizer detects one byte more.
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
    // A newline inside what was taken for one line would be two lines.
    guard count == line.count else { return .disagreed("took \(count) of \(line.count) bytes") }
    return compare(source, count: count)
  }

  private mutating func compare(_ source: UnsafeRawBufferPointer, count: Int) -> ScannerVerdict {
    decoded = RecordBatch()
    // The stream does not hand on blanks at a line's end.
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
