// Names, attributes and messages come from outside and are shown on a terminal or read by a language model. Characters with an effect there
// are replaced with visible escapes.

import JSON

/// Text from records in a form that is safe inside our own text.
package enum VisibleText {
  /// The text with control, bidirectional, zero-width, tag and private characters as `\u{…}` and newlines as `\n`, cut to `limit` scalars
  /// with the number of missing ones. Combining marks that would attach to our own text, or more than `maxMarks` on one character, are
  /// escaped as well.
  package static func make(_ text: String, limit: Int) -> String {
    let (visible, note) = cut(text, limit: limit, isQuoted: false)
    return visible + note
  }

  /// The text in quotes, with `"` and `\` escaped. If it was cut, the note about its length is after the closing quote.
  package static func quoted(_ text: String, limit: Int) -> String {
    let (visible, note) = cut(text, limit: limit, isQuoted: true)
    return "\"\(visible)\"\(note)"
  }

  /// Hebrew with accents needs four marks on one letter; more serve only to cover other lines.
  static let maxMarks = 4

  /// The number of characters in our text that are written as `\u{…}`; an answer reports it as `sanitised`.
  package static func escapeCount(in text: String) -> Int {
    var count = 0
    var matched = 0
    for byte in text.utf8 {
      switch (matched, byte) {
      // An escaped backslash is part of the original text.
      case (1, UInt8(ascii: "\\")): matched = 0
      case (_, UInt8(ascii: "\\")): matched = 1
      case (1, UInt8(ascii: "u")), (2, UInt8(ascii: "{")): matched += 1
      case (3..., 0x30...0x39), (3..., 0x61...0x66): matched += 1
      case (4..., UInt8(ascii: "}")):
        count += 1
        matched = 0
      default: matched = 0
      }
    }
    return count
  }

  private static func cut(_ text: String, limit: Int, isQuoted: Bool) -> (visible: String, note: String) {
    var result = String.UnicodeScalarView()
    var taken = 0
    var total = 0
    var isCut = false
    // A combining mark at the beginning would attach to our text.
    var marks = maxMarks
    var previous: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      total += 1
      // Once a scalar did not fit, later ones must not be added either: the result is a prefix.
      if isCut { continue }
      var escape = isQuoted && (scalar == "\"" || scalar == "\\") ? "\\\(scalar)" : escaped(scalar)
      if scalar.value > 0x7F {
        if scalar.isMark {
          if marks >= maxMarks { escape = code(scalar) } else { marks += 1 }
        } else {
          marks = 0
        }
        if total == 1, scalar.properties.generalCategory == .spacingMark { escape = code(scalar) }
        // An emoji presentation selector, as in our own ⚠️, is only allowed after an emoji.
        if scalar.value == 0xFE0F, previous.value < 0x80 || !previous.properties.isEmoji { escape = code(scalar) }
      } else {
        marks = 0
      }
      previous = scalar
      let length = escape?.unicodeScalars.count ?? 1
      isCut = taken + length > limit
      if isCut { continue }
      taken += length
      if let escape { result.append(contentsOf: escape.unicodeScalars) } else { result.append(scalar) }
    }
    return (String(result), isCut ? "…(\(total) chars)" : "")
  }

  static func escaped(_ scalar: Unicode.Scalar) -> String? {
    switch scalar.value {
    case 0x20..<0x7F: return nil
    case 0x0A: return "\\n"
    case 0x0D: return "\\r"
    case 0x09: return "\\t"
    // U+FE0F depends on the character before it. U+2800 is a blank that is not a space.
    case 0xFE0F: return nil
    case 0x2800: return "\\u{2800}"
    default: break
    }
    let properties = scalar.properties
    switch properties.generalCategory {
    // Control characters including ANSI's escape; bidirectional and annotation marks; line breaks; characters that only one font defines.
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse: break
    // Zero width, fillers, tags, variation selectors: text can be hidden in them.
    default: guard properties.isDefaultIgnorableCodePoint || properties.isNoncharacterCodePoint else { return nil }
    }
    return code(scalar)
  }

  private static func code(_ scalar: Unicode.Scalar) -> String { "\\u{\(String(scalar.value, radix: 16))}" }
}

extension Unicode.Scalar {
  /// A combining mark, which attaches to the character before it.
  fileprivate var isMark: Bool {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark: true
    default: false
    }
  }
}

/// The length of a text inside a JSON string as we write it, in Unicode scalars: the unit of `maxChars`.
package func jsonLength(_ text: String) -> Int {
  var text = text
  return text.withUTF8 { JSONEscape.length(of: UnsafeRawBufferPointer($0)) }
}
