// Decides which trace a record belongs to: by its id, by the run that reported it, and by whether the id was reused.

import TraceRecords

extension TraceDistillerStore {
  /// A trace id of 32 bytes, as random ids are, compared in one step.
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

  /// The trace of the latest record, and what the next record must have to belong to it too.
  struct Latest: Sendable {
    /// -1 if that trace is gone.
    var slot = -1
    var idRow = -1
    var id: WideID?
    var run = RunTable.none
    var hasOwnRun = false
    var source = SourceID(0)
    /// Whether its run was the run of its source's latest marker, at that number of markers.
    var isOfLatestRun = false
    var markers = 0
  }

  /// The trace that a record belongs to, created if the record begins one; nil if the trace was evicted.
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
      // The id is known but the trace is gone: a late record must not create a fragment of it.
      statistics.lateRecords += 1
      return nil
    }
    let slot = found ?? begin(row, run: run, hasOwnRun: hasOwnRun, source: source, now: now)
    // For ids that are never reused the id alone decides: not all services of one trace need to report their run.
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

  /// Whether a record certainly belongs to the trace of the record before it. This is the usual case in a stream.
  @inline(__always)
  func continuesLatest(_ record: Record, _ texts: BatchTexts, _ source: SourceID) -> Bool {
    !beginsRoot(record) && !isSpanLine(record) && isLatest(texts[record.traceID], record, texts, source)
  }

  /// Whether a record of a format that reuses ids begins a trace. Patterns instead of `==`, which would call into the module of the record.
  @inline(__always)
  private func beginsRoot(_ record: Record) -> Bool {
    guard case .root = record.parent, record.format.recyclesIDs else { return false }
    switch record.kind {
    case .spanStart, .span: return true
    case .spanEnd, .log, .moduleLog, .session, .gap, .process: return false
    }
  }

  private func isSpanLine(_ record: Record) -> Bool { if case .nativeSpanLine = record.format { true } else { false } }

  /// Another run reported the trace.
  private mutating func join(_ run: Int, to slot: Int) {
    guard run != RunTable.none, slots[slot]!.otherRuns.count < Slot.maxRuns - 1, !slots[slot]!.otherRuns.contains(run) else { return }
    slots[slot]!.otherRuns.append(run)
    runs.traceKept(run)
    runSets.remove(ranks[slot].runSet)
    ranks[slot].runSet = runSets.add(slots[slot]!.run, slots[slot]!.otherRuns)
  }

  /// Whether a record continues the trace of the record before it.
  private func isLatest(_ id: UnsafeRawBufferPointer, _ record: Record, _ texts: BatchTexts, _ source: SourceID) -> Bool {
    guard latest.slot >= 0, latest.source == source else { return false }
    // If there were another generation of the id, it would itself be the latest.
    guard latest.id.map({ $0.isSame(id) }) ?? idTable.holds(id, at: latest.idRow) else { return false }
    if latest.hasOwnRun { return !record.run.isEmpty && runs.isNamed(latest.run, texts[record.run]) }
    return record.run.isEmpty && (latest.markers == runs.markers ? latest.isOfLatestRun : latest.run == runs.latestRun(of: source))
  }

  /// The live trace with that id to which a record with this run belongs.
  private func match(_ row: Int, _ id: UnsafeRawBufferPointer, _ record: Record, run: Int, source: SourceID, isExact: Bool) -> Int? {
    let known = knownIDs[row].slots
    if isGloballyUnique(id, record.format) { return known.last }
    // An id that is never reused names one trace of its source, whatever processes its spans come from.
    if !record.format.recyclesIDs, let same = known.last(where: { slots[$0]!.source == source }) { return same }
    // Programs that never named their run are distinguished only by their sources.
    if let exact = known.last(where: { slots[$0]!.run == run && (run != RunTable.none || slots[$0]!.source == source) }) { return exact }
    // A record without a run may continue a trace that an earlier program on this pipe began, as long as that program is running.
    guard record.run.isEmpty, !isExact else { return nil }
    return known.last { slots[$0]!.source == source && !slots[$0]!.hasOwnRun && slots[$0]!.state == .running }
  }

  /// Whether the id was reused for a new trace: a root starts in a trace that already has one, or a complete span began after the trace's
  /// end.
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

  /// The row of an id in any of its known forms; see `TraceIDForms`.
  func knownRow(_ id: UnsafeRawBufferPointer) -> Int? {
    if let row = idTable.find(id) { return row }
    // Nearly all streams have ids of one length, so that there is nothing else to look for.
    if id.count != 32 || idTable.hasKeys(ofLength: 16) || idTable.hasKeys(ofLength: 35) {
      for form in TraceIDForms.others(of: id) {
        if let row = form.withUnsafeBytes({ idTable.find($0) }) { return row }
      }
    }
    guard id.count == 16, let half = TraceIDForms.lowHalf(of: id) else { return nil }
    return idTable.row(endingWith: half)
  }

  private mutating func begin(_ row: Int, run: Int, hasOwnRun: Bool, source: SourceID, now: Int64) -> Int {
    // If one id is used for thousands of traces, only the latest are kept.
    if knownIDs[row].slots.count >= limits.maxLiveGenerations { evict(knownIDs[row].slots[0]) }
    knownIDs[row].generations += 1
    let slot = Slot(
      storage: TraceStorage(maxValueBytes: limits.maxValueBytes, redacts: limits.redacts), idRow: row,
      generation: knownIDs[row].generations, handle: takeHandle(),
      run: run,
      hasOwnRun: hasOwnRun, source: source, lastArrival: now, beganAt: statistics.records)
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
    ranks[number] = TraceRank(serial: slot.handle, runSet: runSets.add(run))
    ages.append(number)
    knownIDs[row].slots.append(number)
    running.append(number, &links)
    runs.traceKept(run)
    runs.traceBegan(run)
    account(number)
    return number
  }

  /// 32 hex digits, or a UUID: 128 random bits never collide. Nor do 64 bits in a format that never reuses ids.
  private func isGloballyUnique(_ id: UnsafeRawBufferPointer, _ format: RecordFormat) -> Bool {
    guard id.count == 32 || id.count == 36 || (id.count == 16 && !format.recyclesIDs) else { return false }
    return id.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) || (id.count == 36 && $0 == UInt8(ascii: "-")) }
  }
}
