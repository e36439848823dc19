// The notation and matching of token forms: literal bytes, and in braces a byte class with the number of bytes.
//
//   ghp_{a36}        exactly 36 letters or digits behind `ghp_`
//   sk-{a16+!}       16 or more with at least one digit, so `sk-learnpipelinemodel` does not match
//   {h32}-us{d1-2}   no literal at the beginning

/// A form, prepared for matching.
struct TokenPattern: Sendable {
  /// A set of ASCII bytes, one bit each.
  struct ByteClass: Sendable, Equatable {
    private let low: UInt64
    private let high: UInt64

    /// - Parameter letter: `d` digits, `h` lower hex, `x` hex, `u` capitals and digits, `l` small letters and digits, `a` letters and digits,
    ///   `w` these and `_`, `b` base64url (these and `-`), `s` these and `.`.
    init?(_ letter: UInt8) {
      let digits = "0123456789"
      let small = "abcdefghijklmnopqrstuvwxyz"
      let capital = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
      let members: String
      switch letter {
      case UInt8(ascii: "d"): members = digits
      case UInt8(ascii: "h"): members = digits + "abcdef"
      case UInt8(ascii: "x"): members = digits + "abcdefABCDEF"
      case UInt8(ascii: "u"): members = digits + capital
      case UInt8(ascii: "l"): members = digits + small
      case UInt8(ascii: "a"): members = digits + small + capital
      case UInt8(ascii: "w"): members = digits + small + capital + "_"
      case UInt8(ascii: "b"): members = digits + small + capital + "_-"
      case UInt8(ascii: "s"): members = digits + small + capital + "_-."
      default: return nil
      }
      var (low, high) = (UInt64(0), UInt64(0))
      for byte in members.utf8 { if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) } }
      (self.low, self.high) = (low, high)
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
      byte < 64 ? low >> UInt64(byte) & 1 != 0 : byte < 128 && high >> UInt64(byte - 64) & 1 != 0
    }
  }

  enum Part: Sendable, Equatable {
    case literal([UInt8])
    case run(ByteClass, least: Int, most: Int, needsDigit: Bool)
  }

  let parts: [Part]
  /// The longest token that is matched.
  private static let longest = 4_096

  /// Nil if the form is malformed. A test checks the table.
  init?(_ form: StaticString) {
    var parts: [Part] = []
    var literal: [UInt8] = []
    var bytes = Array(UnsafeBufferPointer(start: form.utf8Start, count: form.utf8CodeUnitCount))[...]
    while let byte = bytes.popFirst() {
      guard byte == UInt8(ascii: "{") else {
        literal.append(byte)
        continue
      }
      if !literal.isEmpty { parts.append(.literal(literal)) }
      literal = []
      guard let end = bytes.firstIndex(of: UInt8(ascii: "}")), let run = TokenPattern.run(bytes[..<end]) else { return nil }
      parts.append(run)
      bytes = bytes[(end + 1)...]
    }
    if !literal.isEmpty { parts.append(.literal(literal)) }
    guard !parts.isEmpty else { return nil }
    self.parts = parts
  }

  /// `a36`, `a36+`, `a36+!`, `d1-2`.
  private static func run(_ text: ArraySlice<UInt8>) -> Part? {
    var text = text
    guard let letter = text.popFirst(), let set = ByteClass(letter) else { return nil }
    let needsDigit = text.last == UInt8(ascii: "!")
    if needsDigit { text.removeLast() }
    let isOpen = text.last == UInt8(ascii: "+")
    if isOpen { text.removeLast() }
    let ends = String(decoding: text, as: UTF8.self).split(separator: "-").map { Int($0) }
    guard let first = ends.first, let least = first, ends.count <= 2, let last = ends.last, let most = last else { return nil }
    return .run(set, least: least, most: isOpen ? .max : most, needsDigit: needsDigit)
  }

  /// The literal bytes at its beginning; empty if it begins with a class.
  var prefix: [UInt8] { if case .literal(let bytes) = parts[0] { bytes } else { [] } }

  /// The end of a token of this form that begins at `start`; nil if there is none. A run takes as many bytes as it can, and the byte after
  /// the last run must not belong to the run's class: a word that is one letter too long is not a token.
  /// - Complexity: O(length of the token), at most `longest` for each part.
  func end(in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var place = start
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      switch part {
      case .literal(let bytes):
        guard place + bytes.count <= text.count else { return nil }
        for offset in bytes.indices where text[place + offset] != bytes[offset] { return nil }
        place += bytes.count
      case .run(let set, let least, let most, let needsDigit):
        let begin = place
        var hasDigit = !needsDigit
        // Runs are limited here: many possible beginnings in one word must not take quadratic time.
        let furthest = min(text.count, begin + TokenPattern.longest)
        while place < furthest, set.contains(text[place]) {
          if place - begin == most {
            if isLast { return nil }
            break
          }
          hasDigit = hasDigit || text[place] &- 0x30 < 10
          place += 1
        }
        guard place - begin >= least, hasDigit else { return nil }
      }
    }
    // A full stop ends a sentence and is not part of the token.
    while place > start, text[place - 1] == UInt8(ascii: ".") { place -= 1 }
    return place
  }
}
