// The limits for ingestion, measured in the same run: the pipe with a reader that does nothing, lines without content, jansson without
// records.

import JSON
import Platform

enum IngestLimits {
  static func cat(_ file: String, into fifo: String) -> pid_t { Bench.spawn(["sh", "-c", "exec cat '\(file)' > '\(fifo)'"]) }

  /// One writer of blocks of 64 KiB whose bytes are not examined.
  static func pipeAlone(_ file: String, _ directory: String) -> Double {
    let fifo = directory + "/plain.pipe"
    mkfifo(fifo, 0o600)
    defer { unlink(fifo) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
    defer { buffer.deallocate() }
    let writer = Bench.spawn(["sh", "-c", "exec dd if='\(file)' of='\(fifo)' bs=64k 2>/dev/null"])
    let reader = open(fifo, O_RDONLY | O_CLOEXEC)
    let seconds = Bench.seconds { while read(reader, buffer.baseAddress, buffer.count) > 0 {} }
    close(reader)
    Bench.wait(writer)
    return seconds
  }

  static func newlines(_ lines: [UInt8]) -> Double {
    var count = 0
    let seconds = Bench.seconds { forEachLine(of: lines) { _ in count += 1 } }
    precondition(count > 0)
    return seconds
  }

  static func jansson(_ lines: [UInt8]) -> Double {
    Bench.seconds { forEachLine(of: lines) { _ = try? JanssonTree(parsing: $0).repairs } }
  }

  private static func forEachLine(of lines: [UInt8], _ body: (UnsafeRawBufferPointer) -> Void) {
    lines.withUnsafeBytes { all in
      var start = 0
      while start < all.count, let found = memchr(all.baseAddress! + start, 0x0A, all.count - start) {
        let end = UnsafeRawPointer(found) - all.baseAddress!
        body(UnsafeRawBufferPointer(rebasing: all[start..<end]))
        start = end + 1
      }
    }
  }
}
