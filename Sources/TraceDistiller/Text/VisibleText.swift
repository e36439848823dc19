// Names, attributes and messages come from outside and end up on a terminal or in a language model's context:
// what could act there is shown as a visible escape instead.

/// Text from records as it may stand in our own text.
package enum VisibleText {
  /// The text with control, bidirectional, zero-width and tag characters as `\u{…}`, newlines as `\n`, and cut to `limit` scalars
  /// with the number of those that are missing.
  package static func make(_ text: String, limit: Int) -> String {
    var result = String.UnicodeScalarView()
    var taken = 0
    var total = 0
    for scalar in text.unicodeScalars {
      total += 1
      let escape = escaped(scalar)
      let length = escape?.unicodeScalars.count ?? 1
      // Once one scalar did not fit, no later one may: the cut is a prefix.
      guard taken >= 0, taken + length <= limit else {
        if taken >= 0 { taken = -1 - result.count }
        continue
      }
      taken += length
      if let escape { result.append(contentsOf: escape.unicodeScalars) } else { result.append(scalar) }
    }
    guard taken < 0 else { return String(result) }
    return "\(String(result))…(\(total) chars)"
  }

  static func escaped(_ scalar: Unicode.Scalar) -> String? {
    switch scalar.value {
    case 0x0A: return "\\n"
    case 0x0D: return "\\r"
    case 0x09: return "\\t"
    case 0x00...0x1F, 0x7F...0x9F,  // control characters, ANSI's escape among them
      0xAD, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F,  // invisible
      0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x3164, 0xFEFF, 0xFFA0,  // zero width, line separators, bidirectional
      0xFFF9...0xFFFB, 0xE0000...0xE0FFF,  // annotations, tags
      0xFDD0...0xFDEF:
      return "\\u{\(String(scalar.value, radix: 16))}"
    case let value where value & 0xFFFE == 0xFFFE: return "\\u{\(String(value, radix: 16))}"
    default: return nil
    }
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
