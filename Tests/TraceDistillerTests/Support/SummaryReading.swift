// Parses a summary by its grammar, line by line: every line that is not one of ours is a forgery or a mistake.

import Testing

@testable import TraceDistiller

/// The content of a summary's text.
struct SummaryReading {
  private(set) var spanLines = 0
  private(set) var hiddenSpans = 0
  private(set) var hasTree = false
  private(set) var hasClosing = false
  private(set) var sections: [String] = []
  /// Violations of the grammar.
  private(set) var problems: [String] = []
  private let language: SummaryLanguage
  private var depth = -1

  init(_ text: String, _ language: SummaryLanguage) {
    self.language = language
    // By scalars: a combining mark in a name must not hide the end or beginning of a line.
    var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
    if let last = lines.last, last.isLike("… ", language.leftOutWord), !last.isLike("… ", "trace/errors"),
      !last.isLike("… ", "trace/insights")
    {
      hasClosing = true
      lines.removeLast()
    }
    var head = lines[...]
    header(&head)
    while let blank = head.popFirst() {
      guard blank.isEmpty, let title = head.popFirst() else {
        problems.append("no section begins with: \(blank)")
        return
      }
      let body = Array(head.prefix { !$0.isEmpty })
      head = head.dropFirst(body.count)
      sections.append(title)
      switch title {
      case language.tree: tree(body)
      case language.criticalPath:
        for line in body { expect(line.contains(" %  ") || line.isLike("… ", ""), line) }
      case language.insights:
        for line in body {
          let isInsight = line.isLike("• ", " → ") && line.unicodeScalars.last == ")" && line.unicodeScalars.filter { $0 == "→" }.count >= 1
          expect(isInsight || line.isLike("… ", ": trace/insights {"), line)
        }
      case language.errors, language.warnings:
        for line in body {
          expect(line.isLike("❌ ", " — ") || line.isLike("⚠️ ", " — ") || line.isLike("… ", ": trace/errors {"), line)
        }
      case language.leftOut:
        hasClosing = true
        let beginnings = [language.shownWord, language.rest, language.collapsedWord, language.sectionsLeftOut([])]
        for line in body { expect(beginnings.contains { line.isLike($0, "") }, line) }
      default: problems.append("unknown section: \(title)")
      }
    }
    if Set(sections).count != sections.count { problems.append("a section twice: \(sections)") }
  }

  private mutating func header(_ lines: inout ArraySlice<String>) {
    expect(lines.popFirst() == language.title, "title")
    expect(lines.first?.isLike(language.trace, " · ") == true, lines.popFirst() ?? "")
    if lines.first?.isLike(language.status, language.noSpans) == true {
      lines.removeFirst()
    } else {
      expect(lines.first?.isLike(language.root, "") == true || lines.first?.isLike(language.focus, "") == true, lines.popFirst() ?? "")
      expect(lines.first?.isLike(language.duration, "") == true, lines.popFirst() ?? "")
      expect(lines.first?.isLike(language.status, "") == true, lines.popFirst() ?? "")
    }
    if lines.first?.isLike(language.notComplete, "") == true { lines.removeFirst() }
    for sentence in [language.logsOnly, language.approximate] where lines.first == sentence { lines.removeFirst() }
    if lines.first?.isLike(language.lostWord, "server/status") == true { lines.removeFirst() }
    for words in [language.clocksAdjusted, language.clocksDiffer] where lines.first?.isLike(words, "") == true { lines.removeFirst() }
    if lines.first?.isLike(language.doubtful, "") == true { lines.removeFirst() }
  }

  private mutating func tree(_ lines: [String]) {
    hasTree = true
    expect(lines.first == language.treeFormat, lines.first ?? "no format line")
    for line in lines.dropFirst() {
      var rest = Array(line.unicodeScalars)[...]
      var level = 0
      while rest.take("│  ") || rest.take("   ") { level += 1 }
      if rest.take("├─ ") || rest.take("└─ ") { level += 1 }
      expect(level <= depth + 1, "too deep: \(line)")
      if rest.take("… ") {
        _ = rest.take("还有 ")
        let digits = rest.prefix { $0 == "," || ("0"..."9").contains($0) }.filter { $0 != "," }
        hiddenSpans += Int(String(String.UnicodeScalarView(digits))) ?? 0
        expect(!digits.isEmpty && rest.last == ")", line)
        continue
      }
      depth = level
      for mark in ["🔥 ", "❌ ", "⏳ "] { _ = rest.take(mark) }
      var length = names(&rest, line)
      if rest.take(" #") { expect(number(&rest) != nil && ofHowMany(&rest), "no place: \(line)") }
      if rest.take(" ×") {
        let count = number(&rest)
        expect(count != nil, "no count: \(line)")
        // Without percentiles it is one span that stands for many, folded to save memory.
        if String(String.UnicodeScalarView(rest)).isLike(" (total ", ", max "), !String(String.UnicodeScalarView(rest)).isLike("", ", p50 ")
        {
          length = 1
        } else {
          length *= count ?? 0
          if ofHowMany(&rest), rest.take(", ") {
            while let scalar = rest.first, scalar != "%" {
              rest.removeFirst()
              _ = scalar
            }
          }
          _ = rest.take("%")
          _ = rest.take(language.mixed)
          if rest.take(language.slow) {
            while rest.take(" #") {
              expect(number(&rest) != nil, line)
              _ = rest.take(",")
            }
            _ = rest.take(" …")
          }
        }
      }
      spanLines += length
      expect(rest.take(" ("), "no times: \(line)")
      let slow = String(String.UnicodeScalarView(rest)).isLike("total ", "; ")
      expect(!slow || String(String.UnicodeScalarView(rest)).isLike("", language == .english ? " slow: " : "较慢 "), line)
      expect((rest.contains("|") || line.isLike("", "(total ")) && rest.contains(")"), line)
    }
  }

  /// Parses the names of a chain. Returns the number of its spans.
  private mutating func names(_ rest: inout ArraySlice<Unicode.Scalar>, _ line: String) -> Int {
    var length = 0
    repeat {
      if rest.take("… ") {
        length += number(&rest) ?? 0
        expect(rest.take(" …"), line)
        continue
      }
      name(&rest, line)
      var deep = rest
      if deep.take(language == .english ? " (" : " (深度 "), let count = number(&deep), deep.take(language == .english ? " deep)" : ")") {
        rest = deep
        length += count
      } else {
        length += 1
      }
    } while rest.take(" › ")
    return length
  }

  private func number(_ rest: inout ArraySlice<Unicode.Scalar>) -> Int? {
    let digits = rest.prefix { $0 == "," || ("0"..."9").contains($0) }
    // A comma at the end belongs to the line.
    let count = digits.last == "," ? digits.count - 1 : digits.count
    rest = rest.dropFirst(count)
    return Int(String(String.UnicodeScalarView(digits.filter { $0 != "," })))
  }

  private func ofHowMany(_ rest: inout ArraySlice<Unicode.Scalar>) -> Bool {
    rest.take(language == .english ? " of " : "/") && number(&rest) != nil
  }

  /// A name is in quotes if it could be read as anything else.
  private mutating func name(_ rest: inout ArraySlice<Unicode.Scalar>, _ line: String) {
    guard rest.take("\"") else {
      var before: Unicode.Scalar = "x"
      let plain = rest.prefix { scalar in
        defer { before = scalar }
        return !(before == " " && ["(", "›", "#", "×"].contains(scalar))
      }
      rest = rest.dropFirst(plain.count - 1)
      let bare = String(String.UnicodeScalarView(plain))
      for forged in ["🔥", "❌", "⏳", "⇢", "├", "└", "│", " — ", " › ", "==="] where bare.unicodeScalars.containsAll(forged) {
        problems.append("\(forged) in a bare name: \(line)")
      }
      return
    }
    while let scalar = rest.popFirst(), scalar != "\"" { if scalar == "\\" { _ = rest.popFirst() } }
    if rest.take("…(") {
      while let scalar = rest.popFirst(), scalar != ")" {}
    }
  }

  private mutating func expect(_ isRight: Bool, _ line: String) {
    if !isRight { problems.append("not a line of ours: \(line.debugDescription)") }
  }
}

extension SummaryLanguage {
  fileprivate var leftOutWord: String { self == .english ? " left out: trace/" : "省略" }
  fileprivate var lostWord: String { self == .english ? "Lost on the way: " : "途中丢失: " }
  fileprivate var shownWord: String { self == .english ? "Shown: " : "已显示: " }
  fileprivate var collapsedWord: String { self == .english ? "Folded to save memory: " : "为节省内存已合并: " }
}

extension String {
  /// Begins with one text and contains another, compared by scalars.
  fileprivate func isLike(_ beginning: String, _ inside: String) -> Bool {
    unicodeScalars.starts(with: beginning.unicodeScalars) && unicodeScalars.containsAll(inside)
  }
}

extension String.UnicodeScalarView {
  /// Contains this text, compared by scalars.
  fileprivate func containsAll(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first else { return true }
    return indices.contains { self[$0] == first && self[$0...].starts(with: text.unicodeScalars) }
  }
}

extension ArraySlice<Unicode.Scalar> {
  fileprivate mutating func take(_ text: String) -> Bool {
    guard starts(with: text.unicodeScalars) else { return false }
    removeFirst(text.unicodeScalars.count)
    return true
  }
}
