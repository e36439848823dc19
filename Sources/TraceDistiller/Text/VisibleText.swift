// Names, attributes and messages come from outside and end up on a terminal or in a language model's context:
// what could act there is shown as a visible escape instead.

/// Text from records as it may stand in our own text.
package enum VisibleText {
  /// The text with control, bidirectional, zero-width and tag characters as `\u{…}`, newlines as `\n`, and cut to `limit` scalars
  /// with the number of those that are missing.
  package static func make(_ text: String, limit: Int) -> String {
    let (visible, note) = cut(text, limit: limit, isQuoted: false)
    return visible + note
  }

  /// The text in quotes, with `"` and `\` escaped; of a long one the note of its length stands after the closing quote.
  package static func quoted(_ text: String, limit: Int) -> String {
    let (visible, note) = cut(text, limit: limit, isQuoted: true)
    return "\"\(visible)\"\(note)"
  }

  private static func cut(_ text: String, limit: Int, isQuoted: Bool) -> (visible: String, note: String) {
    var result = String.UnicodeScalarView()
    var taken = 0
    var total = 0
    var isCut = false
    for scalar in text.unicodeScalars {
      total += 1
      // Once one scalar did not fit, no later one may: the cut is a prefix.
      if isCut { continue }
      let escape = isQuoted && (scalar == "\"" || scalar == "\\") ? "\\\(scalar)" : escaped(scalar)
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
    // Emoji presentation: our own ⚠️ has it. A blank that is no space.
    case 0xFE0F: return nil
    case 0x2800: return "\\u{2800}"
    default: break
    }
    let properties = scalar.properties
    switch properties.generalCategory {
    // Control characters, ANSI's escape among them; bidirectional and annotation marks; what breaks lines.
    case .control, .format, .lineSeparator, .paragraphSeparator: break
    // Zero width, fillers, tags, variation selectors: text can hide in them.
    default: guard properties.isDefaultIgnorableCodePoint || properties.isNoncharacterCodePoint else { return nil }
    }
    return "\\u{\(String(scalar.value, radix: 16))}"
  }
}

/// The length of a text inside a JSON string as we write it, in Unicode scalars: what `maxChars` counts.
package func jsonLength(_ text: String) -> Int {
  var length = 0
  for scalar in text.unicodeScalars {
    switch scalar.value {
    case 0x22, 0x5C, 0x08, 0x0C, 0x0A, 0x0D, 0x09: length += 2
    case 0x00...0x1F: length += 6
    default: length += 1
    }
  }
  return length
}
