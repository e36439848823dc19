// Applies a record to its trace. The row of a span is read once, changed, and written back once.

import TraceRecords

extension TraceStorage {
  /// The values of a record with its instants clamped to the limits. A start always has an instant.
  private struct Arrival {
    let attributes: UnsafeBufferPointer<Attribute>
    let texts: BatchTexts
    let row: Int
    let time: Int64
    let start: Int64
  }

  /// Applies consecutive records of the same trace.
  /// - Parameter attributes: the attributes of their batch.
  mutating func apply(_ records: UnsafeBufferPointer<Record>, _ attributes: UnsafeBufferPointer<Attribute>, _ texts: BatchTexts) {
    // By index: a `for` loop over the records themselves would copy each one.
    for index in records.indices {
      let (start, count) = (Int(records[index].attributeStart), Int(records[index].attributeCount))
      precondition(start + count <= attributes.count, "a record of \(count) attributes from \(start) on has \(attributes.count)")
      apply(records[index], attributes: UnsafeBufferPointer(rebasing: attributes[start..<start + count]), texts: texts)
    }
  }

  /// - Complexity: O(1) on average, plus the bytes of the record.
  private mutating func apply(_ record: Record, attributes: UnsafeBufferPointer<Attribute>, texts: BatchTexts) {
    let time = Timestamp.clamped(record.timeNanos)
    var start = Timestamp.clamped(record.startNanos)
    touch(time)
    touch(start)
    // Our decoders give every start its instant; records from elsewhere may lack it.
    if start == Record.unknown { start = time != Record.unknown ? time : latestTime }
    guard var row = row(of: texts[record.spanID]) else { return }
    var span = spans[row]
    // Both sides of a call may use the same id.
    if span.isDefined, case .openTelemetry = record.format {
      row = half(row, record, texts)
      span = spans[row]
    }
    if record.isPartial { isPartial = true }
    let arrival = Arrival(attributes: attributes, texts: texts, row: row, time: time, start: start)
    if record.diagnostics.rawValue != 0, record.diagnostics.contains(.approximate) { isApproximate = true }
    if span.flags.contains(.logsOnly), record.kind != .log {
      guard !record.diagnostics.contains(.logsOnly) else { return }
      undefine(&span, row)
    }
    switch record.kind {
    case .spanStart: self.start(&span, record, arrival)
    case .spanEnd: end(&span, record, arrival)
    case .span:
      if span.isDefined {
        span.flags.insert(.duplicate)
      } else {
        self.start(&span, record, arrival)
        finish(&span, end: saturatingSum(start, record.durationNanos))
      }
    case .log: log(&span, record, arrival)
    case .moduleLog, .session, .gap, .process: break
    }
    if span.flags.contains(.pruned) { settle(group: &span, row) }
    // A reported span counts as failed if its status is error or it logged an error.
    if !span.flags.contains(.failed), span.isDefined, span.hasErrorStatus || span.flags.contains(.hasErrorLog) {
      span.flags.insert(.failed)
      failedCount += span.flags.contains(.pruned) ? folds[UInt32(row)]?.count ?? 1 : 1
      if hasPlaces { places.count(failures: 1, ofRow: arrival.row) }
    }
    spans[row] = span
    if logsOnlyCount > 0 { stretch(row, record) }
    if !halves.isEmpty { halves.isSettled = false }
  }

  @inline(__always)
  private mutating func touch(_ time: Int64) {
    // An instant outside of the range was clamped to its edge, and is not an instant of the trace.
    guard time != Record.unknown, time < Timestamp.limit else { return }
    if time < minTime { minTime = time }
    if time > maxTime { maxTime = time }
  }

  /// Used for records without an instant: the latest known instant.
  private var latestTime: Int64 { maxTime == .min ? 0 : maxTime }

  private mutating func start(_ span: inout SpanRow, _ record: Record, _ arrival: Arrival) {
    guard !span.flags.contains(.started) else {
      span.flags.insert(.duplicate)
      return
    }
    let endedBefore = span.flags.contains(.ended)
    define(span)
    span.flags.insert(.started)
    if endedBefore {
      startAfterEnd(&span, arrival.start)
    } else {
      span.start = arrival.start
      openCount += 1
    }
    describe(&span, record, arrival)
    setParent(&span, record, arrival)
  }

  /// The end arrived first and its start was guessed. Now that the start is known, the end is interpreted as if both had arrived in order.
  private mutating func startAfterEnd(_ span: inout SpanRow, _ start: Int64) {
    let (guessedStart, toldEnd) = (span.start, span.end)
    span.start = start
    if span.flags.contains(.toldDuration) {
      span.end = saturatingSum(start, toldEnd - guessedStart)
      let isComparable = span.flags.contains(.toldEnd) && !span.flags.contains(.negativeDuration)
      if isComparable, distance(span.end, toldEnd) > 1_000_000 { span.flags.insert(.durationMismatch) }
    } else {
      if toldEnd < start { span.flags.insert(.negativeDuration) }
      span.end = max(start, toldEnd)
    }
    touch(span.end)
  }

  private mutating func end(_ span: inout SpanRow, _ record: Record, _ arrival: Arrival) {
    guard !span.flags.contains(.ended) else {
      span.flags.insert(.duplicateEnd)
      return
    }
    let duration = record.durationNanos
    let (hasDuration, hasTime) = (duration != Record.unknown, arrival.time != Record.unknown)
    if span.flags.contains(.started) {
      let byDuration = saturatingSum(span.start, duration)
      if hasDuration, hasTime, distance(byDuration, arrival.time) > 1_000_000 { span.flags.insert(.durationMismatch) }
      describe(&span, record, arrival)
      finish(&span, end: hasDuration ? byDuration : arrival.time)
    } else {
      define(span)
      let end = hasTime ? arrival.time : latestTime
      span.start = hasDuration ? saturatingSum(end, -max(0, duration)) : end
      if hasTime { touch(span.start) }
      span.end = end
      span.flags.insert(.ended)
      if hasDuration { span.flags.insert(.toldDuration) }
      if hasTime { span.flags.insert(.toldEnd) }
      if hasDuration, duration < 0 { span.flags.insert(.negativeDuration) }
      describe(&span, record, arrival)
    }
    if span.parent == SpanRow.none, !span.flags.contains(.isRoot) { setParent(&span, record, arrival) }
  }

  /// An end outside of the range of instants is ignored: the span gets a diagnostic instead of a duration of ninety years.
  private func read(end: Int64, of span: inout SpanRow) -> Int64 {
    guard end >= Timestamp.limit, span.start < Timestamp.limit else { return end }
    span.flags.insert(.unreadField)
    return span.start
  }

  private mutating func finish(_ span: inout SpanRow, end told: Int64) {
    let end = read(end: told, of: &span)
    if end < span.start { span.flags.insert(.negativeDuration) }
    span.end = max(span.start, end)
    span.flags.insert(.ended)
    touch(span.end)
    openCount -= 1
  }

  private mutating func log(_ span: inout SpanRow, _ record: Record, _ arrival: Arrival) {
    let texts = arrival.texts
    let message: TextReference?
    if redacts, let cleaned = SecretScan.cleaned(texts[record.message]) {
      redactedValues += cleaned.count
      message = cleaned.bytes.withUnsafeBytes { keep(message: $0) }
    } else {
      message = keep(message: texts[record.message])
    }
    guard let message else { return }
    if record.diagnostics.rawValue != 0 { span.flags.formUnion(SpanFlags(record.diagnostics)) }
    let event = EventRow(
      time: arrival.time != Record.unknown ? arrival.time : latestTime, span: UInt32(arrival.row), previous: span.lastEvent,
      message: message, attributes: block(arrival.attributes, previous: SpanRow.none, texts),
      target: intern(texts[record.target]), level: record.level)
    span.lastEvent = UInt32(events.count)
    events.append(event)
    switch record.level {
    case .error:
      if !span.isDefined, !span.flags.contains(.hasErrorLog) { unseenFailedCount += 1 }
      span.flags.insert(.hasErrorLog)
    case .warn:
      span.flags.insert(.hasWarning)
      warningCount += 1
    default: break
    }
  }

  private mutating func keep(message text: UnsafeRawBufferPointer) -> TextReference? {
    guard text.count > maxValueBytes else { return arena.append(text) }
    truncatedValues += 1
    return cutText(text, to: maxValueBytes).withUnsafeBytes { arena.append($0) }
  }

  /// The row becomes a reported span.
  private mutating func define(_ span: SpanRow) {
    guard !span.isDefined else { return }
    spanCount += 1
    if span.flags.contains(.hasChild) { missingParentCount -= 1 }
    if span.flags.contains(.hasErrorLog) { unseenFailedCount -= 1 }
  }

  private mutating func describe(_ span: inout SpanRow, _ record: Record, _ arrival: Arrival) {
    let texts = arrival.texts
    if span.name == 0 { span.name = intern(name: texts[record.name]) }
    if span.target == 0 { span.target = intern(texts[record.target]) }
    if span.service == 0, !record.service.isEmpty { span.service = intern(texts[record.service]) }
    if !record.host.isEmpty { noteHost(of: span.service, intern(texts[record.host])) }
    // Patterns instead of `!=`, which would call into the module of the record for each one.
    if case .unset = record.status {} else { span.status = record.status }
    if case .unspecified = record.spanKind {} else { span.kind = record.spanKind }
    if record.followsFrom { span.flags.insert(.followsFrom) }
    if record.diagnostics.rawValue != 0 {
      if record.diagnostics.contains(.logsOnly) { logsOnlyCount += 1 }
      span.flags.formUnion(SpanFlags(record.diagnostics))
    }
    if !arrival.attributes.isEmpty || !record.message.isEmpty {
      codeAttributes = CodeAttributes()
      span.attributes = block(arrival.attributes, previous: span.attributes, texts, statusMessage: texts[record.message])
      if mayHoldGroups { group(&span, arrival.row, arrival.attributes, texts) }
      if codeAttributes.file >= 0 { locate(arrival.row, isFailed: span.flags.contains(.failed), arrival.attributes, texts) }
    }
  }

  private mutating func setParent(_ span: inout SpanRow, _ record: Record, _ arrival: Arrival) {
    if !halves.isEmpty, let caller = halves.callers[UInt32(arrival.row)] { return link(&span, to: Int(caller)) }
    switch record.parent {
    case .unstated: span.flags.insert(.parentUnstated)
    case .root: makeRoot(&span, arrival.row)
    case .span:
      guard let parent = row(ofParent: arrival.texts[record.parentID]) else { return span.flags.formUnion(.parentUnstated) }
      if parent == arrival.row {
        span.flags.insert(.selfParent)
        return makeRoot(&span, arrival.row)
      }
      link(&span, to: parent)
    }
  }

  private mutating func link(_ span: inout SpanRow, to parent: Int) {
    span.parent = UInt32(parent)
    span.flags.remove(.parentUnstated)
    var above = spans[parent]
    if !above.flags.contains(.hasChild) {
      above.flags.insert(.hasChild)
      spans[parent] = above
      if !above.isDefined { missingParentCount += 1 }
    }
  }

  private mutating func makeRoot(_ span: inout SpanRow, _ row: Int) {
    // Both the start and the end may say so.
    guard !span.flags.contains(.isRoot) else { return }
    span.flags.insert(.isRoot)
    span.flags.remove(.parentUnstated)
    trueRoots.append(UInt32(row))
  }

  private func saturatingSum(_ time: Int64, _ duration: Int64) -> Int64 {
    guard duration != Record.unknown else { return time }
    return Timestamp.clamped(max(time.addingSaturated(duration), Int64.min + 1))
  }

  private func distance(_ left: Int64, _ right: Int64) -> Int64 { abs(left - right) }
}
