// Module logs: the newest ones within a memory bound of their own. They are in a ring of segments, of which the oldest is removed as a
// whole.

package import TraceRecords

/// Module logs in order of arrival.
///
/// Each segment has its own texts, so that it is freed at once, and a copy of the ring (used to answer a request) shares every segment.
package struct ModuleLogs: Sendable {
  fileprivate struct Row: Sendable, BitwiseCopyable {
    var time: Int64
    var message: TextReference
    var attributes: UInt32
    /// Numbers in the segment's text table; 0 is empty.
    var target, service, run, traceID, spanID, spanName: UInt32
    var level: SeverityLevel
  }

  fileprivate struct Segment: Sendable {
    var rows: [Row] = []
    var arena = TextArena()
    var texts = TextTable()

    /// Called when no more logs are expected: frees unused capacity and what only the writer needs.
    mutating func seal() {
      rows = rows.trimmed
      arena.seal()
      texts.seal()
    }

    var allocatedBytes: Int {
      HeapBytes.ofArray(rows.capacity * MemoryLayout<Row>.stride) + arena.allocatedBytes + texts.allocatedBytes + 160
    }
  }

  private var segments: [Segment] = []
  /// The number of the first log in the first segment.
  private var firstSerial = 1
  /// The size of all segments except the last.
  private var sealedBytes = 0
  private var latestTime: Int64 = 0
  private var counts = Counts()
  package let maxBytes: Int
  private let bounds: Bounds

  /// The limits that are applied to values.
  fileprivate struct Bounds: Sendable {
    var maxValueBytes: Int
    var redacts: Bool
  }

  /// The number of values that were cut, and of secrets that were removed.
  struct Counts: Sendable {
    var truncated = 0
    var redacted = 0
  }

  package private(set) var count = 0
  /// The number of logs that were removed for newer ones.
  package private(set) var evicted: UInt64 = 0

  init(maxBytes: Int, maxValueBytes: Int, redacts: Bool) {
    self.maxBytes = maxBytes
    bounds = Bounds(maxValueBytes: maxValueBytes, redacts: redacts)
  }

  package var allocatedBytes: Int { sealedBytes + (segments.last?.allocatedBytes ?? 0) }

  /// A segment is one sixteenth of the bound, so this much is removed at a time.
  private var segmentBytes: Int { min(512 << 10, maxBytes / 16) }

  /// - Parameter markedRun: the run for a log that names none itself: that of its source's latest session marker.
  /// - Complexity: O(bytes of the log).
  mutating func append(_ record: Record, _ attributes: UnsafeBufferPointer<Attribute>, _ batch: BatchTexts, markedRun: String?) {
    if segments.last.map({ $0.allocatedBytes >= segmentBytes }) ?? true {
      if !segments.isEmpty {
        segments[segments.count - 1].seal()
        sealedBytes = allocatedBytes
      }
      segments.append(Segment())
    }
    let last = segments.count - 1
    // A log without an instant gets the latest instant before it.
    let time = record.timeNanos == Record.unknown ? latestTime : Timestamp.clamped(record.timeNanos)
    latestTime = max(latestTime, time)
    guard let row = segments[last].row(record, time, attributes, batch, markedRun, bounds, &counts) else {
      evicted += 1
      return
    }
    segments[last].rows.append(row)
    count += 1
    while allocatedBytes > maxBytes, !segments.isEmpty { dropOldest() }
  }

  private mutating func dropOldest() {
    let oldest = segments.removeFirst()
    if !segments.isEmpty { sealedBytes -= oldest.allocatedBytes }
    firstSerial += oldest.rows.count
    count -= oldest.rows.count
    evicted += UInt64(oldest.rows.count)
  }

  /// Returns and resets the counts since the last call.
  mutating func takeCounts() -> Counts {
    defer { counts = Counts() }
    return counts
  }
}

extension ModuleLogs.Segment {
  /// Nil if the segment's arena is full.
  fileprivate mutating func row(
    _ record: Record, _ time: Int64, _ attributes: UnsafeBufferPointer<Attribute>, _ batch: BatchTexts, _ markedRun: String?,
    _ bounds: ModuleLogs.Bounds,
    _ counts: inout ModuleLogs.Counts
  ) -> ModuleLogs.Row? {
    let cleaned = bounds.redacts ? SecretScan.cleaned(batch[record.message]) : nil
    counts.redacted += cleaned?.count ?? 0
    let message =
      if let cleaned {
        cleaned.bytes.withUnsafeBytes { append($0, bounds, &counts) }
      } else {
        append(batch[record.message], bounds, &counts)
      }
    guard let message else { return nil }
    let block = attributes.isEmpty ? SpanRow.none : append(attributes, batch, bounds, &counts)
    var run = intern(batch[record.run], bounds, &counts)
    if var markedRun { run = markedRun.withUTF8 { texts.intern(UnsafeRawBufferPointer($0), in: &arena) } }
    let (target, service) = (intern(batch[record.target], bounds, &counts), intern(batch[record.service], bounds, &counts))
    let (traceID, spanID) = (intern(batch[record.traceID], bounds, &counts), intern(batch[record.spanID], bounds, &counts))
    return ModuleLogs.Row(
      time: time, message: message, attributes: block, target: target, service: service, run: run, traceID: traceID, spanID: spanID,
      spanName: intern(batch[record.name], bounds, &counts), level: record.level)
  }

  /// The number of a name or id. Only texts that are new to the segment are searched for secrets.
  private mutating func intern(_ text: UnsafeRawBufferPointer, _ bounds: ModuleLogs.Bounds, _ counts: inout ModuleLogs.Counts) -> UInt32 {
    if let known = texts.find(text, in: arena) { return known }
    guard bounds.redacts, let cleaned = SecretScan.cleaned(text) else { return texts.append(text, in: &arena) }
    counts.redacted += cleaned.count
    return cleaned.bytes.withUnsafeBytes { texts.intern($0, in: &arena) }
  }

  private mutating func append(_ message: UnsafeRawBufferPointer, _ bounds: ModuleLogs.Bounds, _ counts: inout ModuleLogs.Counts)
    -> TextReference?
  {
    guard message.count > bounds.maxValueBytes else { return arena.append(message) }
    counts.truncated += 1
    return cutText(message, to: bounds.maxValueBytes).withUnsafeBytes { arena.append($0) }
  }

  private mutating func append(
    _ attributes: UnsafeBufferPointer<Attribute>, _ batch: BatchTexts, _ bounds: ModuleLogs.Bounds, _ counts: inout ModuleLogs.Counts
  ) -> UInt32 {
    let cleaned = attributes.map { bounds.redacts ? $0.cleaned(batch) : nil }
    var most = AttributeBlockWriter.overhead
    for (attribute, text) in zip(attributes, cleaned) {
      most += AttributeBlockWriter.overhead + min(text?.bytes.count ?? attribute.value.textCount, bounds.maxValueBytes)
    }
    return withUnsafeTemporaryAllocation(byteCount: most, alignment: 1) { memory in
      var writer = AttributeBlockWriter(into: memory, previous: SpanRow.none, maxValueBytes: bounds.maxValueBytes)
      for (attribute, text) in zip(attributes, cleaned) {
        let key = intern(batch[attribute.key], bounds, &counts)
        guard let text else {
          writer.append(key: key, value: attribute.value, texts: batch)
          continue
        }
        counts.redacted += text.count
        text.bytes.withUnsafeBytes { writer.append(key: key, text: $0, isJSON: text.isJSON) }
      }
      counts.truncated += writer.truncated
      return arena.append(writer.written)?.rawValue ?? SpanRow.none
    }
  }
}

/// One module log as used by answers: a position in the ring, read on demand.
package struct ModuleLog: Sendable {
  private let logs: ModuleLogs
  private let segment: Int
  private let index: Int
  package let timeUnixNano: Int64
  package let level: SeverityLevel
  /// The order of arrival: larger means later.
  package let serial: Int

  fileprivate init(_ logs: ModuleLogs, segment: Int, index: Int, serial: Int) {
    (self.logs, self.segment, self.index, self.serial) = (logs, segment, index, serial)
    timeUnixNano = logs.time(segment, index)
    level = logs.level(segment, index)
  }

  package var message: String { logs.message(segment, index) }
  package var target: String? { logs.text(segment, index, .target) }
  package var service: String? { logs.text(segment, index, .service) }
  package var run: String? { logs.text(segment, index, .run) }
  /// The trace of the span in which it was written, if the program gave it.
  package var traceID: String? { logs.text(segment, index, .traceID) }
  package var spanID: String? { logs.text(segment, index, .spanID) }
  package var spanName: String? { logs.text(segment, index, .spanName) }
  package var attributes: [DistilledAttribute] { logs.attributes(segment, index) }
}

extension ModuleLogs {
  fileprivate enum Field { case target, service, run, traceID, spanID, spanName }

  /// Calls the body with every log in order of arrival, until it returns false.
  package func visitAll(_ body: (ModuleLog) -> Bool) {
    var serial = firstSerial
    for segment in segments.indices {
      for index in segments[segment].rows.indices {
        guard body(ModuleLog(self, segment: segment, index: index, serial: serial)) else { return }
        serial += 1
      }
    }
  }

  fileprivate func time(_ segment: Int, _ index: Int) -> Int64 { segments[segment].rows[index].time }
  fileprivate func level(_ segment: Int, _ index: Int) -> SeverityLevel { segments[segment].rows[index].level }
  fileprivate func message(_ segment: Int, _ index: Int) -> String {
    segments[segment].arena.string(segments[segment].rows[index].message)
  }

  fileprivate func text(_ segment: Int, _ index: Int, _ field: Field) -> String? {
    let row = segments[segment].rows[index]
    let number =
      switch field {
      case .target: row.target
      case .service: row.service
      case .run: row.run
      case .traceID: row.traceID
      case .spanID: row.spanID
      case .spanName: row.spanName
      }
    return segments[segment].texts.reference(number).map { segments[segment].arena.string($0) }
  }

  fileprivate func attributes(_ segment: Int, _ index: Int) -> [DistilledAttribute] {
    AttributeReader(arena: segments[segment].arena, texts: segments[segment].texts).attributes(segments[segment].rows[index].attributes)
  }
}
