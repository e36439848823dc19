// Proves that lines are separated correctly wherever the stream is cut, and that a line of any length costs bounded memory and linear time.

import JSONRPC
import Testing

@Suite struct LineFramingTests {
  @Test func oneMessageALine() {
    check("{\"a\":1}\n", gives: [.text("{\"a\":1}")])
    check("{\"a\":1}\n[2]\n", gives: [.text("{\"a\":1}"), .text("[2]")])
    check("{\"é你😀\":1}\r\n{}\r\n", gives: [.text("{\"é你😀\":1}"), .text("{}")])
  }

  @Test func theLastLineNeedsNoNewline() {
    check("{}\n{\"a\":1}", gives: [.text("{}"), .text("{\"a\":1}")])
    check("{}\r", gives: [.text("{}")])
  }

  @Test func blankLinesAreSkipped() {
    check("", gives: [])
    check("\n\r\n \t\n", gives: [])
    check("\n\n{}\n\n \r\n\r\n{}\n\n", gives: [.text("{}"), .text("{}")])
    check(" {}\n {}\n", gives: [.text("{}"), .text(" {}")])
  }

  @Test func aLeadingByteOrderMarkIsSkipped() {
    check("\u{FEFF}{}\n", gives: [.text("{}")])
    check("\u{FEFF}\n{}", gives: [.text("{}")])
    check("\u{FEFF}", gives: [])
    check([0xEF, 0xBB, 0x7B, 0x0A], gives: [.message([0xEF, 0xBB, 0x7B])])
    check([0xEF], gives: [.message([0xEF])])
  }

  /// The parser decides about the content of a line.
  @Test func anythingThatCannotBeginAHeaderMeansLines() {
    check("42\n\"x\"\n", gives: [.text("42"), .text("\"x\"")])
    check("[\nfoo\nContent-Length: 2\n\n{}\n", gives: [.text("["), .text("foo"), .text("Content-Length: 2"), .text("{}")])
    check([0x00, 0x0A, 0xFF, 0x0A], gives: [.message([0x00]), .message([0xFF])])
  }

  @Test func linesThatAreTooLongAreToldAndSkipped() {
    let limits = FramingLimits(maxMessageBytes: 4)
    let tooLong = FramedMessage.failure(.messageTooLong(limit: 4))
    check("[12]\n", gives: [.text("[12]")], limits: limits)
    check("[12]\r\n{}\n", gives: [.text("[12]"), .text("{}")], limits: limits)
    check("[123]\n{}\n", gives: [tooLong, .text("{}")], limits: limits)
    check("[12]\r\r\n{}\n", gives: [tooLong, .text("{}")], limits: limits)
    check("[12]\rx\n{}\n", gives: [tooLong, .text("{}")], limits: limits)
    check("[123456789]\n[123456789]\r\n{}", gives: [tooLong, tooLong, .text("{}")], limits: limits)
    check("{}\n[123456789", gives: [.text("{}"), tooLong], limits: limits)
    check("{}\n[1234", gives: [.text("{}"), tooLong], limits: limits)
  }

  @Test func skippedBytesAreCounted() {
    var framer = MessageFramer(limits: FramingLimits(maxMessageBytes: 4))
    Array("[12345678]\n{}\n[12345]".utf8).withUnsafeBytes { framer.append(bytes: $0) }
    while framer.next() != nil {}
    #expect(framer.finish() == nil)
    #expect(framer.skippedBytes == 10 + 7)
    #expect(framer.framing == .line)
  }

  /// 32 MB in chunks of 4 KB: scanning from the start for each chunk would read 130 GB.
  @Test func aLongLineIsLinear() {
    let piece = [UInt8](repeating: UInt8(ascii: "["), count: 4_096)
    var framer = MessageFramer()
    var early = 0
    let start = threadSeconds()
    for _ in 0..<8_191 {
      piece.withUnsafeBytes { framer.append(bytes: $0) }
      if framer.next() != nil { early += 1 }
    }
    [UInt8(ascii: "\n")].withUnsafeBytes { framer.append(bytes: $0) }
    let last = framer.next()
    let seconds = threadSeconds() - start
    #expect(early == 0)
    guard case .message(let message) = last else {
      Issue.record("expected a message, got \(String(describing: last))")
      return
    }
    #expect(message.count == 8_191 * 4_096)
    #expect(seconds < 1, "it took \(seconds) s")
  }

  @Test func anEndlessLineHoldsBoundedMemory() {
    let limits = FramingLimits(maxMessageBytes: 1 << 20)
    let piece = [UInt8](repeating: UInt8(ascii: "["), count: 65_536)
    var framer = MessageFramer(limits: limits)
    var failures = 0
    var held = 0
    for _ in 0..<1_000 {
      piece.withUnsafeBytes { framer.append(bytes: $0) }
      held = max(held, framer.heldBytes)
      while framer.next() != nil { failures += 1 }
    }
    #expect(failures == 1)
    #expect(held <= limits.maxMessageBytes + 2 * piece.count)
    #expect(framer.skippedBytes == 1_000 * piece.count)
  }
}
