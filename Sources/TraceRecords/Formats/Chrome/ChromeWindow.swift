// The events of a profile that wait for their neighbours: complete calls take forty bytes each, the others also keep their texts.

struct ChromeWindow: Sendable {
  var tracks = ChromeTracks()
  var totals = ChromeTotals()
  private var events: [ChromeEvent] = []
  private var held = HeldRecords()
  private var lastSpan: UInt64 = 0
  private let maxBytes: Int
  /// The instant up to which events were placed. An event that arrives later but began earlier may lack its parent or its children.
  private var placedUntil = Int64.min

  init(maxBytes: Int) { self.maxBytes = maxBytes }

  /// Whether some event has not been placed yet.
  var isWaiting: Bool { events.last.map { !$0.isPlaced } ?? false }

  // MARK: Adding

  /// A complete call is handed on at once as a running one; its end later gives its parent.
  mutating func addWhole(
    _ event: ChromeEvent, _ members: ChromeMembers, _ plain: PlainAttributes, _ batch: inout RecordBatch, _ outcome: inout LineOutcome
  ) {
    lastSpan += 1
    var event = event
    event.span = lastSpan
    let duration = members.duration?.nanosOfMicros
    event.end = Timestamp.clamped(event.start.addingReportingOverflow(max(0, duration ?? 0)).partialValue)
    note(event, &outcome)
    var record = ChromeWindow.start(of: event, members, plain, &batch)
    if let duration, duration < 0 { outcome.noteNegativeDuration(&record) }
    if duration == nil, members.duration != nil { outcome.noteUnread(&record) }
    record.traceID = tracks.addID(event.track, to: &batch)
    record.spanID = batch.add(text: String(event.span))
    record.service = tracks.processName(event.track).map { batch.add(text: $0) } ?? .empty
    batch.add(record)
  }

  mutating func addBeginning(
    _ event: ChromeEvent, _ members: ChromeMembers, _ plain: PlainAttributes, _ batch: inout RecordBatch, _ outcome: inout LineOutcome
  ) {
    lastSpan += 1
    var event = event
    event.span = lastSpan
    event.name = ChromeWindow.hash(members.name)
    event.row = Int32(
      held.hold { rows in
        let record = ChromeWindow.start(of: event, members, plain, &rows)
        rows.add(record)
      })
    note(event, &outcome)
  }

  mutating func addEnd(
    _ event: ChromeEvent, _ members: ChromeMembers, _ plain: PlainAttributes, _ batch: inout RecordBatch, _ outcome: inout LineOutcome
  ) {
    var event = event
    event.kind = .end
    event.name = ChromeWindow.hash(members.name)
    if let arguments = members.arguments, arguments.count > 0 {
      event.row = Int32(
        held.hold { rows in
          var record = Record(.spanEnd, format: .openTelemetry)
          ChromeWindow.addAttributes(members, plain, to: &record, &rows)
          rows.add(record)
        })
    }
    note(event, &outcome)
  }

  mutating func addInstant(
    _ event: ChromeEvent, _ members: ChromeMembers, _ plain: PlainAttributes, _ batch: inout RecordBatch, _ outcome: inout LineOutcome
  ) {
    var event = event
    event.kind = .instant
    event.end = event.start
    event.row = Int32(
      held.hold { rows in
        var record = Record(.log, format: .openTelemetry)
        record.timeNanos = event.start
        record.message = plain.name(members.name, &rows)
        record.target = plain.text(members.category, &rows)
        ChromeWindow.addAttributes(members, plain, to: &record, &rows)
        rows.add(record)
      })
    note(event, &outcome)
  }

  private mutating func note(_ event: ChromeEvent, _ outcome: inout LineOutcome) {
    if event.start < placedUntil { outcome.unusableFields += 1 }
    events.append(event)
  }

  private static func start(of event: ChromeEvent, _ members: ChromeMembers, _ plain: PlainAttributes, _ batch: inout RecordBatch) -> Record
  {
    var record = Record(.spanStart, format: .openTelemetry)
    record.startNanos = event.start
    record.timeNanos = event.start
    record.name = plain.name(members.name, &batch)
    record.target = plain.text(members.category, &batch)
    ChromeWindow.addAttributes(members, plain, to: &record, &batch)
    return record
  }

  private static func addAttributes(_ members: ChromeMembers, _ plain: PlainAttributes, to record: inout Record, _ batch: inout RecordBatch)
  {
    record.attributeStart = UInt32(batch.attributes.count)
    plain.add(membersOf: members.arguments, to: &batch)
    if let file = members.file?.text { batch.add(attribute: "code.file.path", .string(batch.add(text: file))) }
    if let line = members.line?.integer { batch.add(attribute: "code.line.number", .integer(line)) }
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
  }

  /// FNV-1a, used only to distinguish names.
  private static func hash(_ name: ValueNode?) -> UInt64 {
    guard let text = name?.text, !text.isEmpty else { return 0 }
    return text.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  // MARK: Releasing

  mutating func releaseWhereFull(into batch: inout RecordBatch, _ outcome: inout LineOutcome) {
    guard events.count * MemoryLayout<ChromeEvent>.stride + held.byteCount > maxBytes else { return }
    release(into: &batch, &outcome)
    // Calls that never end would fill the window for ever: they stay open, but are no longer considered as parents.
    guard events.count * MemoryLayout<ChromeEvent>.stride > maxBytes / 2 else { return }
    outcome.unusableFields += 1
    events.removeAll()
    forgetIdleTracks()
  }

  /// Hands on all waiting events. Those that may still become parents of later events are kept, without their texts.
  mutating func release(into batch: inout RecordBatch, _ outcome: inout LineOutcome) {
    guard !events.isEmpty else { return }
    // By track and time; events at the same instant in order of arrival.
    let order = events.indices.sorted { left, right in
      let (a, b) = (events[left], events[right])
      return a.track != b.track ? a.track < b.track : a.start != b.start ? a.start < b.start : left < right
    }
    events = order.map { events[$0] }
    let writer = ChromeRecordWriter(tracks: tracks, held: held, offset: held.moveTexts(to: &batch))
    var remaining: [ChromeEvent] = []
    var start = 0
    let spans = spansWithTotals(&outcome)
    while start < events.count {
      let end = events[start...].firstIndex { $0.track != events[start].track } ?? events.count
      let latest = events[end - 1].start
      placedUntil = max(placedUntil, latest)
      for index in start..<end {
        if !spans.isEmpty, spans.contains(events[index].span), events[index].kind == .call {
          let process = tracks.process(events[index].track)
          writer.write(events[index], to: &batch) { totals.move(of: process, to: &$0, &$1) }
        } else {
          writer.write(events[index], to: &batch)
        }
        guard events[index].kind == .call, events[index].end > latest else { continue }
        remaining.append(events[index])
        remaining[remaining.count - 1].isPlaced = true
        remaining[remaining.count - 1].row = -1
      }
      start = end
    }
    events = remaining
    held.removeAll()
    forgetIdleTracks()
  }

  /// Calls that have not ended stay open: nothing in another document is inside of them.
  mutating func endDocument(into batch: inout RecordBatch, _ outcome: inout LineOutcome) {
    release(into: &batch, &outcome)
    dropTotals(&outcome)
    events.removeAll()
    placedUntil = .min
    tracks.endDocument()
  }

  /// Nests the events, track by track. Returns the calls that get the totals of their processes: for each the longest outermost one.
  private mutating func spansWithTotals(_ outcome: inout LineOutcome) -> Set<UInt64> {
    var longest: [ChromeLabel: ChromeEvent] = [:]
    var start = 0
    while start < events.count {
      let end = events[start...].firstIndex { $0.track != events[start].track } ?? events.count
      let orphans = ChromeNesting.resolve(&events[start..<end])
      for _ in 0..<orphans { outcome.skip(.missing(field: "a beginning", kind: "Chrome end event")) }
      if !totals.isEmpty {
        let process = tracks.process(events[start].track)
        for event in events[start..<end] where event.kind == .call && event.parent == 0 && !event.isPlaced && event.end != .max {
          if longest[process].map({ $0.end - $0.start < event.end - event.start }) ?? true { longest[process] = event }
        }
      }
      start = end
    }
    return Set(longest.values.map(\.span))
  }

  /// Drops the totals of processes without calls.
  mutating func dropTotals(_ outcome: inout LineOutcome) {
    guard !totals.isEmpty else { return }
    outcome.ignoredEvents += UInt64(totals.count)
    totals = ChromeTotals()
  }

  private mutating func forgetIdleTracks() {
    let renumbered = tracks.keep(Set(events.map(\.track)))
    for index in events.indices { events[index].track = renumbered[events[index].track] ?? 0 }
  }
}
