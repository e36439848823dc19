// One span as a line: marks, name, times, and the attributes that fit.

import TraceRecords

struct SpanLine {
  let language: SummaryLanguage

  /// A span `🔥 ❌ fetch_quote (4.19 ms | 4.19 ms) [attempt=0, symbol=CGPT]`, the 731st of several similar spans `row #731 of 2,000 (61.00 ms
  /// | 1.20 ms)`, similar spans `row ×248 (total 1.21 s, min 3.9, p50 4.8, p95 5.1, max 61.0 ms)`, a chain `a › b › c (156.78 ms | 5.23
  /// ms)`.
  func make(_ number: Int, in tree: FoldedTree) -> String {
    let node = tree.nodes[number]
    let first = tree.trace.node(Int(tree.rows(of: number).first!))
    var line = ""
    if tree.criticalNanos(of: number) > 0 { line += "🔥 " }
    if node.isFailed { line += "❌ " }
    if node.isRunning { line += "⏳ " }
    line += names(number, in: tree)
    if node.count > 1 {
      line += many(number, in: tree)
      line += brackets(AttributeChoice.ofMany(tree.rows(of: number), in: tree.trace))
    } else {
      if node.position > 0, first.folded == nil { line += " #\(DurationText.count(node.position))" + language.of(node.among) }
      if let fold = first.folded {
        line += " ×\(DurationText.count(fold.count))"
        let least = fold.minNanos.map { ", min \(DurationText.format($0))" } ?? ""
        line += " (total \(DurationText.format(fold.totalNanos))\(least), max \(DurationText.format(fold.maxNanos)))"
      } else {
        line += " (\(DurationText.format(tree.totalNanos(of: number))) | \(DurationText.format(tree.share(of: number).nanos)))"
      }
      // The attributes of a pruned group belong to only one of its spans.
      if first.folded?.isPruned != true { line += brackets(AttributeChoice.of(first.row, in: tree.trace)) }
      line += links(first)
    }
    if first.isParentMissing, let parent = first.parentSpanID {
      line += " — " + language.missingParent(FieldText.name.make(parent, limit: 64))
    }
    return line
  }

  /// The names of a chain. A long chain shows only its ends; a recursive function is named once.
  private func names(_ number: Int, in tree: FoldedTree) -> String {
    let chain = tree.chain(of: number)
    guard !chain.isEmpty else { return title(of: number, 120, in: tree) }
    // Titles are cached by number: a chain may have a million spans with three names.
    var titles: [String] = []
    var numberOfName: [UInt32: Int] = [:]
    func numberOfTitle(_ node: Int) -> Int {
      let name = tree.nodes[node].count == 1 ? tree.trace.tree.name[Int(tree.rows(of: node).first!)] : 0
      if name != 0, let known = numberOfName[name] { return known }
      titles.append(title(of: node, 40, in: tree))
      if name != 0 { numberOfName[name] = titles.count - 1 }
      return titles.count - 1
    }
    var parts: [(title: Int, count: Int)] = []
    for place in chain.startIndex...chain.endIndex {
      let title = numberOfTitle(place < chain.endIndex ? Int(chain[place]) : number)
      if let last = parts.last, last.title == title || titles[last.title] == titles[title] {
        parts[parts.count - 1].count += 1
      } else {
        parts.append((title, 1))
      }
    }
    func text(_ part: (title: Int, count: Int)) -> String {
      part.count > 1 ? "\(titles[part.title]) \(language.deep(part.count))" : titles[part.title]
    }
    guard parts.count > 6 else { return parts.map { text($0) }.joined(separator: " › ") }
    let hidden = parts.dropFirst(3).dropLast(2).reduce(0) { $0 + $1.count }
    let ends = parts.prefix(3).map { text($0) } + ["… \(DurationText.count(hidden)) …"] + parts.suffix(2).map { text($0) }
    return ends.joined(separator: " › ")
  }

  private func title(of node: Int, _ limit: Int, in tree: FoldedTree) -> String {
    // Similar spans with different names (`page 1`, `page 2`) are named by what the names have in common.
    if let common = tree.commonName(of: node) { return FieldText.name.make(common, limit: limit) }
    return tree.trace.node(Int(tree.rows(of: node).first!)).title(limit: limit)
  }

  private func many(_ number: Int, in tree: FoldedTree) -> String {
    let node = tree.nodes[number]
    var text = " ×\(DurationText.count(node.count))"
    if node.among > node.count {
      text += language.of(node.among)
      // If it is nearly all of them, the share is left out.
      if node.count * 20 < node.among * 19 { text += ", " + DurationText.percent(Double(node.count) / Double(node.among)) }
    }
    if node.isMixed { text += language.mixed }
    if node.isOutlier {
      text += language.slow + node.worstPositions.map { " #\(DurationText.count($0))" }.joined(separator: ",")
      if node.worstPositions.count < node.count { text += ", …" }
    }
    let slow = slow(node)
    let times = tree.times(of: number)
    let isLeaf = node.children.isEmpty && node.chain.isEmpty
    let own = isLeaf ? "" : ", \(language.selfWord) \(DurationText.format(tree.share(of: number).nanos))"
    let (numbers, unit) = DurationText.series([times.min, times.p50, times.p95, times.max])
    return text
      + " (total \(DurationText.format(tree.totalNanos(of: number)))\(own), min \(numbers[0]), p50 \(numbers[1]), p95 \(numbers[2]), "
      + "max \(numbers[3]) \(unit)\(slow))"
  }

  /// `; 4 slow: 29.88 ms, worst #222`
  private func slow(_ node: FoldedNode) -> String {
    guard node.slowCount > 0, let worst = node.worstPositions.first else { return "" }
    return "; \(language.slow(node.slowCount)) \(DurationText.format(node.slowNanos)), \(language.worst) #\(DurationText.count(worst))"
  }

  /// Linked spans are not part of the tree: a batch that processes messages of other traces, or a retry of an earlier call.
  private func links(_ node: DistilledTraceNode) -> String {
    guard let links = node.linksJSON.map({ RelatedSpan.read($0) }), let first = links.first else { return "" }
    guard links.count == 1 else { return " ⇢ " + language.links(links.count) }
    let isHere = first.traceID.isEmpty || first.traceID == node.trace.snapshot.traceID
    return " ⇢ "
      + (isHere
        ? language.linkedSpan(FieldText.name.make(first.spanID, limit: 32))
        : language.linkedTrace(FieldText.name.make(first.traceID, limit: 36)))
  }

  /// At most 120 characters; attributes that do not fit are counted. Attributes that instrumentations add to every span, or that the line
  /// already contains, are left to `trace/span`, unless they distinguish similar spans.
  private func brackets(_ attributes: [ChosenAttribute]) -> String {
    guard !attributes.isEmpty else { return "" }
    var parts: [String] = []
    var length = 0
    let distinguishing = attributes.filter { attribute in
      attribute.values.count > 1 || attribute.isDistinct
        || !attribute.isRepeated && !ShownAttribute.isCommonplace(attribute, beside: attributes)
    }
    for attribute in distinguishing {
      var part = "\(FieldText.key.make(attribute.key, limit: 40))="
      if attribute.values.count == 1, !attribute.hasMore {
        part += value(attribute.values[0])
      } else {
        part += attribute.values.map { oneOfMany($0) }.joined(separator: "|") + (attribute.hasMore ? "|…" : "")
      }
      // A distinguishing attribute is never only counted: if its values are long, one of them is shown for all.
      if parts.isEmpty, part.unicodeScalars.count > 120, let first = attribute.values.first {
        part = "\(FieldText.key.make(attribute.key, limit: 40))=\(value(first))" + (attribute.values.count > 1 ? "|…" : "")
      }
      guard length + part.unicodeScalars.count <= 120 else { break }
      length += part.unicodeScalars.count + 2
      parts.append(part)
    }
    if distinguishing.isEmpty { return "" }
    if parts.count < distinguishing.count { parts.append("+\(distinguishing.count - parts.count)") }
    return " [\(parts.joined(separator: ", "))]"
  }

  /// A bar inside a value must not look like a separator.
  private func oneOfMany(_ value: DistilledAttribute.Value) -> String {
    if case .string(let text) = value, !text.unicodeScalars.contains("|") { return FieldText.value.make(text, limit: 24) }
    if case .string(let text) = value { return VisibleText.quoted(text, limit: 24) }
    return VisibleText.make(value.text, limit: 24)
  }

  private func value(_ value: DistilledAttribute.Value) -> String {
    switch value {
    // A cut text also shows its length, so a text that is only a few characters longer is shown in full.
    case .string(let text): FieldText.value.make(text, limit: text.utf8.count <= 60 ? 60 : 48)
    // Texts inside JSON are already quoted.
    default: VisibleText.make(value.text, limit: 48)
    }
  }
}

extension DistilledAttribute.Value {
  /// The value in a form for people.
  package var text: String {
    switch self {
    case .string(let text), .json(let text): text
    case .integer(let number): String(number)
    case .double(let number) where !number.isFinite: number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity"
    case .double(let number): number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : "\(number)"
    case .bool(let flag): flag ? "true" : "false"
    }
  }
}
