// Measures how fast records get from a real FIFO into the store, compared with the limits of the pipe, of finding line ends, and of jansson
// alone.

import Platform
import TraceContextServer
import TraceDistiller
import TraceRecords

enum IngestBench {
  static func run() {
    print("ingest: 300,000 spans with 3 attributes, in traces of 1,000, on one ingest thread")
    measure("native records", Workload.lines(spans: 300_000, perTrace: 1_000), records: 600_000, goal: "2,000 k/s")
    measure(
      "spans of OTLP, 50 a line", OTLPWorkload.lines(spans: 300_000, perTrace: 1_000, perLine: 50), records: 300_000, goal: "1,500 k/s")
    LatencyBench.run()
    GrowthBench.run()
  }

  /// Runs one stage of one workload repeatedly, for profilers: `native` or `otlp`, up to the `decoder`, the `store`, or through a `fifo`.
  static func measure(_ workload: String, upTo stage: String) {
    let isNative = workload == "native"
    let lines =
      isNative
      ? Workload.lines(spans: 100_000, perTrace: 1_000) : OTLPWorkload.lines(spans: 100_000, perTrace: 1_000, perLine: 50)
    let records: Double = isNative ? 200_000 : 100_000
    let directory = Bench.temporaryDirectory()
    if stage == "fifo" { write(lines, to: directory + "/records.jsonl") }
    defer {
      unlink(directory + "/records.jsonl")
      rmdir(directory)
    }
    let rounds = (0..<10).map { round in
      if stage == "fifo" { return intoStore(directory + "/records.jsonl", "\(directory)/store-\(round).pipe", records: records) }
      let store = SharedTraceStore()
      return fromMemory(lines) { if stage == "store" { store.apply($0, $1, source: SourceID(0), now: 0) } }
    }.sorted()
    print(
      "\(workload) \(stage): \(Bench.rounded(rounds[0] / records * 1e6)) µs each at best, \(Bench.rounded(rounds[5] / records * 1e6)) at the median"
    )
  }

  private static func measure(_ what: String, _ lines: [UInt8], records: Double, goal: String) {
    print("  \(what): \(lines.count >> 20) MiB, \(Int(Double(lines.count) / records)) bytes each")
    let directory = Bench.temporaryDirectory()
    let file = directory + "/records.jsonl"
    write(lines, to: file)
    // The better of two: other load on the machine can only add time.
    func best(_ body: () -> Double) -> Double { min(body(), body()) }
    let pipe = best { IngestLimits.pipeAlone(file, directory) }
    let newlines = best { IngestLimits.newlines(lines) }
    let jansson = IngestLimits.jansson(lines)
    let decoder = best { fromMemory(lines) { _, _ in } }
    let memory = best {
      let store = SharedTraceStore()
      return fromMemory(lines) { store.apply($0, $1, source: SourceID(0), now: 0) }
    }
    // A reader keeps its pipe for the life of the process, so each round has its own pipe.
    let store = (1...2).map { intoStore(file, "\(directory)/store-\($0).pipe", records: records) }.min() ?? 0
    func row(_ name: String, _ seconds: Double, _ comparison: String = "") {
      Bench.report("  " + name, "\(Bench.thousands(records / seconds)), \(Bench.rounded(seconds / records * 1e6)) µs each", comparison)
    }
    row("64 KiB blocks of one writer, the pipe alone", pipe)
    row("newlines alone, lines in memory", newlines)
    row("jansson alone, lines in memory", jansson)
    row("decoder alone, lines in memory", decoder, "\(Bench.rounded(jansson / decoder, 1)) × jansson alone")
    row(
      "decoder and store, lines in memory", memory,
      "\(Bench.rounded(jansson / memory, 1)) × jansson alone (goal: 24 ×); the store: \(Bench.rounded((memory - decoder) / records * 1e6)) µs each"
    )
    row(
      "FIFO → store", store,
      "\(Bench.rounded(jansson / store, 1)) × jansson alone, \(Bench.rounded(max(memory, pipe) / store, 2)) of the lesser of memory and pipe "
        + "(goals: 0.85; \(goal))")
    unlink(file)
    rmdir(directory)
  }

  private static func write(_ bytes: [UInt8], to path: String) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    var done = 0
    while done < bytes.count { done += bytes.withUnsafeBytes { Platform.write(file, $0.baseAddress! + done, bytes.count - done) } }
    close(file)
  }

  private static func fromMemory(_ lines: [UInt8], _ sink: (RecordBatch, BatchTexts) -> Void) -> Double {
    var stream = RecordStream()
    return Bench.seconds { feed(lines, to: &stream, sink) }
  }

  /// In chunks of the size that a pipe gives.
  static func feed(_ lines: [UInt8], to stream: inout RecordStream, _ sink: (RecordBatch, BatchTexts) -> Void) {
    lines.withUnsafeBytes { all in
      var start = 0
      while start < all.count {
        let end = min(all.count, start + 64 << 10)
        stream.feed(UnsafeRawBufferPointer(rebasing: all[start..<end]), sink: sink)
        start = end
      }
    }
  }

  private static func intoStore(_ file: String, _ fifo: String, records: Double) -> Double {
    let reader = startReader(of: fifo, into: SharedTraceStore())
    let writer = IngestLimits.cat(file, into: fifo)
    let seconds = Bench.seconds { while reader.status[0].statistics.records < UInt64(records) { usleep(500) } }
    Bench.wait(writer)
    for path in [fifo, fifo + ".lock"] { unlink(path) }
    return seconds
  }

  static func startReader(of fifo: String, into store: SharedTraceStore, maxLineBytes: Int = 32 << 20) -> PipeReader {
    let reader: PipeReader
    do {
      reader = try PipeReader(
        paths: PipePath.resolve(options: [fifo], environment: [:]), store: store, maxLineBytes: maxLineBytes,
        clock: { MonotonicClock.nanos },
        onEvent: { _ in })
      try reader.start()
    } catch {
      print(error)
      exit(1)
    }
    return reader
  }
}
