// Measures the cost of an idle server: its memory, its processor time, and how often it wakes.

import JSON
import Platform
import TraceContextServer

enum IdleBench {
  private static let seconds: UInt32 = 6

  /// - Parameter command: a server that answers on its standard streams.
  static func run(_ command: [String], title: String = "") {
    let toServer = Bench.pipe()
    let fromServer = Bench.pipe()
    let process = Bench.spawn(command, input: toServer.reader, output: fromServer.writer)
    close(toServer.reader)
    close(fromServer.writer)
    let request = Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"server/status\"}\n".utf8)
    _ = write(toServer.writer, request, request.count)
    var answer = [UInt8](repeating: 0, count: 64 << 10)
    let count = read(fromServer.reader, &answer, answer.count)
    let status = try? JSONValue(parsing: Array(answer[..<max(0, count)]))
    let resident = status?["result"]?["memory"]?["residentBytes"]?.integer ?? 0
    func again() -> Int64 {
      _ = write(toServer.writer, request, request.count)
      let count = read(fromServer.reader, &answer, answer.count)
      let status = try? JSONValue(parsing: Array(answer[..<max(0, count)]))
      return status?["result"]?["memory"]?["residentBytes"]?.integer ?? 0
    }
    let before = (ticks(process), wakes(process))
    sleep(seconds)
    let after = (ticks(process), wakes(process))
    let idle = again()
    close(toServer.writer)
    close(fromServer.reader)
    Bench.wait(process)
    Bench.report(
      "resident memory of an idle server\(title)", "\(Bench.rounded(Double(idle) / 1_048_576)) MiB",
      "right behind its start \(Bench.rounded(Double(resident) / 1_048_576)) MiB (goal: 12 MB; 16 MiB with a listener)")
    Bench.report(
      "idle for \(seconds) s", "\((after.0 - before.0) * 10) ms of processor, \(after.1 - before.1) wakes",
      "the look every 2 s whether the pipe is in its place (goal: 0 %)")
  }

  /// Processor time of all threads, in hundredths of a second.
  private static func ticks(_ process: pid_t) -> Int {
    let fields = text("/proc/\(process)/stat").split(separator: " ")
    return fields.count > 14 ? (Int(fields[13]) ?? 0) + (Int(fields[14]) ?? 0) : 0
  }

  /// How often its threads went to sleep voluntarily.
  private static func wakes(_ process: pid_t) -> Int {
    var sum = 0
    guard let folder = opendir("/proc/\(process)/task") else { return 0 }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      let line = text("/proc/\(process)/task/\(name)/status").split(separator: "\n").first { $0.hasPrefix("voluntary") }
      sum += line?.split(separator: "\t").last.flatMap { Int($0) } ?? 0
    }
    return sum
  }

  private static func text(_ path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 8_192)
    let count = read(file, &bytes, bytes.count)
    return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
  }
}
