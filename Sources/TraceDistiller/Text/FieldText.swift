// A text from a record as one field of a line: without quotes if it is unambiguous, in quotes if it could be taken for a mark, a tree
// glyph, a time, another field, or a line of ours.

/// The position of a text in a line, which decides what it could be confused with.
package enum FieldText {
  /// A span's name, id or service.
  case name
  /// A span's name on a path, which may be followed by a comma and more.
  case step
  /// An attribute, inside brackets.
  case key, value
  /// An error's message, before its path.
  case message

  package func make(_ text: String, limit: Int) -> String {
    isAmbiguous(text) ? VisibleText.quoted(text, limit: limit) : VisibleText.make(text, limit: limit)
  }

  private func isAmbiguous(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return true }
    if first == "\"" || isBlank(first) || isBlank(last) || first.properties.generalCategory == .nonspacingMark { return true }
    // `❌ └─ …` would look like a line of the tree.
    if case .message = self, isMark(first) { return true }
    var previous: Unicode.Scalar = "."
    var isNumberSign = false
    for scalar in text.unicodeScalars {
      if isAmbiguous(scalar, after: previous) { return true }
      // `#18 of 39` is a position among similar spans; a single # stands for numbers that differ.
      if isNumberSign, isPlain, "0"..."9" ~= scalar { return true }
      isNumberSign = scalar == "#" && isBlank(previous)
      previous = scalar
    }
    return false
  }

  private var isPlain: Bool {
    switch self {
    case .name, .step: true
    case .key, .value, .message: false
    }
  }

  private func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "…", "⇢", "🔥", "❌", "⏳", "✅", "⚠", "\u{2500}"..."\u{257F}": true
    default: false
    }
  }

  private func isAmbiguous(_ scalar: Unicode.Scalar, after previous: Unicode.Scalar) -> Bool {
    switch self {
    case .step where previous == "," && isBlank(scalar): return true
    case .name, .step:
      switch scalar {
      case "(", "[", "|", "×": return isBlank(previous)
      case "=": return previous == "="
      case "—", "›", "·": return true
      default: return isMark(scalar) || isBlank(scalar) && (previous == ":" || isBlank(previous))
      }
    case .key: return scalar == "=" || scalar == "," || scalar == "[" || scalar == "]" || scalar == "…"
    case .value: return scalar == "…" || isBlank(scalar) && (previous == "," || previous == "]")
    case .message: return scalar == "›" || ((scalar == "—" || scalar == "×") && isBlank(previous))
    }
  }

  private func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar.value > 0x7F && scalar.properties.isWhitespace }
}

extension DistilledTraceNode {
  /// A span's name in text, or its id if it has no name.
  func title(limit: Int) -> String { FieldText.name.make(name.isEmpty ? spanID : name, limit: limit) }
}
