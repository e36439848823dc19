// Rewrites a text that jansson rejects although its meaning is clear. It runs only after a rejection, so valid text costs nothing.

package import CJansson

/// A second attempt at a JSON text. Numbers beyond Int64 or Double become strings of their digits, which `Findings` distinguishes from
/// other strings. A name keeps its NUL, which jansson's tree can hold but its parser rejects. Lone surrogates and broken UTF-8 become
/// U+FFFD.
package enum JSONRepair {
  package struct Kinds: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let bigNumber = Kinds(rawValue: 1)
    package static let nulInKey = Kinds(rawValue: 2)
    package static let loneSurrogate = Kinds(rawValue: 4)
    package static let invalidUTF8 = Kinds(rawValue: 8)
    /// NaN and infinities; they became strings.
    package static let notANumber = Kinds(rawValue: 16)
    /// Control characters and backslashes in strings that were not escaped.
    package static let unescaped = Kinds(rawValue: 32)
    /// Commas before a closing bracket.
    package static let trailingComma = Kinds(rawValue: 64)
  }

  /// What the repair of one text found.
  package struct Findings: Sendable, ExpressibleByArrayLiteral {
    package fileprivate(set) var kinds: Kinds = []
    /// Addresses of the strings in the tree that were numbers in the text.
    private var numbers: Set<UInt> = []

    package init(arrayLiteral: Never...) {}

    package var isEmpty: Bool { kinds.isEmpty }
    package func contains(_ kind: Kinds) -> Bool { kinds.contains(kind) }

    /// Whether a string of the tree was a number in the text. The string holds its digits as written.
    package func isNumber(_ node: UnsafeMutablePointer<json_t>) -> Bool { !numbers.isEmpty && numbers.contains(UInt(bitPattern: node)) }

    fileprivate mutating func note(number node: UnsafeMutablePointer<json_t>) { numbers.insert(UInt(bitPattern: node)) }
  }

  package enum Policy: Sendable {
    /// Only repairs that lose nothing: for messages of a client.
    case numbersAndNUL
    /// Text is repaired too; U+FFFD replaces what is broken. For records of programs, where an incomplete record is better than none.
    case text
  }

  /// A text that jansson may accept, and what its stand-ins replace.
  struct Repaired {
    var text: [UInt8]
    var findings: Findings
    fileprivate var standIns: StandIns

    /// Replaces the stand-ins in the tree with the original text.
    /// - Complexity: O(nodes), and nothing for texts without stand-ins.
    mutating func restore(_ root: UnsafeMutablePointer<json_t>) {
      guard !standIns.originals.isEmpty else { return }
      var open = [root]
      while let node = open.popLast() {
        switch node.pointee.type {
        case JSON_STRING:
          let text = UnsafeRawBufferPointer(start: json_string_value(node), count: json_string_length(node))
          guard let digits = standIns.original(of: text) else { continue }
          digits.withUnsafeBytes { _ = json_string_setn_nocheck(node, $0.bindMemory(to: CChar.self).baseAddress, $0.count) }
          findings.note(number: node)
        case JSON_ARRAY: for index in 0..<json_array_size(node) { if let element = json_array_get(node, index) { open.append(element) } }
        case JSON_OBJECT:
          if findings.contains(.nulInKey) { restoreNames(of: node) }
          var iterator = json_object_iter(node)
          while let member = iterator {
            if let value = json_object_iter_value(member) { open.append(value) }
            iterator = json_object_iter_next(node, member)
          }
        default: break
        }
      }
    }

    /// Sets all members again under their original names and in their order. Of equal names the last wins, in the place of the first.
    private func restoreNames(of object: UnsafeMutablePointer<json_t>) {
      var members: [(name: [UInt8], value: UnsafeMutablePointer<json_t>)] = []
      var hasStandIn = false
      var iterator = json_object_iter(object)
      while let member = iterator {
        let name = UnsafeRawBufferPointer(start: json_object_iter_key(member), count: json_object_iter_key_len(member))
        let original = standIns.original(of: name)
        if original != nil { hasStandIn = true }
        if let value = json_object_iter_value(member) { members.append((original ?? Array(name), json_incref(value))) }
        iterator = json_object_iter_next(object, member)
      }
      if hasStandIn { json_object_clear(object) }
      for (name, value) in members {
        guard hasStandIn else {
          json_decref(value)
          continue
        }
        name.withUnsafeBytes { _ = json_object_setn_new_nocheck(object, $0.bindMemory(to: CChar.self).baseAddress, $0.count, value) }
      }
    }
  }

  /// A stand-in replaces a number or a name that jansson cannot hold. It is a noncharacter that does not occur elsewhere in the text,
  /// followed by a count.
  fileprivate struct StandIns {
    let sign: [UInt8]
    var originals: [[UInt8]] = []

    /// The original of a string of the repaired text; nil if the string is not a stand-in.
    func original(of text: UnsafeRawBufferPointer) -> [UInt8]? {
      guard text.count > sign.count, text.starts(with: sign), let number = Int(String(decoding: text[sign.count...], as: UTF8.self)) else {
        return nil
      }
      return originals[number]
    }
  }

  /// The repaired text, or nil if there is nothing that this code can repair.
  static func repair(_ text: UnsafeRawBufferPointer, policy: Policy) -> Repaired? {
    guard let sign = unusedSign(text) else { return nil }
    var writer = Repairer(text: text, policy: policy, sign: sign)
    writer.run()
    return writer.findings.isEmpty || writer.hasBareNUL
      ? nil : Repaired(text: writer.output, findings: writer.findings, standIns: writer.standIns)
  }

  /// The first of the noncharacters U+FDD0 to U+FDEF that the text does not contain, raw or escaped. A text that contains all 32 is not
  /// repaired.
  private static func unusedSign(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    var used: UInt32 = 0
    for place in 0..<max(0, text.count - 2) {
      if text[place] == 0xEF, text[place + 1] == 0xB7, (0x90...0xAF).contains(text[place + 2]) {
        used |= 1 << UInt32(text[place + 2] - 0x90)
      }
      if text[place] == UInt8(ascii: "\\"), place + 5 < text.count, text[place + 1] == UInt8(ascii: "u"),
        let unit = UInt16(String(decoding: text[place + 2..<place + 6], as: UTF8.self), radix: 16), (0xFDD0...0xFDEF).contains(unit)
      {
        used |= 1 << UInt32(unit - 0xFDD0)
      }
    }
    return used == .max ? nil : [0xEF, 0xB7, 0x90 + UInt8((~used).trailingZeroBitCount)]
  }
}

/// Copies and repairs the tokens of a text in one pass. It does not check the syntax: jansson parses the result.
private struct Repairer {
  let text: UnsafeRawBufferPointer
  let policy: JSONRepair.Policy
  var output: [UInt8] = []
  var findings: JSONRepair.Findings = []
  var standIns: JSONRepair.StandIns
  private var at = 0
  /// A NUL occurs outside of strings, where jansson would ignore it.
  private(set) var hasBareNUL = false
  /// The stand-in numbers of names: equal names get the same stand-in and stay duplicates.
  private var names: [[UInt8]: Int] = [:]

  init(text: UnsafeRawBufferPointer, policy: JSONRepair.Policy, sign: [UInt8]) {
    self.text = text
    self.policy = policy
    standIns = JSONRepair.StandIns(sign: sign)
    output.reserveCapacity(text.count + 64)
  }

  mutating func run() {
    while at < text.count {
      switch text[at] {
      case UInt8(ascii: "\""): copyString()
      case UInt8(ascii: "-") where policy == .text && copyName(from: at + 1): break
      case UInt8(ascii: "N") where policy == .text && copyName(from: at): break
      case UInt8(ascii: "n") where policy == .text && copyName(from: at): break
      case UInt8(ascii: "I") where policy == .text && copyName(from: at): break
      case UInt8(ascii: "i") where policy == .text && copyName(from: at): break
      case UInt8(ascii: ",") where policy == .text && isBeforeClosing():
        findings.kinds.insert(.trailingComma)
        at += 1
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): copyNumber()
      default:
        if text[at] == 0 { hasBareNUL = true }
        output.append(text[at])
        at += 1
      }
    }
  }

  /// Copies, as a string, a name that some programs write instead of a number: JavaScript's and Python's NaN and Infinity, C's nan and inf,
  /// in any case.
  private mutating func copyName(from start: Int) -> Bool {
    for (name, shown) in [("nan", "NaN"), ("infinity", "Infinity"), ("inf", "Infinity")] {
      let end = start + name.utf8.count
      guard end <= text.count, zip(text[start..<end], name.utf8).allSatisfy({ $0 | 0x20 == $1 }) else { continue }
      if end < text.count, isWordByte(text[end]) { continue }
      // A member's name must be a string in JSON. A name without quotes stays a syntax error.
      if end < text.count, isColon(behind: end) { return false }
      findings.kinds.insert(.notANumber)
      output.append(UInt8(ascii: "\""))
      if text[at] == UInt8(ascii: "-"), shown != "NaN" { output.append(UInt8(ascii: "-")) }
      output.append(contentsOf: shown.utf8)
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

  /// Whether the current comma is the last token before a closing bracket.
  private func isBeforeClosing() -> Bool {
    var index = at + 1
    while index < text.count, text[index] == 0x20 || text[index] == 0x0A || text[index] == 0x0D || text[index] == 0x09 { index += 1 }
    return index < text.count && (text[index] == UInt8(ascii: "}") || text[index] == UInt8(ascii: "]"))
  }

  /// Writes a stand-in, without quotes, for the value with this number.
  private mutating func appendStandIn(_ number: Int) {
    output += standIns.sign
    output += Array(String(number).utf8)
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
    guard isTooBig, isNumberSyntax(digits), !isColon(behind: at) else {
      output.append(contentsOf: digits)
      return
    }
    findings.kinds.insert(.bigNumber)
    output.append(UInt8(ascii: "\""))
    appendStandIn(standIns.originals.count)
    standIns.originals.append(Array(digits))
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
    var hasNUL = false
    output.append(text[at])
    at += 1
    let start = output.count
    while at < text.count {
      let byte = text[at]
      if byte == UInt8(ascii: "\"") {
        at += 1
        if hasNUL, isColon(behind: at) { replaceName(from: start) }
        output.append(byte)
        return
      } else if byte == UInt8(ascii: "\\") {
        copyEscape(&hasNUL)
      } else if byte < 0x20, policy == .text {
        findings.kinds.insert(.unescaped)
        output.append(contentsOf: Array("\\u00".utf8))
        if byte == 0 { hasNUL = true }
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

  private mutating func copyEscape(_ hasNUL: inout Bool) {
    guard at + 5 < text.count, text[at + 1] == UInt8(ascii: "u"), let unit = hex(at + 2) else {
      output.append(text[at])
      // A backslash that does not begin an escape is kept as a character.
      if policy == .text, at + 1 < text.count, !"\"\\/bfnrt".utf8.contains(text[at + 1]) {
        findings.kinds.insert(.unescaped)
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
      findings.kinds.insert(.loneSurrogate)
      output.append(contentsOf: [0xEF, 0xBF, 0xBD])
    } else {
      if unit == 0 { hasNUL = true }
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
    let length = UTF8Sequence.length(in: text, at: at)
    if length > 0 {
      output.append(contentsOf: text[at..<at + length])
      at += length
    } else if policy == .text {
      findings.kinds.insert(.invalidUTF8)
      output.append(contentsOf: [0xEF, 0xBF, 0xBD])
      at += 1
      while at < text.count, text[at] & 0xC0 == 0x80 { at += 1 }
    } else {
      output.append(text[at])
      at += 1
    }
  }

  private func isColon(behind end: Int) -> Bool {
    var index = end
    while index < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[index]) { index += 1 }
    return index < text.count && text[index] == UInt8(ascii: ":")
  }

  /// Replaces a name that contains a NUL with a stand-in. The name's bytes, escapes included, begin at `start` in the output.
  private mutating func replaceName(from start: Int) {
    guard let name = JSONRepair.unescaped(output[start...]) else { return }
    findings.kinds.insert(.nulInKey)
    output.removeSubrange(start...)
    let number = names[name] ?? standIns.originals.count
    if names.updateValue(number, forKey: name) == nil { standIns.originals.append(name) }
    appendStandIn(number)
  }
}

extension JSONRepair {
  /// The decoded text of the inside of a JSON string, NULs included; nil if it is not valid.
  fileprivate static func unescaped(_ string: ArraySlice<UInt8>) -> [UInt8]? {
    guard let value = try? JSONValue(parsing: [0x22] + string + [0x22]), case .string(let text) = value else { return nil }
    return Array(text.utf8)
  }
}
