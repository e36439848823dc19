// From JSONValue to bytes in one pass over the value, with no tree and no text in between: answers are mostly what a small request waits for.

extension JSONValue {
  /// The value as compact JSON in one line: members in their order, non-ASCII as itself, `/` unescaped.
  ///
  /// A number is the shortest text that reads back as the same Double, whatever stands beside it. NaN and infinities become null,
  /// a `.bigNumber` a string: JSON itself has no limit there, jansson, which reads it back, has.
  package var serialized: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256)
    write(into: &bytes)
    return bytes
  }

  /// `serialized` as text.
  package var serializedString: String { String(decoding: serialized, as: UTF8.self) }

  /// Appends what `serialized` is.
  package func write(into bytes: inout [UInt8]) {
    switch self {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let value): bytes.append(contentsOf: String(value).utf8)
    case .number(let value): bytes.append(contentsOf: JSONNumberText.of(value).utf8)
    case .bigNumber(let text), .string(let text): JSONValue.write(text, into: &bytes)
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        element.write(into: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let object):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in object.members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        JSONValue.write(member.key, into: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.write(into: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ text: String, into bytes: inout [UInt8]) {
    var text = text
    bytes.append(0x22)
    text.withUTF8 { all in
      var start = 0
      for index in all.indices where JSONEscape.length(of: all[index]) > 1 {
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: all[start..<index]))
        JSONEscape.write(all[index], into: &bytes)
        start = index + 1
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: all[start...]))
    }
    bytes.append(0x22)
  }

  /// The length of `serialized` in Unicode scalars, without writing it.
  package var serializedScalarCount: Int {
    switch self {
    case .null: return 4
    case .bool(let value): return value ? 4 : 5
    case .integer(let value): return String(value).utf8.count
    case .number(let value): return JSONNumberText.of(value).utf8.count
    case .bigNumber(let text), .string(let text): return JSONValue.scalarCount(of: text)
    case .array(let elements): return elements.reduce(1 + max(1, elements.count)) { $0 + $1.serializedScalarCount }
    case .object(let object):
      return object.members.reduce(1 + max(1, object.members.count)) {
        $0 + JSONValue.scalarCount(of: $1.key) + 1 + $1.value.serializedScalarCount
      }
    }
  }

  private static func scalarCount(of text: String) -> Int {
    var text = text
    // Every byte but the continuation bytes of UTF-8 begins a scalar.
    return text.withUTF8 { $0.reduce(2) { $1 & 0xC0 == 0x80 ? $0 : $0 + JSONEscape.length(of: $1) } }
  }
}

/// What must not stand in a string as it is.
private enum JSONEscape {
  /// How many characters a byte takes; 1 for those that stand for themselves.
  @inline(__always)
  static func length(of byte: UInt8) -> Int {
    if byte >= 0x20 { return byte == 0x22 || byte == UInt8(ascii: "\\") ? 2 : 1 }
    return letter(of: byte) == nil ? 6 : 2
  }

  static func write(_ byte: UInt8, into bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\\"))
    if let letter = letter(of: byte) { return bytes.append(letter) }
    bytes.append(contentsOf: "u00".utf8)
    for digit in [byte >> 4, byte & 0xF] { bytes.append(digit < 10 ? digit + UInt8(ascii: "0") : digit - 10 + UInt8(ascii: "A")) }
  }

  private static func letter(of byte: UInt8) -> UInt8? {
    switch byte {
    case 0x22, UInt8(ascii: "\\"): byte
    case 0x08: UInt8(ascii: "b")
    case 0x09: UInt8(ascii: "t")
    case 0x0A: UInt8(ascii: "n")
    case 0x0C: UInt8(ascii: "f")
    case 0x0D: UInt8(ascii: "r")
    default: nil
    }
  }
}

/// Doubles as JSON: Swift's description is the shortest text that reads back as the same value; its exponent has a sign and zeros too many.
private enum JSONNumberText {
  static func of(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    let text = value.description
    guard let mark = text.utf8.firstIndex(of: UInt8(ascii: "e")) else { return text }
    let exponent = text[text.utf8.index(after: mark)...]
    let sign = exponent.utf8.first == UInt8(ascii: "-") ? "-" : ""
    let digits = exponent.drop { $0 == "-" || $0 == "+" || $0 == "0" }
    return String(text[...mark]) + sign + digits
  }
}
