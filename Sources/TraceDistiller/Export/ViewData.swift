// The data of the page that draws a trace: columns of small numbers over one table of strings, in the order of the drawn tree. What is
// computed of a trace (self time, critical path, failures) is computed here, so that the page agrees with every other answer.

import JSON
import TraceRecords

/// One trace for the page. Every span is in it.
///
/// Depth, start and self time are written as differences, which are short for siblings and leaves. Numbers that JavaScript cannot represent
/// exactly are strings.
package struct ViewData: Sendable {
  /// JSON in which no text of a record can end the element of HTML that holds it: `<` is always escaped.
  package let json: String
  /// The number of spans, and of spans that appear only in logs.
  package let spanCount: Int
  package let onlyLoggedCount: Int

  /// The bits of the column `flags`.
  package enum Flag {
    static let failed = 1
    static let warning = 2
    static let running = 4
    static let parentMissing = 8
    static let folded = 16
  }

  /// The largest integer that JavaScript's numbers hold with all integers below it.
  static let largestExact: Int64 = 1 << 53

  /// - Complexity: O(n log n) time, O(n) memory; no recursion.
  package init(_ trace: DistilledTrace) {
    let order = ExportOrder(trace)
    var writer = ViewWriter(trace)
    for row in order.rows { writer.add(Int(row)) }
    for row in order.onlyLogged { writer.addOnlyLogged(Int(row)) }
    spanCount = order.rows.count
    onlyLoggedCount = order.onlyLogged.count
    json = writer.finished
  }
}

/// The columns under construction.
private struct ViewWriter {
  private let trace: DistilledTrace
  private let base: Int64
  private var strings = StringTable()
  private var depths: [Int32]
  private var ids = ExportText()
  private var depth = ExportText()
  private var name = ExportText()
  private var service = ExportText()
  private var start = ExportText()
  private var duration = ExportText()
  private var own = ExportText()
  private var critical = ExportText()
  private var flags = ExportText()
  private var kind = ExportText()
  private var details = ExportText()
  private var segments = ExportText()
  private var logged = ExportText()
  private var count = 0
  private var previousDepth: Int32 = 0
  private var previousStart: Int64 = 0
  private var position: [Int32]

  init(_ trace: DistilledTrace) {
    self.trace = trace
    base = trace.tree.start.indices.filter { trace.tree.isIncluded[$0] }.map { trace.tree.start[$0] }.min() ?? 0
    depths = [Int32](repeating: 0, count: trace.tree.count)
    position = [Int32](repeating: -1, count: trace.tree.count)
  }

  mutating func add(_ row: Int) {
    let node = trace.node(row)
    let parent = Int(trace.tree.parent[row])
    let level = parent >= 0 ? depths[parent] + 1 : 0
    depths[row] = level
    position[row] = Int32(count)
    let begins = trace.tree.start[row].subtractingSaturated(base)
    let lasts = trace.tree.duration(row)
    if count > 0 { separate() }
    ids.string(node.spanID)
    depth.raw(level - previousDepth)
    name.raw(strings.number(node.name))
    service.raw(strings.number(node.service ?? ""))
    start.exact(begins.subtractingSaturated(previousStart))
    duration.exact(lasts)
    own.exact(lasts.subtractingSaturated(trace.selfNanos[row]))
    critical.exact(trace.criticalNanos[row])
    flags.raw(self.flags(of: node))
    kind.raw(node.kind.rawValue)
    addDetails(node)
    (previousDepth, previousStart) = (level, begins)
    count += 1
  }

  /// The logs of a span without a record have no place in the tree.
  mutating func addOnlyLogged(_ row: Int) {
    if !logged.bytes.isEmpty { logged.comma() }
    logged.raw("[")
    logged.string(trace.snapshot.storage.spanID(row))
    logged.raw(",")
    logged.raw(list(trace.snapshot.storage.events(ofRow: row, limit: .max)).bytes)
    logged.raw("]")
  }

  private mutating func separate() {
    ids.comma()
    depth.comma()
    name.comma()
    service.comma()
    start.comma()
    duration.comma()
    own.comma()
    critical.comma()
    flags.comma()
    kind.comma()
  }

  private func flags(of node: DistilledTraceNode) -> Int {
    var flags = 0
    if node.isFailed { flags |= ViewData.Flag.failed }
    if node.hasWarning { flags |= ViewData.Flag.warning }
    if node.isRunning { flags |= ViewData.Flag.running }
    if node.isParentMissing { flags |= ViewData.Flag.parentMissing }
    if node.folded != nil { flags |= ViewData.Flag.folded }
    return flags
  }

  /// Only of rows that have some: the row, then attributes, logs, the status's message, links and the number of spans that the row stands for.
  private mutating func addDetails(_ node: DistilledTraceNode) {
    let (attributes, events) = (node.attributes, node.events())
    let (message, links) = (node.statusMessage, node.linksJSON)
    let folded = node.folded
    guard !attributes.isEmpty || !events.isEmpty || message != nil || links != nil || folded != nil else { return }
    if !details.bytes.isEmpty { details.comma() }
    details.raw(count)
    details.raw(",[")
    details.raw(list(attributes).bytes)
    details.comma()
    details.raw(list(events).bytes)
    details.comma()
    details.raw(message.map { strings.number($0) } ?? -1)
    details.comma()
    details.raw(links.map { strings.number($0) } ?? -1)
    details.comma()
    details.raw(folded.map { Int($0.count) } ?? 0)
    details.raw("]")
  }

  private mutating func list(_ attributes: [DistilledAttribute]) -> ExportText {
    var text = ExportText()
    text.raw("[")
    for (index, attribute) in attributes.enumerated() {
      if index > 0 { text.comma() }
      text.raw(strings.number(attribute.key))
      text.comma()
      text.raw(strings.number(ViewWriter.text(of: attribute.value)))
    }
    text.raw("]")
    return text
  }

  private mutating func list(_ events: [DistilledEvent]) -> ExportText {
    var text = ExportText()
    text.raw("[")
    for (index, event) in events.enumerated() {
      if index > 0 { text.comma() }
      text.raw("[")
      text.exact(event.timeUnixNano.subtractingSaturated(base))
      text.comma()
      text.raw(strings.number(event.level.name))
      text.comma()
      text.raw(strings.number(event.message))
      text.comma()
      text.raw(list(event.attributes).bytes)
      text.raw("]")
    }
    text.raw("]")
    return text
  }

  private static func text(of value: DistilledAttribute.Value) -> String {
    switch value {
    case .string(let text), .json(let text): text
    case .integer(let number): String(number)
    case .double(let number): "\(number)"
    case .bool(let flag): flag ? "true" : "false"
    }
  }

  /// The whole document.
  var finished: String {
    mutating get {
      // Segments follow each other without gaps, so only the first says when it begins.
      let path = trace.criticalPath?.segments ?? []
      segments.exact((path.first?.start ?? base).subtractingSaturated(base))
      var previous: Int32 = 0
      for segment in path {
        segments.comma()
        segments.raw(position[segment.row] - previous)
        segments.comma()
        segments.exact(segment.nanos)
        previous = position[segment.row]
      }
      var text = ExportText()
      text.raw("{\"version\":1,\"trace\":")
      text.string(trace.snapshot.traceID)
      text.raw(",\"base\":\"\(base)\",\"count\":\(count),\"strings\":[")
      text.raw(strings.text.bytes)
      for (key, column) in columns {
        text.raw("],\"\(key)\":[")
        text.raw(column.bytes)
      }
      text.raw("]}")
      return String(decoding: ViewWriter.escaped(text.bytes), as: UTF8.self)
    }
  }

  private var columns: [(String, ExportText)] {
    [
      ("ids", ids), ("depth", depth), ("name", name), ("service", service), ("start", start), ("duration", duration), ("below", own),
      ("critical", critical), ("flags", flags), ("kind", kind), ("details", details), ("path", segments), ("logged", logged),
    ]
  }

  /// `<` can only be inside of strings of JSON, where an escape means the same.
  private static func escaped(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(UInt8(ascii: "<")) else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + 1_024)
    for byte in bytes {
      if byte == UInt8(ascii: "<") { result.append(contentsOf: "\\u003c".utf8) } else { result.append(byte) }
    }
    return result
  }
}

/// Texts by their first occurrence.
private struct StringTable {
  private var numbers: [String: Int] = [:]
  private(set) var text = ExportText()

  mutating func number(_ string: String) -> Int {
    if let known = numbers[string] { return known }
    let number = numbers.count
    numbers[string] = number
    if number > 0 { text.comma() }
    text.string(string)
    return number
  }
}

extension ExportText {
  /// A number, as a string where JavaScript would round it.
  fileprivate mutating func exact(_ number: Int64) {
    if number.magnitude <= ViewData.largestExact.magnitude { raw(number) } else { raw("\"\(number)\"") }
  }
}
