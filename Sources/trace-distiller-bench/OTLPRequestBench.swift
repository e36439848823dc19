// How fast OTLP comes over HTTP from a socket into the store, beside OTLP/JSON lines through a FIFO in the same run, and how long a request waits for its
// answer meanwhile: `trace-distiller-bench otlp-http`.

import OTLPReceiver
import Platform
import Synchronization
import TraceContextServer
import TraceDistiller
import TraceRecords

enum OTLPRequestBench {
  private static let spans = 500_000
  private static let perRequest = 512

  static func run() {
    print("otlp-http: \(spans) spans of three attributes in traces of 10, \(perRequest) a request, into the store")
    let lines = OTLPWorkload.lines(spans: spans, perTrace: 10, perLine: perRequest)
    let texts = requests(lines.split(separator: 0x0A).map(Array.init), type: "application/json")
    let messages = requests(
      stride(from: 0, to: spans, by: perRequest).map { OTLPMessages.request(first: $0, count: min(perRequest, spans - $0), perTrace: 10) },
      type: "application/x-protobuf")
    let fifo = max(throughPipe(lines), throughPipe(lines))
    Bench.report("FIFO, OTLP/JSON lines", "\(Bench.thousands(fifo)) spans")
    for (name, bodies) in [("JSON", texts), ("protobuf", messages)] {
      let rate = max(throughSocket(bodies).rate, throughSocket(bodies).rate)
      let size = bodies.reduce(0) { $0 + $1.count } / spans
      let goal = name == "protobuf" ? " (goal: 0.6)" : ""
      Bench.report(
        "socket, \(name), \(size) bytes a span", "\(Bench.thousands(rate)) spans", "\(Bench.rounded(rate / fifo)) of the FIFO's\(goal)")
      // Half of what it can: the others wait between two requests.
      let times = throughSocket(bodies, every: Int64(2e9 * Double(perRequest) / rate)).times.sorted()
      Bench.report(
        "a request of \(perRequest) spans, \(name), at half that rate",
        "p50 \(Bench.rounded(Bench.percentile(times, 0.5) / 1e6)) ms, p99 \(Bench.rounded(Bench.percentile(times, 0.99) / 1e6)) ms",
        "(goal: p99 5 ms)")
    }
  }

  private static func requests(_ bodies: [[UInt8]], type: String) -> [[UInt8]] {
    bodies.map { body in
      Array("POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(type)\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
    }
  }

  /// Keeps every trace, so that what came can be counted.
  private static func wholeStore() -> SharedTraceStore {
    var limits = StoreLimits()
    limits.maxTraces = 0
    return SharedTraceStore(limits: limits)
  }

  private static func throughPipe(_ lines: [UInt8]) -> Double {
    let directory = Bench.temporaryDirectory()
    let (file, fifo) = (directory + "/lines", directory + "/pipe")
    let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    var done = 0
    while done < lines.count { done += lines.withUnsafeBytes { write(descriptor, $0.baseAddress! + done, lines.count - done) } }
    close(descriptor)
    let store = wholeStore()
    let reader = IngestBench.startReader(of: fifo, into: store)
    let count = UInt64(lines.count { $0 == 0x0A })
    let writer = IngestLimits.cat(file, into: fifo)
    let seconds = Bench.seconds { while reader.status[0].statistics.lines < count { usleep(500) } }
    Bench.wait(writer)
    for path in [file, fifo, fifo + ".lock"] { unlink(path) }
    rmdir(directory)
    return Double(spans) / seconds
  }

  /// Two connections send all requests between them, each when its last was answered.
  /// - Parameter every: nanoseconds between the beginnings of two requests; 0 sends as fast as answers come.
  private static func throughSocket(_ requests: [[UInt8]], every: Int64 = 0) -> (rate: Double, times: [Double]) {
    let store = wholeStore()
    guard
      let listener = try? OTLPListener(
        .free, store: store, source: SourceID(0), clock: { MonotonicClock.nanos }, tell: { print("  \($0)") })
    else { return (0, [0]) }
    defer { listener.stop() }
    let port = UInt16(listener.endpoint.split(separator: ":").last ?? "") ?? 0
    let next = Atomic<Int>(0)
    let times = Mutex<[Double]>([])
    let begun = MonotonicClock.nanos
    let done = Atomic<Int>(0)
    let connections = 2
    for _ in 0..<connections {
      try? SystemThread.start {
        var own: [Double] = []
        let socket = connected(to: port)
        while case let number = next.add(1, ordering: .relaxed).oldValue, number < requests.count {
          let due = begun + Int64(number) * every
          while MonotonicClock.nanos < due { usleep(50) }
          let start = MonotonicClock.nanos
          guard ask(socket, requests[number]) else {
            print("  a request was not taken")
            break
          }
          own.append(Double(MonotonicClock.nanos - start))
        }
        close(socket)
        times.withLock { $0 += own }
        done.add(1, ordering: .releasing)
      }
    }
    while done.load(ordering: .acquiring) < connections { usleep(200) }
    let seconds = Double(MonotonicClock.nanos - begun) / 1e9
    let count = store.withLock { store in store.overviews(now: 0).reduce(0) { $0 + $1.spanCount } }
    if count != spans { print("  \(count) spans are in the store instead of \(spans): \(listener.report.problems)") }
    return (Double(spans) / seconds, times.withLock { $0 })
  }

  private static func connected(to port: UInt16) -> Int32 {
    #if canImport(Darwin)
      let socket = Platform.socket(AF_INET, SOCK_STREAM, 0)
    #else
      let socket = Platform.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    return socket
  }

  /// Sends a request and reads its answer, which is small and comes in one piece.
  private static func ask(_ socket: Int32, _ request: [UInt8]) -> Bool {
    var done = 0
    while done < request.count {
      let count = request.withUnsafeBytes { write(socket, $0.baseAddress! + done, request.count - done) }
      guard count > 0 else { return false }
      done += count
    }
    return withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { buffer in
      let count = read(socket, buffer.baseAddress, buffer.count)
      return count > 12 && buffer[9] == UInt8(ascii: "2")
    }
  }
}

/// The spans of `OTLPWorkload` as messages of OTLP.
private enum OTLPMessages {
  private static let names = ["handle_request", "fetch_quote", "db_write", "decode", "symbol_loop"]

  static func request(first: Int, count: Int, perTrace: Int) -> [UInt8] {
    var spans: [UInt8] = text(1, field(1, text: "shop.orders"))
    for index in first..<first + count {
      spans += text(2, span(index / perTrace, index % perTrace, 1_795_462_602_000_000_000 + index * 1_000))
    }
    let resource = text(1, text(1, attribute("service.name", field(1, text: "shop"))))
    return text(1, resource + text(2, spans))
  }

  private static func span(_ trace: Int, _ index: Int, _ start: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes += text(1, word(UInt64(trace) &* 0x9E37_79B9_7F4A_7C15) + word(UInt64(trace + 0xABCD)))
    bytes += text(2, word(UInt64(index + 1)))
    if index > 0 { bytes += text(4, word(UInt64((index - 1) / 8 + 1))) }
    bytes += field(5, text: names[index % 5]) + [6 << 3, 1]
    bytes += [7 << 3 | 1] + word(UInt64(start)).reversed() + [8 << 3 | 1] + word(UInt64(start + 900_000)).reversed()
    bytes += text(9, attribute("symbol", field(1, text: "BTCUSDT")))
    bytes += text(9, attribute("attempt", [3 << 3, UInt8(index % 3)]))
    bytes += text(9, attribute("table", field(1, text: "kline_1m")))
    return bytes + text(15, [])
  }

  private static func attribute(_ key: String, _ value: [UInt8]) -> [UInt8] { field(1, text: key) + text(2, value) }
  private static func field(_ number: UInt8, text value: String) -> [UInt8] { text(number, Array(value.utf8)) }

  private static func text(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    var head = [number << 3 | 2]
    var count = bytes.count
    while count >= 0x80 {
      head.append(UInt8(count & 0x7F) | 0x80)
      count >>= 7
    }
    return head + [UInt8(count)] + bytes
  }

  private static func word(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * UInt64($0))) } }
}
