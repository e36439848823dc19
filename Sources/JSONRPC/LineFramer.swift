// One message per line. A line that is too long is discarded while it arrives, so that memory stays bounded.

/// The state between two chunks of a stream of lines.
struct LineFramer: Sendable {
  let limit: Int
  private(set) var skippedBytes = 0
  /// How many bytes of the unfinished line are known to hold no newline.
  private var scanned = 0
  /// The rest of a line is being discarded; its failure was already reported.
  private var isDiscarding = false

  init(limit: Int) { self.limit = limit }

  mutating func next(in input: inout ByteQueue) -> FramedMessage? {
    while let newline = input.firstIndex(of: 0x0A, from: scanned) {
      scanned = 0
      defer { input.drop(newline + 1) }
      if isDiscarding {
        isDiscarding = false
        skippedBytes += newline
      } else if let framed = message(of: newline, in: input) {
        return framed
      }
    }
    scanned = input.count
    if isDiscarding {
      discard(&input)
    } else if isTooLong(input) {
      isDiscarding = true
      discard(&input)
      return .failure(.messageTooLong(limit: limit))
    }
    return nil
  }

  /// The last line does not need a newline.
  mutating func finish(_ input: inout ByteQueue) -> FramedMessage? {
    defer {
      input.drop(input.count)
      scanned = 0
      isDiscarding = false
    }
    if isDiscarding {
      skippedBytes += input.count
      return nil
    }
    return message(of: input.count, in: input)
  }

  /// The line before `end`; nil for a blank line.
  private mutating func message(of end: Int, in input: ByteQueue) -> FramedMessage? {
    let length = end > 0 && input[end - 1] == 0x0D ? end - 1 : end
    guard length <= limit else {
      skippedBytes += end
      return .failure(.messageTooLong(limit: limit))
    }
    var blanks = 0
    while blanks < length, input[blanks].isBlank { blanks += 1 }
    return blanks == length ? nil : .message(input.prefix(length))
  }

  /// The result must not depend on where the chunks were cut, so a single carriage return beyond the limit still waits for its newline.
  private func isTooLong(_ input: ByteQueue) -> Bool {
    input.count > limit + 1 || input.count == limit + 1 && input[limit] != 0x0D
  }

  private mutating func discard(_ input: inout ByteQueue) {
    skippedBytes += input.count
    input.drop(input.count)
    scanned = 0
  }
}
