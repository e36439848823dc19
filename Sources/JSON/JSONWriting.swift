// Writes a JSONValue to bytes in one pass, without an intermediate tree or text: a small request spends most of its time here.

extension JSONValue {
  /// The value as compact JSON in one line: members in their order, non-ASCII unescaped, `/` unescaped.
  ///
  /// A number is written as the shortest text that reads back as the same Double. NaN and infinities become null. A `.bigNumber` becomes a
  /// string: JSON has no limit for numbers, but jansson, which may read the text back, does.
  package var serialized: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256)
    write(into: &bytes)
    return bytes
  }

  /// `serialized` as text.
  package var serializedString: String { String(decoding: serialized, as: UTF8.self) }

  /// Appends the same bytes as `serialized`.
  package func write(into bytes: inout [UInt8]) {
    switch self {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let value): JSONIntegerText.write(value, into: &bytes)
    case .number(let value): bytes.append(contentsOf: JSONNumberText.of(value).utf8)
    case .bigNumber(let text), .string(let text): JSONEscape.write(text, into: &bytes)
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
        JSONEscape.write(member.key, into: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.write(into: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  /// The length of `serialized` in Unicode scalars, computed without writing it.
  package var serializedScalarCount: Int {
    switch self {
    case .null: return 4
    case .bool(let value): return value ? 4 : 5
    case .integer(let value): return JSONIntegerText.length(of: value)
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
    return text.withUTF8 { 2 + JSONEscape.length(of: UnsafeRawBufferPointer($0)) }
  }
}

/// Writes integers without an intermediate String: a status has about a hundred of them.
enum JSONIntegerText {
  static func write(_ value: Int64, into bytes: inout [UInt8]) {
    var rest = value.magnitude
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    guard rest >= 10 else { return bytes.append(UInt8(ascii: "0") + UInt8(rest)) }
    let most = 20
    withUnsafeTemporaryAllocation(byteCount: most, alignment: 1) { digits in
      var first = most
      while rest > 0 {
        first -= 1
        digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      }
      bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: digits[first..<most]))
    }
  }

  static func length(of value: Int64) -> Int {
    var (length, rest) = (value < 0 ? 2 : 1, value.magnitude / 10)
    while rest > 0 { (length, rest) = (length + 1, rest / 10) }
    return length
  }
}

/// Doubles as JSON. Swift's description is the shortest text that reads back as the same value, but its exponent has a plus sign and
/// leading zeros.
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
