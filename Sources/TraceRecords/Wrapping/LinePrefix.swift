// Prefixes of a program's lines, added by whatever forwards its output: docker compose, kubectl, a container's log file.

/// A prefix that is recognised by its form, whatever follows it.
struct LinePrefix {
  /// Lines with the same key are one stream.
  var key: [UInt8]
  /// The beginning of the program's own text.
  var end: Int
  /// The line continues in the next one of its stream (CRI's `P`).
  var isPart = false

  init?(of line: UnsafeRawBufferPointer) {
    if let cri = LinePrefix.cri(line) {
      self = cri
    } else if let other = LinePrefix.compose(line) ?? LinePrefix.pod(line) {
      self = other
    } else {
      return nil
    }
  }

  private init(key: some Sequence<UInt8>, end: Int, isPart: Bool = false) {
    self.key = Array(key)
    self.end = end
    self.isPart = isPart
  }

  /// `2026-01-01T00:00:00.000000001Z stdout F ` in a container's log file; `2026-01-01T00:00:00.000000001Z ` with `--timestamps`.
  private static func cri(_ line: UnsafeRawBufferPointer) -> LinePrefix? {
    guard line.count > 21, line[4] == UInt8(ascii: "-"), line[10] == UInt8(ascii: "T"),
      let space = line.prefix(40).firstIndex(of: 0x20), Timestamp.parse(UnsafeRawBufferPointer(rebasing: line[..<space])) != nil
    else { return nil }
    for name in ["stdout", "stderr"] {
      let rest = UnsafeRawBufferPointer(rebasing: line[(space + 1)...])
      guard rest.count >= 9, rest.starts(with: Array(name.utf8)), rest[6] == 0x20,
        rest[7] == UInt8(ascii: "F") || rest[7] == UInt8(ascii: "P"),
        rest[8] == 0x20
      else { continue }
      return LinePrefix(key: Array(name.utf8), end: space + 10, isPart: rest[7] == UInt8(ascii: "P"))
    }
    return LinePrefix(key: Array("timestamps".utf8), end: space + 1)
  }

  /// `cart-1  | `
  private static func compose(_ line: UnsafeRawBufferPointer) -> LinePrefix? {
    let name = line.prefix(128).prefix { isNameByte($0) }
    guard !name.isEmpty else { return nil }
    var at = name.endIndex
    while at < line.count, line[at] == 0x20 { at += 1 }
    guard at > name.endIndex, at < line.count, line[at] == UInt8(ascii: "|") else { return nil }
    at += 1
    if at < line.count, line[at] == 0x20 { at += 1 }
    return LinePrefix(key: name, end: at)
  }

  /// `[pod/cart-5d9/app] `
  private static func pod(_ line: UnsafeRawBufferPointer) -> LinePrefix? {
    guard line.starts(with: Array("[pod/".utf8)), let end = line.prefix(512).firstIndex(of: UInt8(ascii: "]")), end + 1 < line.count,
      line[end + 1] == 0x20
    else { return nil }
    return LinePrefix(key: line[..<end], end: end + 2)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default: false
    }
  }
}
