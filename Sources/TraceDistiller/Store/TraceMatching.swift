// Which trace a record belongs to: by its id, the run that tells of it, and whether the id was given anew.

import TraceRecords

extension TraceDistillerStore {
  /// A trace id of 32 bytes, as random ones are, to compare at once.
  struct WideID: Sendable, Equatable {
    private let words: SIMD4<UInt64>

    @inline(__always)
    init?(_ text: UnsafeRawBufferPointer) {
      guard text.count == 32 else { return nil }
      words = text.loadUnaligned(as: SIMD4<UInt64>.self)
    }

    @inline(__always)
    func isSame(_ text: UnsafeRawBufferPointer) -> Bool { text.count == 32 && text.loadUnaligned(as: SIMD4<UInt64>.self) == words }
  }

  /// The trace of the latest record, and what a record has to say to go on with it.
  struct Latest: Sendable {
    /// -1 where that trace is gone.
    var slot = -1
    var idRow = -1
    var id: WideID?
    var run = RunTable.none
    var hasOwnRun = false
    var source = SourceID(0)
    /// Whether its run was that of its source's latest marker, as of that many markers.
    var isOfLatestRun = false
    var markers = 0
  }

  /// The trace that a record belongs to, made where it begins one; nil where the trace is gone for good.
  mutating func slot(for record: Record, _ texts: BatchTexts, _ source: SourceID, _ now: Int64) -> Int? {
    if continuesLatest(record, texts, source) { return latest.slot }
    let id = texts[record.traceID]
    let beginsRoot = beginsRoot(record)
    let row = idRow(id)
    let hasOwnRun = !record.run.isEmpty
    let run = hasOwnRun ? runs.run(named: texts[record.run]) : runs.latestRun(of: source)
    var found = match(row, id, record, run: run, source: source, isExact: beginsRoot)
    if let slot = found, isRecycled(slot, record, beginsRoot: beginsRoot) {
      if slots[slot]!.state == .running || slots[slot]!.state == .settling {
        end(slot, as: slots[slot]!.storage.isStructurallyComplete ? .completed : .abandoned)
      }
      found = nil
    } else if found == nil, !beginsRoot, knownIDs[row].slots.isEmpty, knownIDs[row].generations > 0 {
      // The id is known but nothing of it is left: a late record must not bring back a stump.
      statistics.lateRecords += 1
      return nil
    }
    let slot = found ?? begin(row, run: run, hasOwnRun: hasOwnRun, source: source, now: now)
    // Ids that never recycle say themselves whose they are: the services of one trace need not all tell their run.
    if !hasOwnRun, record.format.recyclesIDs, slots[slot]!.run != run || (found == nil && runs.isAmbiguous(on: source)) {
      slots[slot]!.isRunAmbiguous = true
      statistics.ambiguousRecords += 1
    }
    if hasOwnRun, slots[slot]!.run != run { join(run, to: slot) }
    latest = Latest(
      slot: slot, idRow: row, id: WideID(id), run: slots[slot]!.run,
      hasOwnRun: slots[slot]!.hasOwnRun, source: slots[slot]!.source,
      isOfLatestRun: slots[slot]!.run == runs.latestRun(of: slots[slot]!.source), markers: runs.markers)
    return slot
  }

  /// Whether a record belongs to the trace of the one before it without any doubt: a stream mostly speaks of the trace that it spoke of before.
  @inline(__always)
  func continuesLatest(_ record: Record, _ texts: BatchTexts, _ source: SourceID) -> Bool {
    !beginsRoot(record) && !isSpanLine(record) && isLatest(texts[record.traceID], record, texts, source)
  }

  /// Whether a record with a recycling id begins a trace. Patterns rather than `==`, which calls into the module of the record.
  @inline(__always)
  private func beginsRoot(_ record: Record) -> Bool {
    guard case .root = record.parent, record.format.recyclesIDs else { return false }
    switch record.kind {
    case .spanStart, .span: return true
    case .spanEnd, .log, .moduleLog, .session, .gap: return false
    }
  }

  private func isSpanLine(_ record: Record) -> Bool { if case .nativeSpanLine = record.format { true } else { false } }

  /// A further run tells of the trace.
  private mutating func join(_ run: Int, to slot: Int) {
    guard run != RunTable.none, slots[slot]!.otherRuns.count < Slot.maxRuns - 1, !slots[slot]!.otherRuns.contains(run) else { return }
    slots[slot]!.otherRuns.append(run)
    runs.traceKept(run)
  }

  /// Whether a record continues the trace of the record before it.
  private func isLatest(_ id: UnsafeRawBufferPointer, _ record: Record, _ texts: BatchTexts, _ source: SourceID) -> Bool {
    guard latest.slot >= 0, latest.source == source else { return false }
    // A further generation of the id would be the latest itself.
    guard latest.id.map({ $0.isSame(id) }) ?? idTable.holds(id, at: latest.idRow) else { return false }
    if latest.hasOwnRun { return !record.run.isEmpty && runs.isNamed(latest.run, texts[record.run]) }
    return record.run.isEmpty && (latest.markers == runs.markers ? latest.isOfLatestRun : latest.run == runs.latestRun(of: source))
  }

  /// The live trace of an id that a record with this run belongs to.
  private func match(_ row: Int, _ id: UnsafeRawBufferPointer, _ record: Record, run: Int, source: SourceID, isExact: Bool) -> Int? {
    let known = knownIDs[row].slots
    if isGloballyUnique(id, record.format) { return known.last }
    // Ids that are never given twice name one trace of their source, whatever processes its spans come from.
    if !record.format.recyclesIDs, let same = known.last(where: { slots[$0]!.source == source }) { return same }
    // Programs that never said who they are are distinguished by their sources alone.
    if let exact = known.last(where: { slots[$0]!.run == run && (run != RunTable.none || slots[$0]!.source == source) }) { return exact }
    // A record without a run may continue a trace that an earlier program on this pipe began, as long as that one runs.
    guard record.run.isEmpty, !isExact else { return nil }
    return known.last { slots[$0]!.source == source && !slots[$0]!.hasOwnRun && slots[$0]!.state == .running }
  }

  /// Whether the id was given to a new trace: a root starts in a trace that has its root, or a whole span began after the trace's end.
  private func isRecycled(_ slot: Int, _ record: Record, beginsRoot: Bool) -> Bool {
    let storage = slots[slot]!.storage
    if beginsRoot { return storage.hasStartedRoot }
    guard record.format == .nativeSpanLine, record.kind == .span, storage.isStructurallyComplete else { return false }
    return record.startNanos > storage.maxTime
  }

  private mutating func idRow(_ id: UnsafeRawBufferPointer) -> Int {
    if let known = knownRow(id) { return known }
    let (row, isNew) = idTable.insert(id)
    if isNew {
      if id.count == 32, let half = TraceIDForms.lowHalf(of: id) { idTable.noteEnding(half, row: row) }
      if row == knownIDs.count { knownIDs.append(KnownID()) } else { knownIDs[row] = KnownID() }
    }
    return row
  }

  /// The row of an id, in whichever of its forms it is known; see `TraceIDForms`.
  func knownRow(_ id: UnsafeRawBufferPointer) -> Int? {
    if let row = idTable.find(id) { return row }
    for form in TraceIDForms.others(of: id) {
      if let row = form.withUnsafeBytes({ idTable.find($0) }) { return row }
    }
    guard let half = TraceIDForms.lowHalf(of: id), id.count == 16 else { return nil }
    return idTable.row(endingWith: half)
  }

  private mutating func begin(_ row: Int, run: Int, hasOwnRun: Bool, source: SourceID, now: Int64) -> Int {
    // Whoever gives one id to thousands of traces gets the latest of them.
    if knownIDs[row].slots.count >= limits.maxLiveGenerations { evict(knownIDs[row].slots[0]) }
    knownIDs[row].generations += 1
    let slot = Slot(
      storage: TraceStorage(maxValueBytes: limits.maxValueBytes, redacts: limits.redacts), idRow: row,
      generation: knownIDs[row].generations, handle: nextHandle,
      run: run,
      hasOwnRun: hasOwnRun, source: source, lastArrival: now, beganAt: statistics.records)
    nextHandle += 1
    let number: Int
    if let free = freeSlots.popLast() {
      number = free
      slots.fill(number, with: slot)
    } else {
      number = slots.count
      slots.append(slot)
      links.append(SlotList.Links())
      ranks.append(TraceRank())
    }
    ranks[number] = TraceRank(serial: slot.handle)
    knownIDs[row].slots.append(number)
    running.append(number, &links)
    runs.traceKept(run)
    runs.traceBegan(run)
    account(number)
    return number
  }

  /// 32 hex digits, or a UUID: 128 random bits never meet by chance. Nor do 64 in a format that gives no id twice.
  private func isGloballyUnique(_ id: UnsafeRawBufferPointer, _ format: RecordFormat) -> Bool {
    guard id.count == 32 || id.count == 36 || (id.count == 16 && !format.recyclesIDs) else { return false }
    return id.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) || (id.count == 36 && $0 == UInt8(ascii: "-")) }
  }
}
