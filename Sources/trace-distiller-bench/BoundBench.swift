// Checks whether the byte bound holds for memory as the system counts it: loads designed to exceed it, each in a process of its own.

import Platform
import TraceContextServer
import TraceDistiller
import TraceRecords

enum BoundBench {
  private static let bound = 64 << 20
  private static let recordsPerBatch = 1_024

  private struct Load: Sendable {
    var name: String
    var records: Int
    var add: @Sendable (inout RecordBatch, Int) -> Void
  }

  private static let loads = [
    Load(name: "names and keys that are all different", records: 1_000_000) { batch, number in
      start(&batch, number, trace: 0, parent: number == 0 ? nil : 0, name: "name \(number)", key: "key \(number)")
    },
    Load(name: "spans that never end, in 100 traces", records: 1_000_000) { batch, number in
      start(&batch, number, trace: number % 100, parent: number < 100 ? nil : number - 100)
    },
    Load(name: "traces of ten spans", records: 4_000_000) { batch, number in
      span(&batch, number, trace: number / 10, parent: number % 10 == 0 ? nil : number / 10 * 10)
    },
    Load(name: "one trace of ended spans below a running root", records: 10_000_000) { batch, number in
      if number == 0 { start(&batch, 0, trace: 0, parent: nil) } else { span(&batch, number, trace: 0, parent: 0) }
    },
    Load(name: "a chain, each span the child of the one before", records: 2_000_000) { batch, number in
      start(&batch, number, trace: 0, parent: number == 0 ? nil : number - 1)
    },
    Load(name: "numbers with holes of 10,000 producers", records: 2_000_000) { batch, number in
      span(&batch, number, trace: number, parent: nil, producer: number % 10_000)
    },
  ]

  static func run() {
    print("bound: loads that are made to break a bound of \(bound >> 20) MiB")
    fflush(nil)
    for number in 0...loads.count { Bench.wait(Bench.spawn([CommandLine.arguments[0], "bound-of", String(number)])) }
  }

  static func measure(_ number: Int) {
    guard number < loads.count else { return measureLongLines() }
    var limits = StoreLimits()
    limits.maxTraces = 0
    limits.maxBytes = bound
    let store = SharedTraceStore(limits: limits)
    report(loads[number].name, fill(store, with: loads[number]))
  }

  private static func report(_ name: String, _ most: (account: Int, resident: Int)) {
    let of = { (bytes: Int) in Bench.rounded(Double(bytes) / Double(bound)) }
    Bench.report(name, "account \(of(most.account)) of the bound, resident \(of(most.resident))", "(goal: 1.10)")
  }

  /// Lines of 100 MB through a FIFO into a full store. The longest line that is accepted is a sixteenth of the bound, as by default.
  private static func measureLongLines() {
    var limits = StoreLimits()
    limits.maxTraces = 0
    limits.maxBytes = bound
    let before = ProcessMemory.residentBytes() ?? 0
    let store = SharedTraceStore(limits: limits)
    var most = fill(store, with: loads[2])
    let directory = Bench.temporaryDirectory()
    let (file, fifo) = (directory + "/line", directory + "/pipe")
    Bench.wait(Bench.spawn(["sh", "-c", "head -c 100000000 /dev/zero | tr '\\0' x > '\(file)'; echo >> '\(file)'"]))
    let reader = IngestBench.startReader(of: fifo, into: store, maxLineBytes: bound / 16)
    for round in 1...3 {
      let writer = IngestLimits.cat(file, into: fifo)
      while reader.status[0].statistics.lines < UInt64(round) {
        most.account = max(most.account, store.withLock { $0.countedBytes })
        most.resident = max(most.resident, (ProcessMemory.residentBytes() ?? 0) - before)
        usleep(200)
      }
      Bench.wait(writer)
    }
    for path in [file, fifo, fifo + ".lock"] { unlink(path) }
    rmdir(directory)
    report("lines of 100 MB into a full store", most)
  }

  private static func fill(_ store: SharedTraceStore, with load: Load) -> (account: Int, resident: Int) {
    var batch = RecordBatch()
    for number in 0..<recordsPerBatch { load.add(&batch, number) }
    let before = ProcessMemory.residentBytes() ?? 0
    var (account, resident) = (0, 0)
    for first in stride(from: 0, to: load.records, by: recordsPerBatch) {
      batch.removeAll()
      for number in first..<min(first + recordsPerBatch, load.records) { load.add(&batch, number) }
      batch.withTexts(source: UnsafeRawBufferPointer(start: nil, count: 0)) {
        store.apply(batch, $0, source: SourceID(0), now: Int64(first))
      }
      guard first / recordsPerBatch % 16 == 0 else { continue }
      account = max(account, store.withLock { $0.countedBytes })
      resident = max(resident, (ProcessMemory.residentBytes() ?? 0) - before)
    }
    return (account, resident)
  }

  private static func start(
    _ batch: inout RecordBatch, _ number: Int, trace: Int, parent: Int?, name: String = "call", key: String = "key"
  ) {
    var record = record(.spanStart, &batch, number, trace, parent)
    record.name = batch.add(text: name)
    record.attributeStart = UInt32(batch.attributes.count)
    record.attributeCount = 1
    batch.add(Attribute(key: batch.add(text: key), value: .integer(Int64(number))))
    batch.add(record)
  }

  private static func span(_ batch: inout RecordBatch, _ number: Int, trace: Int, parent: Int?, producer: Int? = nil) {
    var record = record(.span, &batch, number, trace, parent)
    record.name = batch.add(text: "call")
    record.durationNanos = 1_000
    if let producer {
      record.producer = batch.add(text: "producer \(producer)")
      record.sequence = UInt64(number / 10_000 * 2 + 1)
    }
    batch.add(record)
  }

  private static func record(_ kind: RecordKind, _ batch: inout RecordBatch, _ number: Int, _ trace: Int, _ parent: Int?) -> Record {
    var record = Record(kind, format: .native)
    record.traceID = batch.add(text: "trace \(trace)")
    record.spanID = batch.add(text: "span \(number)")
    record.parent = parent == nil ? .root : .span
    if let parent { record.parentID = batch.add(text: "span \(parent)") }
    record.startNanos = 1_800_000_000_000_000_000 + Int64(number) * 1_000
    record.timeNanos = record.startNanos + 1_000
    return record
  }
}
