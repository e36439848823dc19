// speedscope's own format (https://www.speedscope.app/file-format-schema.json): evented profiles, whose frames open and close like
// brackets. One profile per track, because concurrent spans do not nest; the first profile has the root.

import TraceRecords

struct SpeedscopeExport: ExportWriter {
  private let trace: DistilledTrace
  private let order: ExportOrder
  private let lanes: ExportLanes
  private let base: Int64
  private let last: Int64
  private let naming: FrameNaming

  init(_ trace: DistilledTrace) {
    self.trace = trace
    order = ExportOrder(trace)
    lanes = ExportLanes(trace, order: order, byService: false)
    base = order.rows.reduce(.max) { min($0, trace.tree.start[Int($1)]) }
    last = order.rows.reduce(.min) { max($0, trace.tree.end[Int($1)]) }
    naming = FrameNaming(trace, rows: order.rows)
  }

  func page(from start: Int, budget: Int, isForced: Bool) -> ExportPage {
    let total = order.rows.count
    let first = min(start, total)
    var end = first
    var document = Document()
    var length = ExportText.answerLength(render(Document()).bytes)
    while end < total, !Task.isCancelled {
      let row = Int(order.rows[end])
      var needed = 0
      let key = naming.key(row)
      let newFrame = document.number(key) == nil ? frameText(row) : nil
      if let newFrame { needed += newFrame.answerLength + 3 }
      let frame = document.number(key) ?? document.frames.count
      if document.rowsOfTrack[lanes.lane[row]] == nil { needed += profileOpening(lanes.lane[row], isFirst: false).answerLength + 8 }
      needed += event("O", frame, at: trace.tree.start[row]).answerLength + event("C", frame, at: trace.tree.end[row]).answerLength + 2
      guard length + needed <= budget || isForced && end == first else { break }
      length += needed
      if let newFrame { document.add(newFrame, key) }
      document.rowsOfTrack[lanes.lane[row], default: []].append(order.rows[end])
      end += 1
    }
    return ExportPage(
      text: String(decoding: render(document).bytes, as: UTF8.self), end: end, total: total, shown: trace.share(order.rows[first..<end]))
  }

  /// The content of a page so far.
  private struct Document {
    private(set) var frames: [ExportText] = []
    private var numbers: [FrameNaming.Key: Int] = [:]
    var rowsOfTrack: [Int32: [Int32]] = [:]

    func number(_ key: FrameNaming.Key) -> Int? { numbers[key] }

    mutating func add(_ frame: ExportText, _ key: FrameNaming.Key) {
      numbers[key] = frames.count
      frames.append(frame)
    }
  }

  private func frameText(_ row: Int) -> ExportText {
    var text = ExportText()
    text.raw("{\"name\":")
    text.string(naming.name(row))
    for attribute in trace.node(row).attributes {
      switch (attribute.key, attribute.value) {
      case ("code.file.path", .string(let file)), ("code.filepath", .string(let file)):
        text.raw(",\"file\":")
        text.string(file)
      case ("code.line.number", .integer(let line)), ("code.lineno", .integer(let line)):
        text.raw(",\"line\":\(line)")
      default: break
      }
    }
    text.raw("}")
    return text
  }

  private func event(_ type: String, _ frame: Int, at time: Int64) -> ExportText {
    var text = ExportText()
    text.raw("{\"type\":\"\(type)\",\"frame\":\(frame),\"at\":\(time.subtractingSaturated(base))}")
    return text
  }

  private func profileOpening(_ track: Int32, isFirst: Bool) -> ExportText {
    var text = ExportText()
    text.raw(isFirst ? "{\"type\":\"evented\",\"name\":\"track " : ",\n{\"type\":\"evented\",\"name\":\"track ")
    text.raw(track + 1)
    text.raw("\",\"unit\":\"nanoseconds\",\"startValue\":0,\"endValue\":\(last.subtractingSaturated(base)),\"events\":[")
    return text
  }

  private func render(_ document: Document) -> ExportText {
    var text = ExportText()
    text.raw("{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\",\"exporter\":\"trace-distiller\",\"name\":")
    text.string(trace.primaryRoot.map { naming.name($0.row) } ?? trace.snapshot.traceID)
    text.raw(",\"activeProfileIndex\":0,\"shared\":{\"frames\":[")
    for (index, frame) in document.frames.enumerated() {
      if index > 0 { text.raw(",\n") }
      text.raw(frame.bytes)
    }
    text.raw("]},\"profiles\":[")
    for (index, track) in document.rowsOfTrack.keys.sorted().enumerated() {
      text.raw(profileOpening(track, isFirst: index == 0).bytes)
      addEvents(document.rowsOfTrack[track]!.sorted { lanes.position[Int($0)] < lanes.position[Int($1)] }, document, to: &text)
      text.raw("]}")
    }
    text.raw("]}\n")
    return text
  }

  /// Opens each span inside the one in which it is drawn, after closing the spans in between.
  private func addEvents(_ rows: [Int32], _ document: Document, to text: inout ExportText) {
    var open: [Int32] = []
    var isFirst = true
    func add(_ type: String, _ row: Int32, _ time: Int64) {
      if !isFirst { text.comma() }
      isFirst = false
      text.raw(event(type, document.number(naming.key(Int(row))) ?? 0, at: time).bytes)
    }
    func close(down to: Int32) {
      while let top = open.last, top != to {
        add("C", top, trace.tree.end[Int(top)])
        open.removeLast()
      }
    }
    for row in rows {
      close(down: lanes.enclosing[Int(row)])
      add("O", row, trace.tree.start[Int(row)])
      open.append(row)
    }
    close(down: -1)
  }
}
