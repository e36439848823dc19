// Log lines for a terminal. A terminal or pipe that does not take them must not hold the program up.

import Logging
import PipeBasics
import Platform

final class ReadableLines: Sendable {
  private let lines: LineWriter

  init(descriptor: Int32) { lines = LineWriter(descriptor: descriptor) }

  var dropped: UInt64 { UInt64(lines.dropped) }

  /// One write, of what a pipe that is ready takes without blocking and whole.
  func write(_ event: LoggedEvent) {
    let text = ReadableLines.text(event).utf8
    var bytes = Array(text.prefix(LineWriter.maxBytes - 1))
    // Cut between two characters: as long as the first byte behind the cut goes on with one.
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
    // Text from anywhere cannot forge a line or colour a terminal.
    guard line.unicodeScalars.contains(where: isControl) else { return line }
    return line.unicodeScalars.reduce(into: "") { $0 += isControl($1) ? $1.escaped(asASCII: true) : String($1) }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }
}
