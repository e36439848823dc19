// Log lines for a terminal. A terminal or pipe that does not take them must not hold the program up.

import Glibc
import Logging
import PipeBasics
import Synchronization

final class ReadableLines: Sendable {
  private let descriptor: Int32
  private let droppedLines = Atomic<UInt64>(0)

  init(descriptor: Int32) { self.descriptor = descriptor }

  var dropped: UInt64 { droppedLines.load(ordering: .relaxed) }

  /// One write of at most `PIPE_BUF` bytes: a pipe that is ready takes that much without blocking and whole.
  func write(_ event: LoggedEvent) {
    let text = ReadableLines.text(event).utf8
    var bytes = Array(text.prefix(Int(PIPE_BUF) - 1))
    // Cut between two characters: as long as the first byte behind the cut goes on with one.
    if bytes.count < text.count {
      var next = text[text.index(text.startIndex, offsetBy: bytes.count)]
      while next & 0xC0 == 0x80, let last = bytes.popLast() { next = last }
    }
    bytes.append(0x0A)
    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    // A reader that is gone says POLLERR; writing to it would raise SIGPIPE in the host.
    guard poll(&ready, 1, 0) == 1, ready.revents == Int16(POLLOUT), Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
      droppedLines.add(1, ordering: .relaxed)
      return
    }
  }

  /// `2026-11-23T19:33:34.483Z WARN shop.stock: running low item=7`
  static func text(_ event: LoggedEvent) -> String {
    var line = "\(Timestamp.format(Timestamp.clamped(event.timeNanos))) \(event.level.recordName) \(event.target): \(event.message)"
    for (key, value) in event.metadata.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(value)" }
    // Text from anywhere cannot forge a line or colour a terminal.
    guard line.unicodeScalars.contains(where: isControl) else { return line }
    return line.unicodeScalars.reduce(into: "") { $0 += isControl($1) ? $1.escaped(asASCII: true) : String($1) }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }
}
