// The spans of one trace while records arrive: what a record changes, and the sums that a list needs at once.

package import TraceRecords

/// One trace: rows, their texts, and running counts. A value: a copy is a snapshot that shares pages with the original.
///
/// A span that is only spoken of (as a parent, by a log, by an end) has a row from the first mention on, so that the order of records
/// does not matter and a parent is always a row number.
package struct TraceStorage: Sendable {
  package internal(set) var spans = PagedArray<SpanRow>()
  package internal(set) var events = PagedArray<EventRow>()
  package internal(set) var arena = TextArena()
  package internal(set) var texts = TextTable()
  /// Id to row. Dropped when the trace is sealed and made anew when a late record needs it; snapshots go without.
  var index = HashIndex()
  var isIndexed = true
  var lastSpanRow: Int?
  var lastParentRow: Int?

  /// Spans that a record told of; rows that are only spoken of do not count.
  package internal(set) var spanCount = 0
  package private(set) var openCount = 0
  /// Rows that are some span's parent and were never told of themselves.
  package internal(set) var missingParentCount = 0
  package internal(set) var failedCount = 0
  /// Rows that logged an ERROR and that no record told of.
  package internal(set) var unseenFailedCount = 0
  /// Spans that failed, whether or not they were told of.
  package var errorSpanCount: Int { failedCount + unseenFailedCount }
  package private(set) var warningCount = 0
  /// Spans of which only logs and children are known; a record that tells a start or an end makes one a span like others.
  package internal(set) var logsOnlyCount = 0
  /// Some record fitted another span as well.
  package private(set) var isApproximate = false
  package internal(set) var trueRoots: [UInt32] = []
  package private(set) var minTime = Int64.max
  /// The largest instant of any record: how far open spans are known to have run.
  package private(set) var maxTime = Int64.min
  package private(set) var truncatedValues = 0
  /// Secrets that were taken out of names, values and messages on the way in.
  package private(set) var redactedValues = 0
  /// Spans that were folded away to keep memory bounded; their statistics remain.
  package internal(set) var collapsedSpans = 0
  /// The host of each service, where it told one; `severalHosts` where it told more.
  var hosts: [UInt32: UInt32] = [:]
  static let severalHosts = UInt32.max
  package internal(set) var folds: [UInt32: FoldedSpans] = [:]

  private let maxValueBytes: Int
  private let redacts: Bool
  private var keyVerdicts = KeyVerdicts()

  package init(maxValueBytes: Int, redacts: Bool = true) {
    self.maxValueBytes = maxValueBytes
    self.redacts = redacts
  }

  /// Bytes that this trace keeps allocated, beyond its own value.
  package var allocatedBytes: Int {
    spans.allocatedBytes + events.allocatedBytes + arena.allocatedBytes + texts.allocatedBytes + index.allocatedBytes
      + trueRoots.capacity * 4 + folds.count * 96 + hosts.capacity * 16 + keyVerdicts.allocatedBytes
  }

  /// Whether some record told of a root's start: the sign by which a recycled id is known.
  package var hasStartedRoot: Bool { trueRoots.contains { spans[Int($0)].flags.contains(.started) } }

  /// A true root ended, nothing is open, no parent is missing. Quiet is the store's to judge.
  /// After a collapse a missing parent may be a span that was folded: waiting for it would be in vain.
  package var isStructurallyComplete: Bool {
    openCount == 0 && (missingParentCount == 0 || collapsedSpans > 0) && trueRoots.contains { spans[Int($0)].flags.contains(.ended) }
  }

  // MARK: Applying records

  package mutating func apply(_ record: Record, attributes: ArraySlice<Attribute>, texts batch: BatchTexts) {
    var record = record
    record.timeNanos = Timestamp.clamped(record.timeNanos)
    record.startNanos = Timestamp.clamped(record.startNanos)
    touch(record.timeNanos)
    touch(record.startNanos)
    // Decoders give every start its instant; records from elsewhere may not.
    if record.startNanos == Record.unknown { record.startNanos = record.timeNanos != Record.unknown ? record.timeNanos : latestTime }
    guard let row = row(of: batch[record.spanID]) else { return }
    if record.doubts.contains(.approximate) { isApproximate = true }
    if record.kind != .log, spans[row].flags.contains(.logsOnly) {
      guard !record.doubts.contains(.logsOnly) else { return }
      undefine(row)
    }
    switch record.kind {
    case .spanStart: start(row, record, attributes, batch)
    case .spanEnd: end(row, record, attributes, batch)
    case .span:
      if spans[row].isDefined {
        spans[row].flags.insert(.duplicate)
      } else {
        start(row, record, attributes, batch)
        finish(row, end: saturatingSum(record.startNanos, record.durationNanos))
      }
    case .log: log(row, record, attributes, batch)
    case .moduleLog, .session, .gap: break
    }
    stretch(row, record)
    refreshFailure(row)
  }

  private mutating func touch(_ time: Int64) {
    guard time != Record.unknown else { return }
    if time < minTime { minTime = time }
    if time > maxTime { maxTime = time }
  }

  /// For records without an instant: as late as anything that is known.
  private var latestTime: Int64 { maxTime == .min ? 0 : maxTime }

  private mutating func start(_ row: Int, _ record: Record, _ attributes: ArraySlice<Attribute>, _ batch: BatchTexts) {
    guard !spans[row].flags.contains(.started) else {
      spans[row].flags.insert(.duplicate)
      return
    }
    let endedBefore = spans[row].flags.contains(.ended)
    define(row)
    spans[row].flags.insert(.started)
    if endedBefore {
      startAfterEnd(row, record.startNanos)
    } else {
      spans[row].start = record.startNanos
      openCount += 1
    }
    describe(row, record, attributes, batch)
    setParent(row, record, batch)
  }

  /// The end came first and guessed its start. Now that the start is known, what the end told means what it would have meant in order.
  private mutating func startAfterEnd(_ row: Int, _ start: Int64) {
    let (guessedStart, toldEnd) = (spans[row].start, spans[row].end)
    spans[row].start = start
    if spans[row].flags.contains(.toldDuration) {
      spans[row].end = saturatingSum(start, toldEnd - guessedStart)
      let isComparable = spans[row].flags.contains(.toldEnd) && !spans[row].flags.contains(.negativeDuration)
      if isComparable, distance(spans[row].end, toldEnd) > 1_000_000 { spans[row].flags.insert(.durationMismatch) }
    } else {
      if toldEnd < start { spans[row].flags.insert(.negativeDuration) }
      spans[row].end = max(start, toldEnd)
    }
    touch(spans[row].end)
  }

  private mutating func end(_ row: Int, _ record: Record, _ attributes: ArraySlice<Attribute>, _ batch: BatchTexts) {
    guard !spans[row].flags.contains(.ended) else {
      spans[row].flags.insert(.duplicateEnd)
      return
    }
    let hasDuration = record.durationNanos != Record.unknown
    if spans[row].flags.contains(.started) {
      let byDuration = saturatingSum(spans[row].start, record.durationNanos)
      if hasDuration, record.timeNanos != Record.unknown, distance(byDuration, record.timeNanos) > 1_000_000 {
        spans[row].flags.insert(.durationMismatch)
      }
      describe(row, record, attributes, batch)
      finish(row, end: hasDuration ? byDuration : record.timeNanos)
    } else {
      define(row)
      let hasTime = record.timeNanos != Record.unknown
      let end = hasTime ? record.timeNanos : latestTime
      spans[row].start = hasDuration ? saturatingSum(end, -max(0, record.durationNanos)) : end
      if hasTime { touch(spans[row].start) }
      spans[row].end = end
      spans[row].flags.insert(.ended)
      if hasDuration { spans[row].flags.insert(.toldDuration) }
      if hasTime { spans[row].flags.insert(.toldEnd) }
      if hasDuration, record.durationNanos < 0 { spans[row].flags.insert(.negativeDuration) }
      describe(row, record, attributes, batch)
    }
    if spans[row].parent == SpanRow.none, !spans[row].flags.contains(.isRoot) { setParent(row, record, batch) }
  }

  private mutating func finish(_ row: Int, end: Int64) {
    let start = spans[row].start
    if end < start { spans[row].flags.insert(.negativeDuration) }
    spans[row].end = max(start, end)
    spans[row].flags.insert(.ended)
    touch(spans[row].end)
    openCount -= 1
  }

  private mutating func log(_ row: Int, _ record: Record, _ attributes: ArraySlice<Attribute>, _ batch: BatchTexts) {
    let message: TextReference?
    if redacts, let cleaned = SecretScan.cleaned(batch[record.message]) {
      redactedValues += cleaned.count
      message = cleaned.bytes.withUnsafeBytes { keep(message: $0) }
    } else {
      message = keep(message: batch[record.message])
    }
    guard let message else { return }
    if !record.doubts.isEmpty { spans[row].flags.formUnion(SpanFlags(record.doubts)) }
    let event = EventRow(
      time: record.timeNanos != Record.unknown ? record.timeNanos : latestTime, span: UInt32(row), previous: spans[row].lastEvent,
      message: message, attributes: block(attributes, previous: SpanRow.none, batch),
      target: intern(batch[record.target]), level: record.level)
    spans[row].lastEvent = UInt32(events.count)
    events.append(event)
    switch record.level {
    case .error:
      if !spans[row].isDefined, !spans[row].flags.contains(.hasErrorLog) { unseenFailedCount += 1 }
      spans[row].flags.insert(.hasErrorLog)
    case .warn:
      spans[row].flags.insert(.hasWarning)
      warningCount += 1
    default: break
    }
  }

  private mutating func keep(message text: UnsafeRawBufferPointer) -> TextReference? {
    guard text.count > maxValueBytes else { return arena.append(text) }
    truncatedValues += 1
    return cutText(text, to: maxValueBytes).withUnsafeBytes { arena.append($0) }
  }

  /// The number of a name, key, target or service. Only a text that is new is searched for secrets: what is known was clean, or is a mark.
  private mutating func intern(_ text: UnsafeRawBufferPointer) -> UInt32 {
    if let known = texts.find(text, in: arena) { return known }
    guard redacts, let cleaned = SecretScan.cleaned(text) else { return texts.append(text, in: &arena) }
    redactedValues += cleaned.count
    return cleaned.bytes.withUnsafeBytes { texts.intern($0, in: &arena) }
  }

  /// The row becomes a told-of span.
  private mutating func define(_ row: Int) {
    guard !spans[row].isDefined else { return }
    spanCount += 1
    if spans[row].flags.contains(.hasChild) { missingParentCount -= 1 }
    if spans[row].flags.contains(.hasErrorLog) { unseenFailedCount -= 1 }
  }

  private mutating func describe(_ row: Int, _ record: Record, _ attributes: ArraySlice<Attribute>, _ batch: BatchTexts) {
    if spans[row].name == 0 { spans[row].name = intern(batch[record.name]) }
    if spans[row].target == 0 { spans[row].target = intern(batch[record.target]) }
    if spans[row].service == 0 { spans[row].service = intern(batch[record.service]) }
    if !record.host.isEmpty { noteHost(of: spans[row].service, intern(batch[record.host])) }
    if record.status != .unset { spans[row].status = record.status }
    if record.spanKind != .unspecified { spans[row].kind = record.spanKind }
    if record.followsFrom { spans[row].flags.insert(.followsFrom) }
    if !record.doubts.isEmpty {
      if record.doubts.contains(.logsOnly) { logsOnlyCount += 1 }
      spans[row].flags.formUnion(SpanFlags(record.doubts))
    }
    spans[row].attributes = block(attributes, previous: spans[row].attributes, batch, statusMessage: batch[record.message])
  }

  /// Writes attributes as a block of the arena; the reference of the previous block where there are none.
  private mutating func block(
    _ attributes: ArraySlice<Attribute>, previous: UInt32, _ batch: BatchTexts,
    statusMessage: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
  ) -> UInt32 {
    guard !attributes.isEmpty || !statusMessage.isEmpty else { return previous }
    // What had to be rewritten, by the attribute's place; the status message stands behind the last.
    var cleaned: [(place: Int, text: CleanedText)] = []
    let status = redacts ? SecretScan.cleaned(statusMessage) : nil
    var most = 2 * AttributeBlockWriter.overhead + min(status?.bytes.count ?? statusMessage.count, maxValueBytes)
    for place in attributes.indices {
      most += AttributeBlockWriter.overhead
      switch attributes[place].value {
      case .string(let range): most += min(scan(range, place, isJSON: false), maxValueBytes)
      case .json(let range): most += min(scan(range, place, isJSON: true), maxValueBytes)
      case .integer, .double, .bool: break
      }
    }
    func scan(_ range: TextRange, _ place: Int, isJSON: Bool) -> Int {
      guard redacts, let text = SecretScan.cleaned(batch[range], key: batch[attributes[place].key], isJSON: isJSON) else {
        return Int(range.count)
      }
      cleaned.append((place, text))
      return text.bytes.count
    }
    return withUnsafeTemporaryAllocation(byteCount: most, alignment: 1) { memory in
      var writer = AttributeBlockWriter(into: memory, previous: previous, maxValueBytes: maxValueBytes)
      var nextCleaned = 0
      for place in attributes.indices {
        let attribute = attributes[place]
        let key = intern(batch[attribute.key])
        let isCleaned = nextCleaned < cleaned.count && cleaned[nextCleaned].place == place
        if isCleaned { nextCleaned += 1 }
        if redacts, case .secret(let reason) = keyVerdicts.verdict(key, batch[attribute.key]), reason.covers(attribute.value, batch) {
          redactedValues += 1
          writer.append(key: key, text: reason.markBytes)
        } else if isCleaned {
          let text = cleaned[nextCleaned - 1].text
          redactedValues += text.count
          text.bytes.withUnsafeBytes { writer.append(key: key, text: $0, isJSON: attribute.value.isJSON) }
        } else {
          writer.append(key: key, value: attribute.value, texts: batch)
        }
      }
      if !statusMessage.isEmpty {
        let name = TraceStorage.statusMessageKey
        let nameBytes = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        let key = texts.intern(nameBytes, in: &arena)
        if let status {
          redactedValues += status.count
          status.bytes.withUnsafeBytes { writer.append(key: key, text: $0) }
        } else {
          writer.append(key: key, text: statusMessage)
        }
      }
      truncatedValues += writer.truncated
      return arena.append(writer.written).map(\.rawValue) ?? previous
    }
  }

  /// OpenTelemetry's name for a status message in formats that have no field for it.
  static let statusMessageKey: StaticString = "otel.status_description"

  private mutating func setParent(_ row: Int, _ record: Record, _ batch: BatchTexts) {
    switch record.parent {
    case .unstated: spans[row].flags.insert(.parentUnstated)
    case .root: makeRoot(row)
    case .span:
      guard let parent = self.row(ofParent: batch[record.parentID]) else { return spans[row].flags.formUnion(.parentUnstated) }
      if parent == row {
        spans[row].flags.insert(.selfParent)
        return makeRoot(row)
      }
      spans[row].parent = UInt32(parent)
      spans[row].flags.remove(.parentUnstated)
      if !spans[parent].flags.contains(.hasChild) {
        spans[parent].flags.insert(.hasChild)
        if !spans[parent].isDefined { missingParentCount += 1 }
      }
    }
  }

  private mutating func makeRoot(_ row: Int) {
    // A start and an end may both say so.
    guard !spans[row].flags.contains(.isRoot) else { return }
    spans[row].flags.insert(.isRoot)
    spans[row].flags.remove(.parentUnstated)
    trueRoots.append(UInt32(row))
  }

  /// A told-of span failed if its status is error or it logged an error.
  private mutating func refreshFailure(_ row: Int) {
    let span = spans[row]
    guard !span.flags.contains(.failed), span.isDefined, span.status == .error || span.flags.contains(.hasErrorLog) else { return }
    spans[row].flags.insert(.failed)
    failedCount += 1
  }

  private func saturatingSum(_ time: Int64, _ duration: Int64) -> Int64 {
    guard duration != Record.unknown else { return time }
    return Timestamp.clamped(max(time.addingSaturated(duration), Int64.min + 1))
  }

  private func distance(_ left: Int64, _ right: Int64) -> Int64 { abs(left - right) }

  /// No more is expected: slack and the index are given back. A late record makes the index anew.
  package mutating func seal() {
    index = HashIndex()
    isIndexed = false
    lastSpanRow = nil
    lastParentRow = nil
    spans.seal()
    events.seal()
    arena.seal()
  }

  /// A copy for readers: without the index, which only the writer needs.
  package var snapshot: TraceStorage {
    var copy = self
    copy.index = HashIndex()
    copy.isIndexed = false
    copy.lastSpanRow = nil
    copy.lastParentRow = nil
    return copy
  }
}
