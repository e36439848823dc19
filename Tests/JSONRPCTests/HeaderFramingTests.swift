// Proves that Content-Length framing accepts what clients write, rejects what is invalid, and recovers after every mistake.

import JSONRPC
import Testing

@Suite struct HeaderFramingTests {
  private let good = "Content-Length: 8\r\n\r\n{\"ok\":1}"

  @Test func bodiesAreCountedInBytes() {
    check(good, gives: [.text("{\"ok\":1}")])
    check(good + good, gives: [.text("{\"ok\":1}"), .text("{\"ok\":1}")])
    check("Content-Length: 6\r\n\r\n\"é你\"".replacing("6", with: "7"), gives: [.text("\"é你\"")])
    check("Content-Length: 4\r\n\r\n\r\n{}", gives: [.text("\r\n{}")])
  }

  @Test func namesHaveNoCaseAndOtherHeadersNoMeaning() {
    check("content-length: 2\r\n\r\n{}", gives: [.text("{}")])
    check("CONTENT-LENGTH:2\r\n\r\n{}", gives: [.text("{}")])
    check(
      "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length:   2 \t\r\nX-Y_9:\r\n\r\n{}", gives: [.text("{}")])
    check("Content-Length: 002\r\n\r\n{}", gives: [.text("{}")])
  }

  @Test func bareNewlinesAndBlankLinesAreTolerated() {
    check("Content-Length: 2\n\n{}Content-Length: 2\n\r\n{}", gives: [.text("{}"), .text("{}")])
    check("\r\n\r\nContent-Length: 2\r\n\r\n{}\r\n\n\(good)\r\n", gives: [.text("{}"), .text("{\"ok\":1}")])
    check("\u{FEFF}\(good)", gives: [.text("{\"ok\":1}")])
  }

  /// Each is followed by a body of unknown extent, and by a good message that must be found.
  @Test(
    arguments: [
      ("Content-Type: x", .missingContentLength),
      ("Content-Length: abc", .badContentLength("abc")),
      ("Content-Length: -1", .badContentLength("-1")),
      ("Content-Length: +8", .badContentLength("+8")),
      ("Content-Length: 8.0", .badContentLength("8.0")),
      ("Content-Length: 8 8", .badContentLength("8 8")),
      ("Content-Length:", .badContentLength("")),
      ("Content-Length: 8\r\nContent-Length: 9", .conflictingContentLengths),
      ("Content-Length: abc\r\nContent-Length: 8", .badContentLength("abc")),
      ("Content-Length: 100000000000", .messageTooLong(limit: 32 << 20)),
      ("Content-Length: 12345678901234567890123", .messageTooLong(limit: 32 << 20)),
      ("Content-Length: 9223372036854775808", .messageTooLong(limit: 32 << 20)),
    ] as [(String, FramingFailure)])
  func badHeadersAreToldAndTheNextMessageIsFound(_ headers: String, _ failure: FramingFailure) {
    check("\(headers)\r\n\r\n{\"lost\":1}\(good)", gives: [.failure(failure), .text("{\"ok\":1}")])
    check(
      "\(good)\(headers)\n\n{\n}\n\(good)\(good)",
      gives: [.text("{\"ok\":1}"), .failure(failure), .text("{\"ok\":1}"), .text("{\"ok\":1}")])
  }

  @Test func anEmptyBodyIsToldAndNothingIsLost() {
    check("Content-Length: 0\r\n\r\n\(good)", gives: [.failure(.emptyBody), .text("{\"ok\":1}")])
  }

  @Test func theSameLengthTwiceIsNoMistake() {
    check("Content-Length: 2\r\nContent-Length: 02\r\n\r\n{}", gives: [.text("{}")])
  }

  @Test func whatIsNoHeaderIsToldAndTheNextMessageIsFound() {
    check("hello\r\n\(good)", gives: [.failure(.badHeader("hello")), .text("{\"ok\":1}")])
    check("Content Length: 2\r\n\r\n{}\(good)", gives: [.failure(.badHeader("Content Length: 2")), .text("{\"ok\":1}")])
    check("\(good){}\r\n\(good)", gives: [.text("{\"ok\":1}"), .failure(.badHeader("{}")), .text("{\"ok\":1}")])
  }

  /// The most common mistake: counting characters instead of bytes. The rest of the body comes before the next header.
  @Test func aBodyLongerThanSaidCostsOneMessage() {
    check(
      "Content-Length: 5\r\n\r\n[\"é\"]\(good)",
      gives: [.text("[\"é\""), .failure(.badHeader("]Content-Length: 8")), .text("{\"ok\":1}")])
  }

  @Test func aHeaderInAStringIsNoHeader() {
    let body = #"{"text":"}Content-Length: 5\r\n\r\n","more":"Content-Length: 5"}"#
    check("Content-Type: x\r\n\r\n\(body)\(good)", gives: [.failure(.missingContentLength), .text("{\"ok\":1}")])
  }

  @Test func badHeadersAtTheStartOfALineAreToldAgain() {
    check(
      "Content-Length: a\r\n\r\n{}\r\nContent-Length: b\r\n\r\n\(good)",
      gives: [.failure(.badContentLength("a")), .failure(.badContentLength("b")), .text("{\"ok\":1}")])
  }

  @Test func aBodyThatIsTooLongIsSkippedToItsEnd() {
    let limits = FramingLimits(maxMessageBytes: 8, maxSkippedBodyBytes: 100)
    // Skipped by count: the header inside it is ignored.
    let body = "Content-Length: 2\r\n\r\n{}"
    check(
      "Content-Length: \(body.utf8.count)\r\n\r\n\(body)\(good)", gives: [.failure(.messageTooLong(limit: 8)), .text("{\"ok\":1}")],
      limits: limits)
    check("Content-Length: 101\r\n\r\n[]\(good)", gives: [.failure(.messageTooLong(limit: 8)), .text("{\"ok\":1}")], limits: limits)
  }

  /// Exactly at the bounds: a body of so many bytes is taken, is skipped, and one more is not.
  @Test func bodiesAtTheBounds() {
    let limits = FramingLimits(maxMessageBytes: 8, maxSkippedBodyBytes: 100)
    let tooLong = FramedMessage.failure(.messageTooLong(limit: 8))
    // What is skipped by its length is not looked into.
    let body = good + String(repeating: " ", count: 100 - good.utf8.count)
    check("Content-Length: 100\r\n\r\n\(body)\(good)", gives: [tooLong, .text("{\"ok\":1}")], limits: limits)
    check("Content-Length: 9\r\n\r\n{\"ok\":11}\(good)", gives: [tooLong, .text("{\"ok\":1}")], limits: limits)
    check("Content-Length: 8\r\ncontent-length: 08\r\n\r\n{\"ok\":1}", gives: [.text("{\"ok\":1}")], limits: limits)
    check(
      "Content-Length: 8\r\nContent-Length: 7\r\n\r\n{}\(good)", gives: [.failure(.conflictingContentLengths), .text("{\"ok\":1}")],
      limits: limits)
  }

  /// So many bytes of headers and not one more, with and without their end.
  @Test func headersAtTheirBound() {
    let limits = FramingLimits(maxHeaderBytes: 64)
    let tooLong = FramedMessage.failure(.headersTooLong(limit: 64))
    func line(_ count: Int) -> String { "X: " + String(repeating: "y", count: count - 3) }
    // A line of 60 bytes, its end of two and the blank line's of two are 64.
    check("\(line(60))\r\n\r\n{}\(good)", gives: [.failure(.missingContentLength), .text("{\"ok\":1}")], limits: limits)
    check("\(line(61))\r\n\r\n{}\(good)", gives: [tooLong, .text("{\"ok\":1}")], limits: limits)
    check(line(64), gives: [.failure(.truncatedHeaders)], limits: limits)
    check(line(65), gives: [tooLong], limits: limits)
  }

  @Test func theEndInTheMiddleIsTold() {
    check("\(good)Content-Length: 8\r\n\r\n{\"o", gives: [.text("{\"ok\":1}"), .failure(.truncatedBody(expected: 8, got: 3))])
    check("Content-Length: 8\r\n\r\n", gives: [.failure(.truncatedBody(expected: 8, got: 0))])
    check("Content-Length: 8\r\n", gives: [.failure(.truncatedHeaders)])
    check("Content-Le", gives: [.failure(.truncatedHeaders)])
    check("Content-Type: x\r\n\r\n{}Content-Length: ", gives: [.failure(.missingContentLength)])
  }

  @Test func headersWithoutAnEndAreTold() {
    let limits = FramingLimits(maxHeaderBytes: 64)
    let tooLong = FramedMessage.failure(.headersTooLong(limit: 64))
    check("X: \(String(repeating: "y", count: 100))\r\n\r\n{}\(good)", gives: [tooLong, .text("{\"ok\":1}")], limits: limits)
    check("\(String(repeating: "X: y\r\n", count: 20))\r\n{}\(good)", gives: [tooLong, .text("{\"ok\":1}")], limits: limits)
    check("X: \(String(repeating: "y", count: 59))\r\n\r\n{}\(good)", gives: [tooLong, .text("{\"ok\":1}")], limits: limits)
    // A search that began again with the header that was too long would never end.
    check(
      "Content-Length: \(String(repeating: " ", count: 100))8\r\n\r\n{}\n\(good)", gives: [tooLong, .text("{\"ok\":1}")], limits: limits)
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("X-Padding: \(String(repeating: "y", count: 1_000))\r\n", 50), ("X", 50), ("X: y\r\n", 4), ("Content-Length: 5\r\n", 4),
      ("Content-Length", 4), ("Content-Length: 5", 4), (":", 4), ("c", 4),
    ])
  func fiftyMegabytesOfHeadersHoldBoundedMemory(_ pattern: String, _ megabytes: Int) {
    let piece = Array(String(repeating: pattern, count: 65_536 / pattern.utf8.count).utf8)
    var framer = MessageFramer()
    var held = 0
    var failures = 0
    Array("X".utf8).withUnsafeBytes { framer.append(bytes: $0) }
    for _ in 0..<(megabytes << 20) / piece.count {
      piece.withUnsafeBytes { framer.append(bytes: $0) }
      held = max(held, framer.heldBytes)
      while framer.next() != nil { failures += 1 }
    }
    #expect(failures > 0)
    #expect(held <= 3 * 65_536, "\(held) bytes held")
    good.utf8.withContiguousStorageIfAvailable { framer.append(bytes: UnsafeRawBufferPointer($0)) }
    var last: FramedMessage?
    while let framed = framer.next() { last = framed }
    #expect(framer.framing == .contentLength)
    // If the flood itself looks like headers, the message may be taken for one more of its lines.
    if !pattern.hasPrefix("Content-Length") { #expect(last == .text("{\"ok\":1}")) }
  }

  @Test func aLongBodyInSmallPiecesIsLinear() {
    let piece = [UInt8](repeating: UInt8(ascii: "["), count: 4_096)
    var framer = MessageFramer()
    var early = 0
    let start = threadSeconds()
    Array("Content-Length: \(32 << 20)\r\n\r\n".utf8).withUnsafeBytes { framer.append(bytes: $0) }
    for _ in 0..<8_192 {
      if framer.next() != nil { early += 1 }
      piece.withUnsafeBytes { framer.append(bytes: $0) }
    }
    let last = framer.next()
    let seconds = threadSeconds() - start
    #expect(early == 0)
    guard case .message(let message) = last else {
      Issue.record("expected a message, got \(String(describing: last))")
      return
    }
    #expect(message.count == 32 << 20)
    #expect(seconds < 1, "it took \(seconds) s")
  }
}
