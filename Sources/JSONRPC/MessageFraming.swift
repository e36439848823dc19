// The two framings that clients use, and what can be wrong with them.

/// How messages are separated on a stream.
package enum MessageFraming: Sendable, Equatable {
  /// `Content-Length: 17`, a blank line, 17 bytes: the framing of language servers.
  case contentLength
  /// One message per line: MCP, scripts, people.
  case line
}

/// What the framer found next.
package enum FramedMessage: Sendable, Equatable {
  /// The bytes of one message, not parsed yet.
  case message([UInt8])
  /// Bytes that are not a message. The framer has already found where to continue, or still searches.
  case failure(FramingFailure)
}

/// The limits of one stream of messages.
package struct FramingLimits: Sendable {
  package var maxMessageBytes: Int
  /// The total size of the headers before one message.
  package var maxHeaderBytes: Int
  /// A body that is too large but not longer than this is skipped to its end. A longer one is treated as a mistake in the header.
  package var maxSkippedBodyBytes: Int

  package init(maxMessageBytes: Int = 32 << 20, maxHeaderBytes: Int = 64 << 10, maxSkippedBodyBytes: Int = 1 << 30) {
    self.maxMessageBytes = maxMessageBytes
    self.maxHeaderBytes = maxHeaderBytes
    self.maxSkippedBodyBytes = maxSkippedBodyBytes
  }
}

/// Why bytes could not be separated into messages.
package enum FramingFailure: Error, Sendable, Equatable, CustomStringConvertible {
  case missingContentLength
  case badContentLength(String)
  case conflictingContentLengths
  case badHeader(String)
  case headersTooLong(limit: Int)
  case emptyBody
  case messageTooLong(limit: Int)
  /// The stream ended inside a body.
  case truncatedBody(expected: Int, got: Int)
  /// The stream ended inside the headers.
  case truncatedHeaders

  package var description: String {
    switch self {
    case .missingContentLength: "headers without Content-Length; expected 'Content-Length: <bytes of the body>'"
    case .badContentLength(let text): "Content-Length \(Quoting.quote(text)); expected a decimal number of bytes"
    case .conflictingContentLengths: "two different Content-Length headers before one message; expected one"
    case .badHeader(let text): "\(Quoting.quote(text)) is not a header; expected 'Content-Length: <bytes of the body>'"
    case .headersTooLong(let limit): "more than \(limit) bytes of headers; expected a blank line before the body"
    case .emptyBody: "Content-Length 0; expected a body that holds one JSON message"
    case .messageTooLong(let limit): "message longer than \(limit) bytes, not read; expected a smaller one"
    case .truncatedBody(let expected, let got): "the input ended after \(got) of \(expected) bytes of a body"
    case .truncatedHeaders: "the input ended inside the headers of a message"
    }
  }
}
