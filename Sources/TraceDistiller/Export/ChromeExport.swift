// Trace events (https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU), the format that Perfetto and
// chrome://tracing open. Each service is a process, spans are complete events (X) on tracks that nest, logs are instants. Times are
// relative to the trace's first instant: a viewer's numbers cannot hold microseconds since 1970 to the nanosecond.

import TraceRecords

struct ChromeExport: ExportWriter {
  private let trace: DistilledTrace
  private let order: ExportOrder
  private let lanes: ExportLanes
  private let base: Int64

  init(_ trace: DistilledTrace) {
    self.trace = trace
    order = ExportOrder(trace)
    lanes = ExportLanes(trace, order: order, byService: true)
    let first = trace.snapshot.storage.minTime
    // Open spans without an instant of their own may begin before every dated record.
    base = order.rows.reduce(first) { min($0, trace.tree.start[Int($1)]) }
  }

  func page(from start: Int, budget: Int, isForced: Bool) -> ExportPage {
    var text = BoundedExport(opening: opening, closing: closing, budget: budget)
    var end = min(start, order.count)
    var named = Named()
    while end < order.count, !Task.isCancelled {
      let row = order[end]
      var piece = ExportText()
      var names = named
      if end > start { piece.raw(",\n") }
      if end < order.rows.count { add(span: row, to: &piece, &names) } else { addLogs(of: row, track: nil, to: &piece) }
      guard text.take(piece, isForced: isForced && end == start) else { break }
      named = names
      end += 1
    }
    let first = min(start, order.rows.count)
    return ExportPage(
      text: String(decoding: text.closed.bytes, as: UTF8.self), end: end, total: order.count,
      shown: trace.share(order.rows[first..<max(first, min(end, order.rows.count))]))
  }

  /// Processes and threads that this page has already named.
  private struct Named {
    var processes: Set<Int32> = []
    var tracks: Set<Int32> = []
  }

  private var opening: ExportText {
    var text = ExportText()
    text.raw("{\"traceEvents\":[\n")
    return text
  }

  private var closing: ExportText {
    var text = ExportText()
    text.raw("\n],\"displayTimeUnit\":\"ms\",\"otherData\":{\"traceId\":")
    text.string(trace.snapshot.traceID)
    text.raw(",\"startTimeUnixNano\":\"")
    text.raw(base == .max ? 0 : base)
    text.raw("\",\"producer\":\"trace-distiller\"}}\n")
    return text
  }

  private func processName(_ process: Int32) -> String {
    let service = trace.snapshot.storage.text(lanes.services[Int(process)])
    return service.isEmpty ? trace.primaryRoot?.name ?? "" : service
  }

  private func addNames(of track: Int32, to text: inout ExportText, _ named: inout Named) {
    let (process, number) = lanes.tracks[Int(track)]
    if named.processes.insert(process).inserted {
      text.raw("{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":\(process + 1),\"tid\":0,\"args\":{\"name\":")
      text.string(processName(process))
      text.raw("}},\n")
    }
    if named.tracks.insert(track).inserted {
      text.raw(
        "{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":\(process + 1),\"tid\":\(number + 1),\"args\":{\"name\":\"track \(number + 1)\"}},\n"
      )
    }
  }

  private func add(span row: Int, to text: inout ExportText, _ named: inout Named) {
    let node = trace.node(row)
    let track = lanes.lane[row]
    addNames(of: track, to: &text, &named)
    text.raw("{\"name\":")
    // A group is not a single call.
    text.string(node.folded.map { "\(node.name) ×\($0.count)" } ?? node.name)
    text.raw(",\"cat\":")
    text.string(node.target ?? node.kind.name)
    text.raw(",\"ph\":\"X\",\"ts\":")
    text.micros(node.startTimeUnixNano.subtractingSaturated(base))
    text.raw(",\"dur\":")
    text.micros(node.durationNanos)
    addPlace(of: track, to: &text)
    // A colour that only Chrome knows; other viewers ignore it.
    if node.isFailed { text.raw(",\"cname\":\"terrible\"") }
    text.raw(",\"args\":{\"spanId\":")
    text.string(node.spanID)
    if let parent = node.parentSpanID {
      text.raw(",\"parentSpanId\":")
      text.string(parent)
    }
    text.raw(",\"status\":\"\(node.outcome.rawValue)\"")
    if let message = node.statusMessage {
      text.raw(",\"statusMessage\":")
      text.string(message)
    }
    if node.kind != .unspecified { text.raw(",\"kind\":\"\(node.kind.name)\"") }
    text.raw(",\"selfMs\":")
    text.double(Double(node.selfNanos) / 1_000_000)
    text.raw(",\"criticalMs\":")
    text.double(Double(node.criticalNanos) / 1_000_000)
    addAttributes(node.attributes, to: &text)
    if let links = node.linksJSON, OTLPValueText.isJSON(links) { text.raw(",\"links\":\(links)") }
    text.raw("}}")
    addLogs(of: row, track: track, to: &text)
  }

  private func addPlace(of track: Int32?, to text: inout ExportText) {
    guard let track else { return text.raw(",\"pid\":0,\"tid\":0") }
    let (process, number) = lanes.tracks[Int(track)]
    text.raw(",\"pid\":\(process + 1),\"tid\":\(number + 1)")
  }

  /// Writes the instants, each after a comma. The first one of a span without a record has no comma, because it stands alone.
  private func addLogs(of row: Int, track: Int32?, to text: inout ExportText) {
    for (index, event) in trace.node(row).events().enumerated() {
      if track != nil || index > 0 { text.raw(",\n") }
      text.raw("{\"name\":")
      text.string(event.message.isEmpty ? "log" : event.message)
      text.raw(",\"cat\":\"log\",\"ph\":\"i\",\"ts\":")
      text.micros(max(0, event.timeUnixNano.subtractingSaturated(base)))
      addPlace(of: track, to: &text)
      text.raw(track == nil ? ",\"s\":\"g\"" : ",\"s\":\"t\"")
      text.raw(",\"args\":{\"level\":\"\(event.level.name)\",\"spanId\":")
      text.string(trace.snapshot.storage.spanID(row))
      if let target = event.target {
        text.raw(",\"target\":")
        text.string(target)
      }
      addAttributes(event.attributes, to: &text)
      text.raw("}}")
    }
  }

  private func addAttributes(_ attributes: [DistilledAttribute], to text: inout ExportText) {
    guard !attributes.isEmpty else { return }
    text.raw(",\"attributes\":{")
    for (index, attribute) in attributes.enumerated() {
      if index > 0 { text.comma() }
      text.string(attribute.key)
      text.raw(":")
      switch attribute.value {
      case .string(let string): text.string(string)
      // Viewers parse numbers as doubles.
      case .integer(let number) where number.magnitude > 1 << 53: text.string(String(number))
      case .integer(let number): text.raw(number)
      case .double(let number): text.double(number)
      case .bool(let flag): text.raw(flag ? "true" : "false")
      case .json(let json): if OTLPValueText.isJSON(json) { text.raw(json) } else { text.string(json) }
      }
    }
    text.raw("}")
  }
}
