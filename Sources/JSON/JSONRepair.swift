// Rewrites a text that jansson refuses although its meaning is plain. It runs only after a refusal, so the common text pays nothing.

/// The second chance of a JSON text. Numbers that no Int64 or Double holds become strings led by `marker`, NUL in a
/// member's name becomes `marker` itself, lone surrogates and broken UTF-8 become U+FFFD, NaN and infinities become their names.
package enum JSONRepair {
  package struct Findings: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let bigNumber = Findings(rawValue: 1)
    package static let nulInKey = Findings(rawValue: 2)
    package static let loneSurrogate = Findings(rawValue: 4)
    package static let invalidUTF8 = Findings(rawValue: 8)
    /// NaN and infinities, which became their names as text.
    package static let notANumber = Findings(rawValue: 16)
    /// Control characters and backslashes in strings that stood there without an escape.
    package static let unescaped = Findings(rawValue: 32)
    /// Commas before a closing bracket.
    package static let trailingComma = Findings(rawValue: 64)
  }

  package enum Policy: Sendable {
    /// Lossless mending only: messages of a client.
    case numbersAndNUL
    /// Text is mended too, with U+FFFD in place of what is broken: records of programs, where half a truth beats none.
    case text
  }

  /// Stands before the digits of a number that became a string. A noncharacter: no conforming producer sends it, and a text that
  /// holds it is not mended.
  package static let marker: [UInt8] = [0xEF, 0xB7, 0x90]  // U+FDD0

  /// The mended text, or nil where there is nothing that this mends.
  static func mend(_ text: UnsafeRawBufferPointer, policy: Policy) -> (text: [UInt8], findings: Findings)? {
    var writer = Mender(text: text, policy: policy)
    return writer.run() ? (writer.output, writer.findings) : nil
  }
}

/// One pass over the tokens of a text, copying and mending. It judges no syntax: jansson does that with what comes out.
private struct Mender {
  let text: UnsafeRawBufferPointer
  let policy: JSONRepair.Policy
  var output: [UInt8] = []
  var findings: JSONRepair.Findings = []
  private var at = 0
  private var holdsMarker = false

  init(text: UnsafeRawBufferPointer, policy: JSONRepair.Policy) {
    self.text = text
    self.policy = policy
    output.reserveCapacity(text.count + 64)
  }

  /// True where something was mended and the text may be tried again.
  mutating func run() -> Bool {
    while at < text.count {
      switch text[at] {
      case UInt8(ascii: "\""): copyString()
      case UInt8(ascii: "-") where policy == .text && copyName(from: at + 1): break
      case UInt8(ascii: "N") where policy == .text && copyName(from: at): break
      case UInt8(ascii: "I") where policy == .text && copyName(from: at): break
      case UInt8(ascii: ",") where policy == .text && isBeforeClosing():
        findings.insert(.trailingComma)
        at += 1
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): copyNumber()
      default:
        output.append(text[at])
        at += 1
      }
    }
    // A text that holds the marker already is left refused: reading it back would be a guess.
    return !findings.isEmpty && !holdsMarker
  }

  /// Copies a name that some programs write where a number belongs, as a string.
  private mutating func copyName(from start: Int) -> Bool {
    for name in ["NaN", "Infinity"] where text[start...].starts(with: name.utf8) {
      let end = start + name.utf8.count
      if end < text.count, isWordByte(text[end]) { return false }
      findings.insert(.notANumber)
      output.append(UInt8(ascii: "\""))
      output.append(contentsOf: text[at..<end])
      output.append(UInt8(ascii: "\""))
      at = end
      return true
    }
    return false
  }

  private func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: false
    }
  }

  /// Whether the comma at hand is the last thing in its container.
  private func isBeforeClosing() -> Bool {
    var index = at + 1
    while index < text.count, text[index] == 0x20 || text[index] == 0x0A || text[index] == 0x0D || text[index] == 0x09 { index += 1 }
    return index < text.count && (text[index] == UInt8(ascii: "}") || text[index] == UInt8(ascii: "]"))
  }

  private mutating func copyNumber() {
    let start = at
    var isReal = false
    while at < text.count {
      switch text[at] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"): break
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): isReal = true
      default:
        finishNumber(start, isReal)
        return
      }
      at += 1
    }
    finishNumber(start, isReal)
  }

  private mutating func finishNumber(_ start: Int, _ isReal: Bool) {
    let digits = UnsafeRawBufferPointer(rebasing: text[start..<at])
    let token = String(decoding: digits, as: UTF8.self)
    let isTooBig = isReal ? Double(token).map { !$0.isFinite } ?? false : at - start >= 19 && Int64(token) == nil
    guard isTooBig, isNumberSyntax(digits) else {
      output.append(contentsOf: digits)
      return
    }
    findings.insert(.bigNumber)
    output.append(UInt8(ascii: "\""))
    output.append(contentsOf: JSONRepair.marker)
    output.append(contentsOf: digits)
    output.append(UInt8(ascii: "\""))
  }

  /// -?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?  RFC 8259, section 6. A number that breaks this must stay a syntax error.
  private func isNumberSyntax(_ token: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    func digits() -> Int {
      let start = index
      while index < token.count, (0x30...0x39).contains(token[index]) { index += 1 }
      return index - start
    }
    if index < token.count, token[index] == UInt8(ascii: "-") { index += 1 }
    let first = index
    let whole = digits()
    guard whole > 0, whole == 1 || token[first] != 0x30 else { return false }
    if index < token.count, token[index] == UInt8(ascii: ".") {
      index += 1
      guard digits() > 0 else { return false }
    }
    if index < token.count, token[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      if index < token.count, token[index] == UInt8(ascii: "-") || token[index] == UInt8(ascii: "+") { index += 1 }
      guard digits() > 0 else { return false }
    }
    return index == token.count
  }

  /// Copies a string with its quotes.
  private mutating func copyString() {
    var nuls: [Int] = []
    output.append(text[at])
    at += 1
    while at < text.count {
      let byte = text[at]
      if byte == UInt8(ascii: "\"") {
        output.append(byte)
        at += 1
        if !nuls.isEmpty, isFollowedByColon() { replaceNULs(nuls) }
        return
      } else if byte == UInt8(ascii: "\\") {
        copyEscape(&nuls)
      } else if byte < 0x20, policy == .text {
        findings.insert(.unescaped)
        output.append(contentsOf: Array("\\u00".utf8))
        for digit in [byte >> 4, byte & 15] { output.append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
        at += 1
      } else if byte < 0x80 {
        output.append(byte)
        at += 1
      } else {
        copyScalar()
      }
    }
  }

  private mutating func copyEscape(_ nuls: inout [Int]) {
    guard at + 5 < text.count, text[at + 1] == UInt8(ascii: "u"), let unit = hex(at + 2) else {
      output.append(text[at])
      // One that begins no escape stands for itself.
      if policy == .text, at + 1 < text.count, !"\"\\/bfnrt".utf8.contains(text[at + 1]) {
        findings.insert(.unescaped)
        output.append(text[at])
        at += 1
        return
      }
      at += 1
      if at < text.count, text[at] < 0x80 {
        output.append(text[at])
        at += 1
      }
      return
    }
    let isHigh = (0xD800...0xDBFF).contains(unit)
    let isLow = (0xDC00...0xDFFF).contains(unit)
    if isHigh, at + 11 < text.count, text[at + 6] == UInt8(ascii: "\\"), text[at + 7] == UInt8(ascii: "u"), let low = hex(at + 8),
      (0xDC00...0xDFFF).contains(low)
    {
      output.append(contentsOf: text[at..<at + 12])
      at += 12
      return
    }
    if isHigh || isLow, policy == .text {
      findings.insert(.loneSurrogate)
      output.append(contentsOf: [0xEF, 0xBF, 0xBD])
    } else {
      if unit == 0 { nuls.append(output.count) }
      if unit == 0xFDD0 { holdsMarker = true }
      output.append(contentsOf: text[at..<at + 6])
    }
    at += 6
  }

  private func hex(_ start: Int) -> UInt16? {
    var value: UInt16 = 0
    for index in start..<start + 4 {
      guard let digit = Character(UnicodeScalar(text[index])).hexDigitValue else { return nil }
      value = value << 4 | UInt16(digit)
    }
    return value
  }

  /// Copies one UTF-8 sequence, or one U+FFFD for a maximal broken part.
  private mutating func copyScalar() {
    let length = utf8Length(at: at)
    if length > 0 {
      if text[at..<at + length].elementsEqual(JSONRepair.marker) { holdsMarker = true }
      output.append(contentsOf: text[at..<at + length])
      at += length
    } else if policy == .text {
      findings.insert(.invalidUTF8)
      output.append(contentsOf: [0xEF, 0xBF, 0xBD])
      at += 1
      while at < text.count, text[at] & 0xC0 == 0x80 { at += 1 }
    } else {
      output.append(text[at])
      at += 1
    }
  }

  /// The length of the well-formed sequence that starts here, or 0. Table 3-7 of the Unicode standard.
  private func utf8Length(at index: Int) -> Int {
    let lead = text[index]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEC, 0xEE, 0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return 0
    }
    guard index + length <= text.count, second.contains(text[index + 1]) else { return 0 }
    for offset in 2..<max(2, length) where text[index + offset] & 0xC0 != 0x80 { return 0 }
    return length
  }

  private func isFollowedByColon() -> Bool {
    var index = at
    while index < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[index]) { index += 1 }
    return index < text.count && text[index] == UInt8(ascii: ":")
  }

  /// Writes the name anew behind its first NUL: once, however many there are.
  private mutating func replaceNULs(_ positions: [Int]) {
    findings.insert(.nulInKey)
    let first = positions[0]
    let written = Array(output[first...])
    output.removeSubrange(first...)
    var from = 0
    for position in positions {
      output += written[from..<position - first]
      output += JSONRepair.marker
      from = position - first + 6
    }
    output += written[from...]
  }
}
