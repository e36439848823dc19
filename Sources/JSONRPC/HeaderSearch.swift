// Finds the next header after a bad one. Bodies end without a newline, so the next header is usually in the middle of a line.

/// Searches for `Content-Length:` at the start of a line, or anywhere if a number and the end of the line follow.
///
/// The second form cannot occur inside a JSON message: outside of strings there are no such letters, and inside of strings no raw newline.
struct HeaderSearch: Sendable {
  /// How many bytes are known to hold no colon that ends the name.
  private var scanned = 0
  /// Whether the front is at the start of a line. The bytes before the front are gone.
  private var isFrontLineStart: Bool

  /// The length of the name plus the byte before it, which shows whether the name is at the start of a line.
  private static let kept = HeaderBlock.contentLength.count + 1
  /// Longer than any plausible length value.
  private static let maxValueBytes = 32

  init(isFrontLineStart: Bool) { self.isFrontLineStart = isFrontLineStart }

  /// Drops bytes that are not part of a header. Afterwards a header is at the front, or more bytes are needed.
  mutating func run(_ input: inout ByteQueue) -> (isHeader: Bool, skipped: Int) {
    while let colon = input.firstIndex(of: UInt8(ascii: ":"), from: scanned) {
      if let start = nameStart(before: colon, in: input) {
        switch isHeader(from: start, colon: colon, in: input) {
        case true?:
          input.drop(start)
          return (true, start)
        case nil:
          scanned = colon
          return (false, forget(before: start, in: &input))
        case false?: break
        }
      }
      scanned = colon + 1
    }
    scanned = input.count
    return (false, forget(before: input.count - Self.kept, in: &input))
  }

  private func nameStart(before colon: Int, in input: ByteQueue) -> Int? {
    let start = colon - HeaderBlock.contentLength.count
    guard start >= 0 else { return nil }
    for (offset, letter) in HeaderBlock.contentLength.enumerated() where input[start + offset].lowercased != letter { return nil }
    return start
  }

  /// Nil if more bytes are needed to decide.
  private func isHeader(from start: Int, colon: Int, in input: ByteQueue) -> Bool? {
    if start == 0 ? isFrontLineStart : input[start - 1] == 0x0A { return true }
    var digits = 0
    var index = colon + 1
    while index < min(input.count, colon + Self.maxValueBytes) {
      switch input[index] {
      case let byte where byte.isDigit: digits += 1
      case 0x0A: return digits > 0
      case 0x20, 0x09, 0x0D: break
      default: return false
      }
      index += 1
    }
    return index < input.count || index == colon + Self.maxValueBytes ? false : nil
  }

  private mutating func forget(before index: Int, in input: inout ByteQueue) -> Int {
    // One more byte is kept: it shows whether the following bytes start a line.
    let count = max(0, index - 1)
    guard count > 0 else { return 0 }
    isFrontLineStart = input[count - 1] == 0x0A
    input.drop(count)
    scanned -= count
    return count
  }
}
