// Log lines for a terminal. A terminal or pipe that does not take them must not stop the program.

import Logging
import PipeBasics
import Platform

final class ReadableLines: Sendable {
  private let lines: LineWriter

  init(descriptor: Int32) { lines = LineWriter(descriptor: descriptor) }

  var dropped: UInt64 { UInt64(lines.dropped) }

  /// One write, of at most as many bytes as a ready pipe takes at once and without blocking.
  func write(_ event: LoggedEvent) {
    let text = ReadableLines.text(event).utf8
    var bytes = Array(text.prefix(LineWriter.maxBytes - 1))
    // Cut between two characters: remove bytes while the first byte after the cut is a continuation byte.
    if bytes.count < text.count {
      var next = text[text.index(text.startIndex, offsetBy: bytes.count)]
      while next & 0xC0 == 0x80, let last = bytes.popLast() { next = last }
    }
    bytes.append(0x0A)
    lines.write(line: bytes)
  }

  /// `2026-11-23T19:33:34.483Z WARN shop.stock: running low item=7`
  static func text(_ event: LoggedEvent) -> String {
    var line = "\(Timestamp.format(Timestamp.clamped(event.timeNanos))) \(event.level.recordName) \(event.target): \(event.message)"
    for (key, value) in event.metadata.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(value)" }
    // Escaped, so that text from anywhere can neither imitate a line nor colour the terminal.
    guard line.unicodeScalars.contains(where: isControl) else { return line }
    return line.unicodeScalars.reduce(into: "") { $0 += isControl($1) ? $1.escaped(asASCII: true) : String($1) }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }
}
