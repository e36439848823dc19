// Names, attributes and messages come from outside and end up on a terminal or in a language model's context:
// what could act there is shown as a visible escape instead.

import JSON

/// Text from records as it may stand in our own text.
package enum VisibleText {
  /// The text with control, bidirectional, zero-width, tag and private characters as `\u{…}`, newlines as `\n`, and cut to `limit` scalars
  /// with the number of those that are missing. Marks that would stand on our own text, or more than `maxMarks` on one character, are
  /// escaped as well.
  package static func make(_ text: String, limit: Int) -> String {
    let (visible, note) = cut(text, limit: limit, isQuoted: false)
    return visible + note
  }

  /// The text in quotes, with `"` and `\` escaped; of a long one the note of its length stands after the closing quote.
  package static func quoted(_ text: String, limit: Int) -> String {
    let (visible, note) = cut(text, limit: limit, isQuoted: true)
    return "\"\(visible)\"\(note)"
  }

  /// Hebrew with its accents needs four marks on one letter; more are there to spill over other lines.
  static let maxMarks = 4

  /// How many characters of a text of ours stand in it as `\u{…}`: what an answer counts as `sanitised`.
  package static func escapeCount(in text: String) -> Int {
    var count = 0
    var matched = 0
    for byte in text.utf8 {
      switch (matched, byte) {
      // A backslash that is escaped in its turn is one of the text's own.
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
    // Nothing of the text to stand on: a mark at its beginning would stand on ours.
    var marks = maxMarks
    var previous: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      total += 1
      // Once one scalar did not fit, no later one may: the cut is a prefix.
      if isCut { continue }
      var escape = isQuoted && (scalar == "\"" || scalar == "\\") ? "\\\(scalar)" : escaped(scalar)
      if scalar.value > 0x7F {
        if scalar.isMark {
          if marks >= maxMarks { escape = code(scalar) } else { marks += 1 }
        } else {
          marks = 0
        }
        if total == 1, scalar.properties.generalCategory == .spacingMark { escape = code(scalar) }
        // Emoji presentation, as our own ⚠️ has it, belongs behind an emoji.
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
    // Judged by what stands before it. A blank that is no space.
    case 0xFE0F: return nil
    case 0x2800: return "\\u{2800}"
    default: break
    }
    let properties = scalar.properties
    switch properties.generalCategory {
    // Control characters, ANSI's escape among them; bidirectional and annotation marks; what breaks lines; what only one font knows.
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse: break
    // Zero width, fillers, tags, variation selectors: text can hide in them.
    default: guard properties.isDefaultIgnorableCodePoint || properties.isNoncharacterCodePoint else { return nil }
    }
    return code(scalar)
  }

  private static func code(_ scalar: Unicode.Scalar) -> String { "\\u{\(String(scalar.value, radix: 16))}" }
}

extension Unicode.Scalar {
  /// A mark that stands on the character before it and takes no place of its own.
  fileprivate var isMark: Bool {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark: true
    default: false
    }
  }
}

/// The length of a text inside a JSON string as we write it, in Unicode scalars: what `maxChars` counts.
package func jsonLength(_ text: String) -> Int {
  var text = text
  return text.withUTF8 { JSONEscape.length(of: UnsafeRawBufferPointer($0)) }
}
