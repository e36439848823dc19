// Measures the latency for a client: from start to first answer, and a small request to a warm server, compared with a plain echo through
// two pipes.

import Platform
import TraceContextServer

enum RequestBench {
  static func run() {
    print("rpc: client and server as two processes on one core (scripts/bench pins them)")
    let server = serverPath()
    let directory = Bench.temporaryDirectory()
    let floor = roundTrips(["cat"], request: Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n".utf8), count: 20_000)
    Bench.report("echo by cat, the floor", "p50 \(Bench.rounded(floor.p50, 1)) µs, p99 \(Bench.rounded(floor.p99, 1)) µs")
    let command = [server, "serve", "--hub", "never", "--pipe", directory + "/bench.pipe"]
    for (method, params) in [("traces/list", "{}"), ("server/status", "{}"), ("trace/summry", "{}")] {
      let request = Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":\(params)}\n".utf8)
      let times = roundTrips(command, request: request, count: 20_000)
      Bench.report(
        method == "trace/summry" ? "an unknown method" : method,
        "p50 \(Bench.rounded(times.p50, 1)) µs, p99 \(Bench.rounded(times.p99, 1)) µs",
        "\(Bench.rounded(times.p50 / floor.p50, 1)) × the floor (goal: 3 ×)")
    }
    // Alternating, so that other load on the machine affects both.
    var (starts, others): ([Double], [Double]) = ([], [])
    for _ in 0..<30 {
      starts.append(start(command))
      others.append(start(["cat"]))
    }
    (starts, others) = (starts.sorted(), others.sorted())
    Bench.report(
      "start to the answer of initialize", "p50 \(Bench.rounded(Bench.percentile(starts, 0.5))) ms",
      "with posix_spawn (goal: 8 ms); cat to its echo \(Bench.rounded(Bench.percentile(others, 0.5))) ms")
    large(command)
    IdleBench.run(command)
    IdleBench.run(command + ["--otlp", "0"], title: " that takes OTLP over HTTP")
    for name in ["bench.pipe", "bench.pipe.lock", "bench.pipe.otlp"] { unlink(directory + "/" + name) }
    rmdir(directory)
  }

  /// Milliseconds from the start of a program to its answer to `initialize`.
  private static func start(_ command: [String]) -> Double {
    Bench.seconds {
      _ = roundTrips(command, request: Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{}}\n".utf8), count: 1)
    } * 1_000
  }

  /// One answer of many megabytes through the client's pipe, compared with the same number of bytes from `head`.
  private static func large(_ command: [String]) {
    let client = BenchClient(command)
    let fifo = command.last ?? ""
    client.feed(Workload.lines(spans: 120_000, shape: .tree), into: fifo, spans: 120_000)
    let params = "{\"format\":\"chrome\",\"maxChars\":64000000}"
    var bytes = 0
    var seconds: [Double] = []
    for _ in 0..<3 { seconds.append(Bench.seconds { bytes = client.answer(to: client.ask("trace/export", params)).count }) }
    client.end()
    guard bytes > 1 << 20 else { return Bench.report("trace/export", "an answer of \(bytes) bytes: nothing was exported") }
    let pipe = Bench.pipe()
    let floor = Bench.seconds {
      let head = Bench.spawn(["head", "-c", "\(bytes)", "/dev/zero"], output: pipe.writer)
      close(pipe.writer)
      var piece = [UInt8](repeating: 0, count: 1 << 20)
      while read(pipe.reader, &piece, piece.count) > 0 {}
      Bench.wait(head)
    }
    close(pipe.reader)
    Bench.report(
      "trace/export of \(bytes >> 20) MiB, made and read", "\(Bench.rounded((seconds.min() ?? 0) * 1_000, 0)) ms",
      "as many bytes from head: \(Bench.rounded(floor * 1_000, 0)) ms")
  }

  /// The path of the server beside this program.
  static func serverPath() -> String {
    let own = CommandLine.arguments[0]
    return own.hasSuffix("-bench") ? String(own.dropLast("-bench".count)) : "trace-distiller"
  }

  private static func roundTrips(_ command: [String], request: [UInt8], count: Int) -> (p50: Double, p99: Double) {
    let toServer = Bench.pipe()
    let fromServer = Bench.pipe()
    let process = Bench.spawn(command, input: toServer.reader, output: fromServer.writer)
    close(toServer.reader)
    close(fromServer.writer)
    var times: [Double] = []
    times.reserveCapacity(count)
    var answer = [UInt8](repeating: 0, count: 64 << 10)
    for _ in 0..<count {
      times.append(
        Bench.seconds {
          _ = write(toServer.writer, request, request.count)
          var length = 0
          repeat {
            let got = answer.withUnsafeMutableBytes { read(fromServer.reader, $0.baseAddress! + length, $0.count - length) }
            guard got > 0 else { return }
            length += got
          } while answer[length - 1] != 0x0A
        } * 1_000_000)
    }
    close(toServer.writer)
    close(fromServer.reader)
    Bench.wait(process)
    times.sort()
    return (Bench.percentile(times, 0.5), Bench.percentile(times, 0.99))
  }
}
