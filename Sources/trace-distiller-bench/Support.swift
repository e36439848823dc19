// Shared code of the benchmarks: time, processes, and lines of a report.

import Platform
import TraceContextServer
import TraceDistiller

enum Bench {
  /// A second core for one summary, as in the server.
  static let beside: TraceAnalysis.Beside = { work in try? SystemThread.start(work) }

  static func seconds(_ body: () -> Void) -> Double {
    let start = MonotonicClock.nanos
    body()
    return Double(MonotonicClock.nanos - start) / 1e9
  }

  static func report(_ name: String, _ value: String, _ comparison: String = "") {
    let padding = String(repeating: " ", count: max(1, 46 - name.count))
    print("  \(name)\(padding)\(value)\(comparison.isEmpty ? "" : "   \(comparison)")")
  }

  static func rounded(_ value: Double, _ digits: Int = 2) -> String {
    if digits == 0 { return "\(Int64(value.rounded()))" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let whole = Int64((value * scale).rounded())
    let fraction = String(whole.magnitude % UInt64(scale))
    return "\(whole / Int64(scale)).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
  }

  static func thousands(_ perSecond: Double) -> String { "\(Int(perSecond / 1_000)) k/s" }

  /// Starts a program with the given standard streams (-1 keeps the current one).
  static func spawn(_ arguments: [String], input: Int32 = -1, output: Int32 = -1) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    if input >= 0 { posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO) }
    if output >= 0 { posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }
    var process = pid_t()
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    let code = posix_spawnp(&process, words[0]!, &actions, nil, &words, environ)
    guard code == 0 else {
      print("cannot start \(arguments[0]): \(String(cString: strerror(code)))")
      exit(1)
    }
    return process
  }

  static func wait(_ process: pid_t) {
    var status: Int32 = 0
    waitpid(process, &status, 0)
  }

  /// A pipe whose ends are not inherited by started programs.
  static func pipe() -> (reader: Int32, writer: Int32) {
    var ends: [Int32] = [0, 0]
    Platform.pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  static func temporaryDirectory() -> String {
    var template = Array("/tmp/trace-distiller-bench-XXXXXX".utf8CString)
    return String(cString: mkdtemp(&template))
  }

  static func percentile(_ sorted: [Double], _ share: Double) -> Double { sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] }
}
