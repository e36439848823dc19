// From the bytes of a stream to messages. It detects the client's framing once and then uses the framer for it.

/// Finds the messages in a stream that arrives in pieces of any size.
///
/// Append what was read, then call `next()` until it returns nil. At the end of the stream call `finish()`. Memory is bounded by one
/// message and one chunk. Every byte is looked at a constant number of times.
package struct MessageFramer: Sendable {
  /// Nil until the first non-blank byte has arrived. `{`, `[` or anything else that cannot begin a header selects lines.
  package private(set) var framing: MessageFraming?
  private var input = ByteQueue()
  private var lines: LineFramer
  private var headers: ContentLengthFramer
  private var isAtStart = true

  package init(limits: FramingLimits = FramingLimits()) {
    lines = LineFramer(limit: limits.maxMessageBytes)
    headers = ContentLengthFramer(limits: limits)
  }

  /// Bytes that were discarded because they were part of no acceptable message.
  package var skippedBytes: Int { lines.skippedBytes + headers.skippedBytes }

  /// Bytes held now: at most one message and one chunk.
  package var heldBytes: Int { input.count }

  package mutating func append(bytes: UnsafeRawBufferPointer) {
    input.append(bytes)
  }

  /// The next message or failure; nil if more bytes are needed.
  package mutating func next() -> FramedMessage? {
    if framing == nil { decide(isAtEnd: false) }
    return switch framing {
    case .line: lines.next(in: &input)
    case .contentLength: headers.next(in: &input)
    case nil: nil
    }
  }

  /// The result for the bytes left at the end of the stream: an unterminated last line is a message, an unfinished body is a failure.
  package mutating func finish() -> FramedMessage? {
    if framing == nil { decide(isAtEnd: true) }
    return switch framing {
    case .line: lines.finish(&input)
    case .contentLength: headers.finish(&input)
    case nil: nil
    }
  }

  private mutating func decide(isAtEnd: Bool) {
    if isAtStart {
      guard skipByteOrderMark(isAtEnd: isAtEnd) else { return }
      isAtStart = false
    }
    var blanks = 0
    while blanks < input.count, input[blanks].isBlank { blanks += 1 }
    input.drop(blanks)
    guard !input.isEmpty else { return }
    framing = input[0].isLetter ? .contentLength : .line
  }

  /// Returns false while the bytes may still become a byte order mark.
  private mutating func skipByteOrderMark(isAtEnd: Bool) -> Bool {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let seen = input.prefix(min(3, input.count))
    if seen == mark { input.drop(3) }
    return isAtEnd || seen.count == 3 || !mark.starts(with: seen)
  }
}

extension UInt8 {
  /// JSON's white space, which may also occur between messages.
  var isBlank: Bool { self == 0x20 || (0x09...0x0A).contains(self) || self == 0x0D }
  var isLetter: Bool { (0x61...0x7A).contains(self | 0x20) }
  var isDigit: Bool { (0x30...0x39).contains(self) }
}
