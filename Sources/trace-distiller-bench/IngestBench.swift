// How fast records come from a real FIFO into the store, beside what the pipe alone and jansson alone allow.

import Glibc
import JSON
import TraceContextServer
import TraceDistiller
import TraceRecords

enum IngestBench {
  static func run() {
    let lines = Workload.lines(spans: 300_000, perTrace: 1_000)
    let records = 600_000.0
    print("ingest: \(Int(records)) native records, \(lines.count >> 20) MiB, \(Int(Double(lines.count) / records)) bytes a record")
    let directory = Bench.temporaryDirectory()
    let file = directory + "/records.jsonl"
    write(lines, to: file)

    let pipe = min(pipeAlone(file, directory), pipeAlone(file, directory))
    let parsing = jansson(lines)
    // A reader keeps its pipe for the life of the process: each round has a pipe of its own.
    let store = (1...2).map { intoStore(file, "\(directory)/store-\($0).pipe", records: records) }.min() ?? 0
    let memory = fromMemory(lines)
    Bench.report("cat | read, the pipe alone", Bench.thousands(records / pipe))
    Bench.report("jansson alone, lines in memory", Bench.thousands(records / parsing))
    Bench.report(
      "decoder and store, lines in memory", Bench.thousands(records / memory), "\(Bench.rounded(parsing / memory)) of jansson alone")
    Bench.report(
      "FIFO → store", Bench.thousands(records / store),
      "\(Bench.rounded(parsing / store)) of jansson alone, \(Bench.rounded(pipe / store, 3)) of the pipe alone (goal: 120 k/s)")
    unlink(file)
    rmdir(directory)
  }

  private static func write(_ bytes: [UInt8], to path: String) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    var done = 0
    while done < bytes.count { done += bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + done, bytes.count - done) } }
    close(file)
  }

  private static func cat(_ file: String, into fifo: String) -> pid_t { Bench.spawn(["sh", "-c", "exec cat '\(file)' > '\(fifo)'"]) }

  private static func pipeAlone(_ file: String, _ directory: String) -> Double {
    let fifo = directory + "/plain.pipe"
    mkfifo(fifo, 0o600)
    defer { unlink(fifo) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
    defer { buffer.deallocate() }
    let writer = cat(file, into: fifo)
    let reader = open(fifo, O_RDONLY | O_CLOEXEC)
    let seconds = Bench.seconds { while read(reader, buffer.baseAddress, buffer.count) > 0 {} }
    close(reader)
    Bench.wait(writer)
    return seconds
  }

  private static func jansson(_ lines: [UInt8]) -> Double {
    Bench.seconds {
      lines.withUnsafeBytes { all in
        var start = 0
        while start < all.count, let found = memchr(all.baseAddress! + start, 0x0A, all.count - start) {
          let end = UnsafeRawPointer(found) - all.baseAddress!
          _ = try? JanssonTree(parsing: UnsafeRawBufferPointer(rebasing: all[start..<end])).repairs
          start = end + 1
        }
      }
    }
  }

  private static func fromMemory(_ lines: [UInt8]) -> Double {
    let store = SharedTraceStore()
    var stream = RecordStream()
    return Bench.seconds {
      lines.withUnsafeBytes { all in
        var start = 0
        while start < all.count {
          let end = min(all.count, start + 256 << 10)
          stream.feed(UnsafeRawBufferPointer(rebasing: all[start..<end])) { store.apply($0, $1, source: SourceID(0), now: 0) }
          start = end
        }
      }
    }
  }

  private static func intoStore(_ file: String, _ fifo: String, records: Double) -> Double {
    let store = SharedTraceStore()
    let reader: PipeReader
    do {
      reader = try PipeReader(
        paths: PipePath.resolve(options: [fifo], environment: [:]), store: store, maxLineBytes: 32 << 20, clock: SystemState.monotonicNanos,
        onEvent: { _ in })
    } catch {
      print(error)
      exit(1)
    }
    reader.start()
    let writer = cat(file, into: fifo)
    let seconds = Bench.seconds { while reader.status[0].statistics.records < UInt64(records) { usleep(500) } }
    Bench.wait(writer)
    for path in [fifo, fifo + ".lock"] { unlink(path) }
    return seconds
  }
}
