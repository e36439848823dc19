// Strings of a line. Escapes and UTF-8 are checked as strictly as in jansson, so that what is accepted here is what jansson would read.

import JSON

extension LineCursor {
  /// Passes a string after its opening quote. Returns false if it is not one that jansson would read unchanged.
  @inline(__always)
  mutating func passString(_ text: inout ScannedText, isEscaped: inout Bool) -> Bool {
    isEscaped = false
    if passPlainString(&text) { return true }
    // The call works on a copy, so that the cursor itself stays in a register.
    var long = self
    guard let (found, hasEscapes) = long.passLongString() else { return false }
    self = long
    text = found
    isEscaped = hasEscapes
    return true
  }

  /// The same for any string.
  @inline(never)
  mutating func passLongString() -> (text: ScannedText, isEscaped: Bool)? {
    let start = offset
    var isEscaped = false
    while true {
      passStringBytes()
      switch byte {
      case UInt8(ascii: "\""):
        let text = ScannedText(start: start, count: offset - start)
        _ = pass(UInt8(ascii: "\""))
        return (text, isEscaped)
      case UInt8(ascii: "\\"):
        isEscaped = true
        guard passEscape() else { return nil }
      case 0x80...: guard passScalar() else { return nil }
      default: return nil
      }
    }
  }

  private mutating func passEscape() -> Bool {
    _ = pass(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
      UInt8(ascii: "r"), UInt8(ascii: "t"):
      return pass(byte)
    case UInt8(ascii: "u"):
      _ = pass(byte)
      guard let unit = passHex() else { return false }
      switch unit {
      case 0xD800...0xDBFF:
        guard pass(UInt8(ascii: "\\")), pass(UInt8(ascii: "u")), let low = passHex() else { return false }
        return (0xDC00...0xDFFF).contains(low)
      case 0xDC00...0xDFFF: return false
      default: return true
      }
    default: return false
    }
  }

  private mutating func passHex() -> UInt16? {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = ScannedEscapes.hexDigit(byte) else { return nil }
      value = value << 4 | digit
      _ = pass(byte)
    }
    return value
  }

  /// Passes one well-formed UTF-8 sequence of two to four bytes.
  private mutating func passScalar() -> Bool {
    guard let (count, first) = UTF8Sequence.following(byte) else { return false }
    _ = pass(byte)
    guard first.contains(byte) else { return false }
    _ = pass(byte)
    for _ in 1..<count {
      guard byte & 0xC0 == 0x80 else { return false }
      _ = pass(byte)
    }
    return true
  }
}

/// Decodes the escapes of a string that `LineCursor` has passed.
enum ScannedEscapes {
  /// Appends the decoded text.
  static func append(_ text: UnsafeRawBufferPointer, to output: inout [UInt8]) {
    var at = 0
    while at < text.count {
      guard text[at] == UInt8(ascii: "\\") else {
        output.append(text[at])
        at += 1
        continue
      }
      let letter = text[at + 1]
      at += 2
      switch letter {
      case UInt8(ascii: "b"): output.append(0x08)
      case UInt8(ascii: "f"): output.append(0x0C)
      case UInt8(ascii: "n"): output.append(0x0A)
      case UInt8(ascii: "r"): output.append(0x0D)
      case UInt8(ascii: "t"): output.append(0x09)
      case UInt8(ascii: "u"):
        var value = unit(text, at)
        at += 4
        if (0xD800...0xDBFF).contains(value) {
          value = 0x10000 + (value - 0xD800) << 10 + (unit(text, at + 2) - 0xDC00)
          at += 6
        }
        appendScalar(value, &output)
      default: output.append(letter)
      }
    }
  }

  static func hexDigit(_ byte: UInt8) -> UInt16? {
    switch byte {
    case 0x30...0x39: UInt16(byte - 0x30)
    case 0x41...0x46, 0x61...0x66: UInt16(byte | 0x20) - 0x57
    default: nil
    }
  }

  private static func unit(_ text: UnsafeRawBufferPointer, _ start: Int) -> UInt32 {
    (start..<start + 4).reduce(0) { $0 << 4 | UInt32(hexDigit(text[$1]) ?? 0) }
  }

  private static func appendScalar(_ value: UInt32, _ output: inout [UInt8]) {
    guard let scalar = Unicode.Scalar(value) else { return }
    output.append(contentsOf: UTF8.encode(scalar)!)
  }
}

extension RecordBatch {
  /// Copies a JSON string's text to the scratch memory, with its escapes decoded.
  mutating func add(escaped text: UnsafeRawBufferPointer) -> TextRange { addText { ScannedEscapes.append(text, to: &$0) } }
}
