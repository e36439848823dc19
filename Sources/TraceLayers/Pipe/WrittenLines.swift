// Finds line boundaries in written bytes: pieces end at line ends, and only complete lines are counted.

import PipeBasics
import Platform

enum WrittenLines {
  /// The end of a piece of whole lines, up to 64 KiB but at least one line.
  static func pieceEnd(in buffer: borrowing RecordBuffer, from start: Int) -> Int {
    let all = UnsafeRawBufferPointer(start: buffer.base, count: buffer.used)
    let limit = min(buffer.used, start + 65_536)
    if let last = all[start..<limit].lastIndex(of: newline) { return last + 1 }
    return all[limit...].firstIndex(of: newline).map { $0 + 1 } ?? buffer.used
  }

  /// The length of the complete lines in the first `done` bytes.
  static func wholeLines(of piece: UnsafeRawBufferPointer, upTo done: Int) -> Int {
    piece[..<done].lastIndex(of: newline).map { $0 + 1 } ?? 0
  }

  /// The number of records in the lines. Gap records begin with a space and have no number.
  static func records(in lines: UnsafeRawBufferPointer) -> Int {
    var records = 0
    var start = 0
    while start < lines.count, let found = memchr(lines.baseAddress! + start, Int32(newline), lines.count - start) {
      if lines[start] != UInt8(ascii: " ") { records += 1 }
      start = UnsafeRawPointer(found) - lines.baseAddress! + 1
    }
    return records
  }

  /// The numbers of the first and the last record in the lines; nil if there are none. Numbers are ascending.
  static func ends(of lines: UnsafeRawBufferPointer) -> ClosedRange<UInt64>? {
    var first: UInt64?
    var start = 0
    while first == nil, start < lines.count, let found = memchr(lines.baseAddress! + start, Int32(newline), lines.count - start) {
      let end = UnsafeRawPointer(found) - lines.baseAddress!
      first = number(UnsafeRawBufferPointer(rebasing: lines[start..<end]))
      start = end + 1
    }
    guard let first else { return nil }
    var end = lines.count
    while end > 0 {
      // The line ends with its newline, or was cut.
      let stop = lines[end - 1] == newline ? end - 1 : end
      let start = lines[..<stop].lastIndex(of: newline).map { $0 + 1 } ?? 0
      if let last = number(UnsafeRawBufferPointer(rebasing: lines[start..<stop])) { return min(first, last)...max(first, last) }
      end = start
    }
    return first...first
  }

  private static func number(_ line: UnsafeRawBufferPointer) -> UInt64? {
    guard let head = line.first, head != UInt8(ascii: " ") else { return nil }
    return JournalLine.numbers(of: line)?.range.upperBound
  }

  /// The number of records in the lines, with their lowest and highest number.
  static func numbers(in lines: UnsafeRawBufferPointer) -> Journal.Left {
    var left = Journal.Left()
    var start = 0
    while start < lines.count, let found = memchr(lines.baseAddress! + start, Int32(newline), lines.count - start) {
      let end = UnsafeRawPointer(found) - lines.baseAddress!
      if lines[start] != UInt8(ascii: " "),
        let numbers = JournalLine.numbers(of: UnsafeRawBufferPointer(rebasing: lines[start..<end]))
      {
        left.add(Journal.Left(records: 1, first: numbers.range.lowerBound, last: numbers.range.upperBound))
      }
      start = end + 1
    }
    return left
  }

  private static let newline = UInt8(ascii: "\n")
}
