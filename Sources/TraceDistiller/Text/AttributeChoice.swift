// The attributes of a span that its line shows: first those that distinguish it from similar siblings, then well-known ones, then the
// others.

import TraceRecords

/// One attribute of a line, for one span or for many similar ones.
struct ChosenAttribute {
  var key: String
  /// The distinct values of similar spans, in the order of the spans; one value if all are equal.
  var values: [DistilledAttribute.Value]
  var hasMore = false
  /// It distinguishes the span from its similar siblings.
  var isDistinct = false
  /// The line already contains it.
  var isRepeated = false
}

package enum AttributeChoice {
  /// The maximum number of similar spans that are examined.
  static let mostSampled = 16
  static let mostValues = 3

  /// The attributes of one span, compared with those of similar siblings.
  static func of(_ row: Int, in trace: DistilledTrace) -> [ChosenAttribute] {
    let own = readable(trace.node(row))
    guard own.count > 1 else { return own.map { ChosenAttribute(key: $0.key, values: [$0.value]) } }
    let others = siblings(of: row, in: trace).map { readable(trace.node($0)) }
    let ranked = own.enumerated().map { index, attribute in
      let differs = others.contains { other in other.first { $0.key == attribute.key }?.value != attribute.value }
      return (rank: differs && !others.isEmpty ? 0 : rank(attribute.key), index: index, attribute: attribute)
    }
    let chosen = ranked.sorted { ($0.rank, $0.index) < ($1.rank, $1.index) }.map {
      ChosenAttribute(key: $0.attribute.key, values: [$0.attribute.value], isDistinct: $0.rank == 0)
    }
    return putOffRepeated(chosen, name: trace.node(row).name)
  }

  /// Moves attributes that the line already contains to the end, where they are only counted: values that are a part of the name or of an
  /// earlier attribute.
  private static func putOffRepeated(_ chosen: [ChosenAttribute], name: String) -> [ChosenAttribute] {
    var (told, repeated): ([ChosenAttribute], [ChosenAttribute]) = ([], [])
    for var attribute in chosen {
      let isRepeated = !attribute.isDistinct && attribute.values.count == 1 && isTold(attribute.values[0], name, told)
      attribute.isRepeated = isRepeated
      if isRepeated { repeated.append(attribute) } else { told.append(attribute) }
    }
    return told + repeated
  }

  private static func isTold(_ value: DistilledAttribute.Value, _ name: String, _ told: [ChosenAttribute]) -> Bool {
    guard case .string(let text) = value, !text.isEmpty else { return false }
    return text.utf8.count <= name.utf8.count && words(name).contains { $0 == text } || name == text
      || told.contains { $0.values == [value] }
  }

  private static func words(_ name: String) -> [Substring] { name.utf8.count <= 256 ? name.split(separator: " ") : [] }

  /// The attributes of similar spans: those that differ first, with some of their values.
  static func ofMany(_ rows: ArraySlice<Int32>, in trace: DistilledTrace) -> [ChosenAttribute] {
    let step = max(1, rows.count / mostSampled)
    var chosen: [ChosenAttribute] = []
    var counts: [Int] = []
    var sampled = 0
    for offset in stride(from: 0, to: rows.count, by: step).prefix(mostSampled) {
      sampled += 1
      for attribute in readable(trace.node(Int(rows[rows.startIndex + offset]))) {
        guard let index = chosen.firstIndex(where: { $0.key == attribute.key }) else {
          chosen.append(ChosenAttribute(key: attribute.key, values: [attribute.value]))
          counts.append(1)
          continue
        }
        counts[index] += 1
        if chosen[index].values.contains(attribute.value) { continue }
        if chosen[index].values.count < mostValues { chosen[index].values.append(attribute.value) } else { chosen[index].hasMore = true }
      }
    }
    for index in chosen.indices where chosen[index].values.count > 1 && step > 1 { chosen[index].hasMore = true }
    // A value that some spans lack is not shared by all.
    let isShared = zip(chosen, counts).map { $0.values.count == 1 && $1 == sampled }
    let ranked = chosen.indices.sorted { left, right in
      let ranks = [left, right].map { chosen[$0].values.count > 1 ? 0 : rank(chosen[$0].key) }
      return ranks[0] != ranks[1] ? ranks[0] < ranks[1] : left < right
    }
    let shown = ranked.compactMap { isShared[$0] || chosen[$0].values.count > 1 ? chosen[$0] : nil }
    return putOffRepeated(shown, name: trace.node(Int(rows[rows.startIndex])).name)
  }

  /// Leaves out source locations and threads, which `trace/span` shows, and busy and idle times, which the line's own times cover.
  private static func readable(_ node: DistilledTraceNode) -> [DistilledAttribute] {
    node.attributes.filter { isReadable($0.key) }
  }

  package static func isReadable(_ key: String) -> Bool { !unread.hasBeginning(of: key) }

  private static let unread = KeyPrefixes(["code.", "thread.", "time.busy", "time.idle", "busy_ns", "idle_ns"])

  /// Some siblings with the same name.
  private static func siblings(of row: Int, in trace: DistilledTrace) -> [Int] {
    let parent = Int(trace.tree.parent[row])
    guard parent >= 0 else { return [] }
    let name = trace.snapshot.storage.spans[row].name
    return trace.tree.children(of: parent).prefix(64).map(Int.init)
      .filter { $0 != row && trace.snapshot.storage.spans[$0].name == name }.prefix(8).map { $0 }
  }

  /// First the attributes that OpenTelemetry's conventions define for the subject of a call, in their order; then the program's own; last
  /// those that instrumentations add to every span, and values that are too long for a line.
  package static func rank(_ key: String) -> Int {
    if DistinguishingAttributes.isBulky(key) { return 2_001 }
    if let place = DistinguishingAttributes.place(key) { return 1 + place }
    return ShownAttribute.isCommonplace(key) ? 2_000 : 1_000
  }
}

/// Attributes that instrumentations add to every span. They describe the machine, not the call.
enum ShownAttribute {
  static func isCommonplace(_ attribute: ChosenAttribute, beside others: [ChosenAttribute]) -> Bool {
    if isCommonplace(attribute.key) { return true }
    // ❌ or its absence already shows whether a call succeeded, and a statement already shows that a call goes to a database.
    switch attribute.key {
    case "error": return attribute.values[0].text == "true"
    case "http.status_code", "http.response.status_code":
      if case .integer(200) = attribute.values[0] { return true }
      return attribute.values[0] == .string("200")
    case "db.system", "db.system.name": return others.contains { $0.key == "db.statement" || $0.key == "db.query.text" }
    default: return false
    }
  }

  static func isCommonplace(_ key: String) -> Bool { commonplace.hasBeginning(of: key) }

  private static let commonplace = KeyPrefixes([
    "net.", "network.", "http.server_name", "http.scheme", "url.scheme", "http.flavor", "http.host", "http.user_agent", "user_agent.",
    "telemetry.", "process.", "host.", "os.", "server.", "client.", "busy_ns", "idle_ns", "service.", "library.", "span.kind",
    "internal.", "component",
  ])
}
