// Measures the cost of `send` for a program: with a reader that drains, without one, with a stopped one, and with a journal on a full disk.

import Platform
import TraceContextServer
import TraceLayers

enum SendBench {
  enum Reader: CaseIterable {
    case draining, absent, stopped, journalOnFullDisk

    var text: String {
      switch self {
      case .draining: "cat drains the pipe, 500 k/s"
      case .absent: "nobody reads"
      case .stopped: "the reader is stopped (SIGSTOP)"
      case .journalOnFullDisk: "journal tier, full disk (RLIMIT_FSIZE)"
      }
    }
  }

  static func run() {
    print("send: a 300-byte record into NamedPipeLogManager; the clock costs \(clockNanos()) ns, included in the tails, not in p50")
    let place = Place()
    let bytes = place.memcpyNanos()
    var tails: [Double] = []
    for reader in Reader.allCases {
      place.withManager(reader) { manager in
        // With a reader, at a rate that the pipe can handle: a record every two microseconds.
        let times = place.tails(manager, count: 200_000, paceNanos: reader == .draining ? 2_000 : 0)
        let median = place.median(manager, threads: 1)
        tails.append(Double(times.p999))
        Bench.report(
          reader.text, "p50 \(Bench.rounded(median, 0)) ns, p99.9 \(times.p999) ns, p99.99 \(times.p9999) ns",
          "\(Bench.rounded(median / bytes, 1)) × a memcpy of 300 bytes (goal: 40, 2000, 20000)")
        expectBalance(manager)
      }
    }
    Bench.report(
      "p99.9 across the four, worst / best", "\(Bench.rounded((tails.max() ?? 0) / max(1, tails.min() ?? 1), 1)) ×", "(goal: 2)")
    place.withManager(.absent) { manager in
      Bench.report("two threads at once, nobody reads", "\(Bench.rounded(place.median(manager, threads: 2), 0)) ns a call", "(goal: 80)")
    }
    place.withManager(.draining) { manager in
      Bench.report("two threads at once, cat drains", "\(Bench.rounded(place.median(manager, threads: 2), 0)) ns a call", "(goal: 80)")
    }
    DeliveryBench.run(place)
  }

  static func expectBalance(_ manager: NamedPipeLogManager) {
    manager.flush()
    let account = manager.statistics
    guard account.accepted == account.delivered + account.journaled + account.dropped + account.inFlight else {
      print("the account does not add up: \(account)")
      exit(1)
    }
  }

  /// The cost of reading the clock.
  private static func clockNanos() -> Int64 {
    var shortest = Int64.max
    for _ in 0..<1_000 {
      let start = MonotonicClock.nanos
      shortest = min(shortest, MonotonicClock.nanos - start)
    }
    return shortest
  }

  /// A directory, a record, and ways to measure.
  struct Place {
    let directory = Bench.temporaryDirectory()
    let record: [UInt8]

    init() {
      let pad = String(repeating: "x", count: 150)
      let text =
        "{\"timestamp\":\"2026-11-23T10:00:00.000000000Z\",\"level\":\"INFO\",\"target\":\"shop\",\"log_type\":\"module\",\"message\":\"placed an order\","
        + "\"fields\":{\"order\":{\"pad\":\"\(pad)\"}}}"
      record = Array(text.utf8)
    }

    func withManager(_ reader: Reader, _ body: (NamedPipeLogManager) -> Void) {
      let path = "\(directory)/bench.pipe"
      mkfifo(path, 0o600)
      var process: pid_t = -1
      if reader == .draining || reader == .stopped { process = Bench.spawn(["sh", "-c", "exec cat '\(path)' > /dev/null"]) }
      var options = NamedPipeLogManager.Options(path: path)
      var before = rlimit()
      if reader == .journalOnFullDisk {
        options.tier = .journal
        getrlimit(fileSize, &before)
        var full = rlimit(rlim_cur: 1 << 20, rlim_max: before.rlim_max)
        setrlimit(fileSize, &full)
      }
      do {
        let manager = NamedPipeLogManager(options: options)
        if process > 0 {
          while manager.statistics.connections == 0 {
            send(manager)
            usleep(1_000)
          }
        }
        if reader == .stopped { kill(process, SIGSTOP) }
        body(manager)
        if reader == .stopped { kill(process, SIGCONT) }
        manager.flush()
      }
      if reader == .journalOnFullDisk { setrlimit(fileSize, &before) }
      if process > 0 {
        kill(process, SIGTERM)
        Bench.wait(process)
      }
      Bench.wait(Bench.spawn(["rm", "-rf", path, path + ".journal"]))
    }

    private var fileSize: __rlimit_resource_t { __rlimit_resource_t(1) }

    func send(_ manager: NamedPipeLogManager) { record.withUnsafeBytes { manager.send($0) } }

    /// Times each call separately.
    func tails(_ manager: NamedPipeLogManager, count: Int, paceNanos: Int64) -> (p999: Int64, p9999: Int64) {
      var times = [Int64](repeating: 0, count: count)
      record.withUnsafeBytes { bytes in
        for index in 0..<count {
          let start = MonotonicClock.nanos
          manager.send(bytes)
          times[index] = MonotonicClock.nanos - start
          while paceNanos > 0, MonotonicClock.nanos - start < paceNanos {}
        }
      }
      times.sort()
      return (times[count - count / 1_000], times[count - count / 10_000])
    }

    /// The median over groups of 64 calls, in nanoseconds per call; between the groups the writer has time to catch up.
    func median(_ manager: NamedPipeLogManager, threads: Int) -> Double {
      let others = (1..<threads).map { _ in BenchThread { _ = groups(manager) } }
      let own = groups(manager)
      for other in others { other.join() }
      return Bench.percentile(own, 0.5)
    }

    private func groups(_ manager: NamedPipeLogManager) -> [Double] {
      var times: [Double] = []
      record.withUnsafeBytes { bytes in
        for _ in 0..<4_000 {
          let start = MonotonicClock.nanos
          for _ in 0..<64 { manager.send(bytes) }
          let end = MonotonicClock.nanos
          times.append(Double(end - start) / 64)
          while MonotonicClock.nanos - end < 20_000 {}
        }
      }
      return times.sorted()
    }

    /// The minimum cost of storing a record.
    func memcpyNanos() -> Double {
      let target = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 << 20, alignment: 64)
      defer { target.deallocate() }
      memset(target.baseAddress!, 0, target.count)
      let count = target.count / record.count
      let seconds = Bench.seconds {
        for index in 0..<count { memcpy(target.baseAddress! + index * record.count, record, record.count) }
      }
      return seconds * 1e9 / Double(count)
    }
  }
}

/// A joinable thread of the benchmarks.
final class BenchThread {
  private var thread = pthread_t()

  init(_ body: @escaping () -> Void) {
    final class Box {
      let body: () -> Void
      init(_ body: @escaping () -> Void) { self.body = body }
    }
    let box = Unmanaged.passRetained(Box(body))
    pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
        return nil
      }, box.toOpaque())
  }

  func join() { pthread_join(thread, nil) }
}
