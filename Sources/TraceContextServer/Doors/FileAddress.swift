// `file:` addresses, as clients write them, and the paths that they mean.

enum FileAddress {
  /// The path of an address of this machine; nil for other schemes and hosts, and where its bytes are no UTF-8. `file:///c%3A/x` is `c:/x`.
  static func path(_ uri: String) -> String? {
    guard uri.utf8.count < 16_384, uri.lowercased().hasPrefix("file:") else { return nil }
    var rest = Array(uri.utf8.dropFirst(5))
    if rest.starts(with: "//".utf8) {
      rest.removeFirst(2)
      // Another host has files that cannot be looked at here.
      if rest.starts(with: "localhost/".utf8) { rest.removeFirst("localhost".utf8.count) }
      guard rest.first == UInt8(ascii: "/") else { return nil }
    }
    if let end = rest.firstIndex(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) { rest.removeSubrange(end...) }
    var bytes: [UInt8] = []
    var place = 0
    while place < rest.count {
      if rest[place] == UInt8(ascii: "%"), place + 2 < rest.count,
        let byte = UInt8(String(decoding: rest[place + 1...place + 2], as: UTF8.self), radix: 16)
      {
        bytes.append(byte)
        place += 3
      } else {
        bytes.append(rest[place])
        place += 1
      }
    }
    guard !bytes.contains(0) else { return nil }
    if bytes.count > 2, bytes[0] == UInt8(ascii: "/"), bytes[2] == UInt8(ascii: ":"), isLetter(bytes[1]) { bytes.removeFirst() }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The address of a path: everything but letters, digits and `-._~/` is escaped.
  static func uri(_ path: String) -> String {
    var text = "file://" + (path.hasPrefix("/") ? "" : "/")
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      case _ where isLetter(byte): text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
      }
    }
    return text
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
}
