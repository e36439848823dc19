// What a program pays for a record: the call of `send`, with a reader that drains and with none.

import Glibc
import TraceContextServer
import TraceLayers

enum SendBench {
  static func run() {
    print("send: a 300-byte record into NamedPipeLogManager, one thread")
    let directory = Bench.temporaryDirectory()
    let fields = String(repeating: "x", count: 150)
    let text =
      "{\"timestamp\":\"2026-11-23T10:00:00.000000000Z\",\"level\":\"INFO\",\"target\":\"shop\",\"log_type\":\"module\",\"message\":\"placed an order\","
      + "\"fields\":{\"order\":{\"pad\":\"\(fields)\"}}}"
    let record = Array(text.utf8)
    for hasReader in [true, false] {
      let path = "\(directory)/\(hasReader ? "read" : "unread").pipe"
      mkfifo(path, 0o600)
      let reader = hasReader ? Bench.spawn(["sh", "-c", "exec cat '\(path)' > /dev/null"]) : -1
      let manager = NamedPipeLogManager(options: .init(path: path))
      // With a reader, at a pace that the pipe can keep: a record every two microseconds.
      let times = measure(manager, record, count: 200_000, paceNanos: hasReader ? 2_000 : 0)
      manager.flush()
      let statistics = manager.statistics
      Bench.report(
        hasReader ? "cat drains the pipe, 500 k/s" : "nobody reads",
        "p50 \(times.p50) ns, p99.9 \(times.p999) ns, p99.99 \(times.p9999) ns",
        "dropped \(statistics.dropped) of \(statistics.accepted), clock \(clockNanos()) ns included (goal: 40, 2000, 20000)")
      if reader > 0 {
        kill(reader, SIGTERM)
        Bench.wait(reader)
      }
      unlink(path)
    }
    rmdir(directory)
  }

  private static func measure(_ manager: NamedPipeLogManager, _ record: [UInt8], count: Int, paceNanos: Int64) -> (
    p50: Int64, p999: Int64, p9999: Int64
  ) {
    var times = [Int64](repeating: 0, count: count)
    record.withUnsafeBytes { bytes in
      for index in 0..<count {
        let start = SystemState.monotonicNanos()
        manager.send(bytes)
        let end = SystemState.monotonicNanos()
        times[index] = end - start
        while paceNanos > 0, SystemState.monotonicNanos() - start < paceNanos {}
      }
    }
    times.sort()
    return (times[count / 2], times[count - count / 1_000], times[count - count / 10_000])
  }

  /// What reading the clock costs: part of every figure above.
  private static func clockNanos() -> Int64 {
    var shortest = Int64.max
    for _ in 0..<1_000 {
      let start = SystemState.monotonicNanos()
      shortest = min(shortest, SystemState.monotonicNanos() - start)
    }
    return shortest
  }
}
