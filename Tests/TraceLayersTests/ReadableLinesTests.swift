// Proves that lines for people are written completely to a terminal or pipe, and that if it takes nothing, or is gone, lines are dropped
// and the program never waits.

import Logging
import Platform
import Testing

@testable import TraceLayers

@Suite struct ReadableLinesTests {
  private func event(_ message: String) -> LoggedEvent {
    LoggedEvent(level: .warning, message: message, metadata: ["item": "7"], target: "shop.stock", timeNanos: 1_500_000_000)
  }

  /// A pipe whose writing end blocks, like standard error.
  private func withPipe(_ body: (_ reader: Int32, _ writer: Int32) throws -> Void) rethrows {
    var ends: [Int32] = [0, 0]
    pipe(&ends)
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    try body(ends[0], ends[1])
    close(ends[1])
  }

  private func read(_ reader: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    return String(decoding: bytes[..<max(0, Platform.read(reader, &bytes, bytes.count))], as: UTF8.self)
  }

  @Test func aLineIsWrittenWhole() {
    withPipe { reader, writer in
      let lines = ReadableLines(descriptor: writer)
      lines.write(event("running low"))
      #expect(read(reader) == "1970-01-01T00:00:01.500Z WARN shop.stock: running low item=7\n" && lines.dropped == 0)
      close(reader)
    }
  }

  @Test func aLongLineIsCutSoThatItGoesInOnePiece() {
    withPipe { reader, writer in
      // Characters of three bytes, so that the limit falls on each of their bytes.
      for start in ["", "a", "aa"] {
        ReadableLines(descriptor: writer).write(event(start + String(repeating: "漢", count: 5_000)))
        let text = read(reader)
        #expect((4_094...4_096).contains(text.utf8.count) && text.hasSuffix("漢\n") && !text.contains("\u{FFFD}"), "\(text.utf8.count)")
      }
      close(reader)
    }
  }

  @Test func aFullPipeDropsLinesAndIsNotWaitedFor() {
    withPipe { reader, writer in
      let lines = ReadableLines(descriptor: writer)
      // More than any pipe holds; a write that blocks would wait for ever.
      for _ in 0..<2_000 { lines.write(event(String(repeating: "x", count: 1_000))) }
      #expect(lines.dropped > 1_000)
      while !read(reader).isEmpty {}
      let dropped = lines.dropped
      lines.write(event("there is room again"))
      #expect(lines.dropped == dropped && read(reader).contains("there is room again"))
      close(reader)
    }
  }

  @Test func aReaderThatIsGoneRaisesNoSignal() {
    withPipe { reader, writer in
      close(reader)
      let lines = ReadableLines(descriptor: writer)
      lines.write(event("to nobody"))
      #expect(lines.dropped == 1)
    }
  }
}
