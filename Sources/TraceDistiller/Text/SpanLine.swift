// One span as one line: marks, name, times, and the attributes that fit.

struct SpanLine {
  let language: SummaryLanguage

  /// `🔥 ❌ fetch_quote (4.19 ms | 4.19 ms) [attempt=0, symbol=CGPT]`
  func make(_ node: DistilledTraceNode) -> String {
    var line = ""
    if node.criticalNanos > 0 { line += "🔥 " }
    if node.isFailed { line += "❌ " }
    if node.isRunning { line += "⏳ " }
    line += node.title(limit: 120)
    if let fold = node.folded {
      line += " ×\(DurationText.count(fold.count))"
      line += " (total \(DurationText.format(fold.totalNanos)), max \(DurationText.format(fold.maxNanos)))"
    } else {
      line += " (\(DurationText.format(node.durationNanos)) | \(DurationText.format(node.selfNanos)))"
    }
    line += attributes(node)
    if node.isParentMissing, let parent = node.parentSpanID {
      line += " — " + language.missingParent(FieldText.name.make(parent, limit: 64))
    }
    return line
  }

  /// At most 120 characters; what is left out is counted.
  private func attributes(_ node: DistilledTraceNode) -> String {
    let attributes = node.attributes.filter { !$0.key.hasPrefix("code.") }
    guard !attributes.isEmpty else { return "" }
    var parts: [String] = []
    var length = 0
    for attribute in attributes {
      let part = "\(FieldText.key.make(attribute.key, limit: 40))=\(value(attribute.value))"
      guard length + part.unicodeScalars.count <= 120 else { break }
      length += part.unicodeScalars.count + 2
      parts.append(part)
    }
    if parts.count < attributes.count { parts.append("+\(attributes.count - parts.count)") }
    return " [\(parts.joined(separator: ", "))]"
  }

  private func value(_ value: DistilledAttribute.Value) -> String {
    switch value {
    case .string(let text): FieldText.value.make(text, limit: 48)
    // JSON quotes what is text in it.
    default: VisibleText.make(value.text, limit: 48)
    }
  }
}

extension DistilledAttribute.Value {
  /// The value as people read it.
  package var text: String {
    switch self {
    case .string(let text), .json(let text): text
    case .integer(let number): String(number)
    case .double(let number): number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : "\(number)"
    case .bool(let flag): flag ? "true" : "false"
    }
  }
}
