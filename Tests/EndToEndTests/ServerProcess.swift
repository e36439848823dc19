// Real processes for the end-to-end tests: a server with its two pipes, writers, and waits that end when the awaited event happens.

import JSON
import Platform
import Testing

/// A directory of its own for one test, removed at the end.
final class TestPlace {
  let path: String

  init() throws {
    var template = Array("/tmp/trace-distiller-test-XXXXXX".utf8CString)
    path = String(cString: try #require(mkdtemp(&template)))
  }

  deinit { _ = run(["rm", "-rf", path]) }

  var pipe: String { path + "/p.pipe" }
}

/// The directory that holds Package.swift.
let packageRoot: String = {
  let parts = #filePath.split(separator: "/").dropLast(3)
  return "/" + parts.joined(separator: "/")
}()

/// The program under test.
let program = builtExecutable("trace-distiller")

/// The observed program: see `Tests/TraceLayersHost`.
let layersHost = builtExecutable("trace-layers-host")

/// The smallest program that writes to a pipe: see `Tests/TraceLayersWriter`.
let layersWriter = builtExecutable("trace-layers-writer")

/// The live producer whose planted facts are known.
let demoProgram = builtExecutable("trace-distiller-demo")

/// An executable of this package, found beside the test runner.
private func builtExecutable(_ name: String) -> String {
  var buffer = [UInt8](repeating: 0, count: 4_096)
  let count = readlink(
    "/proc/self/exe", buffer.withUnsafeMutableBytes { $0.baseAddress!.assumingMemoryBound(to: CChar.self) }, buffer.count)
  let own = String(decoding: buffer[..<max(0, count)], as: UTF8.self)
  let beside = own.split(separator: "/").dropLast().joined(separator: "/")
  let candidate = "/\(beside)/\(name)"
  return access(candidate, X_OK) == 0 ? candidate : packageRoot + "/.build/debug/\(name)"
}

let fixture = packageRoot + "/Tests/TraceRecordsTests/Fixtures/rust-seed.jsonl"

func makePipe() -> (reader: Int32, writer: Int32) {
  var ends: [Int32] = [0, 0]
  pipe(&ends)
  for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  return (ends[0], ends[1])
}

/// No test leaves a hub behind: `--hub auto` means never in CI.
private let isInCI: Void = { setenv("CI", "1", 1) }()

func spawn(_ arguments: [String], input: Int32 = -1, output: Int32 = -1, error: Int32 = -1, environment: [String]? = nil) -> pid_t {
  isInCI
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  for (descriptor, target) in [(input, STDIN_FILENO), (output, STDOUT_FILENO), (error, STDERR_FILENO)] where descriptor >= 0 {
    posix_spawn_file_actions_adddup2(&actions, descriptor, target)
  }
  var process = pid_t()
  var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
  var variables: [UnsafeMutablePointer<CChar>?] = ((environment ?? []) + ["CI=1"]).map { strdup($0) } + [nil]
  let code =
    environment == nil
    ? posix_spawnp(&process, words[0]!, &actions, nil, &words, environ)
    : posix_spawnp(&process, words[0]!, &actions, nil, &words, &variables)
  precondition(code == 0, "cannot start \(arguments): \(String(cString: strerror(code)))")
  return process
}

/// Waits for a process to end. Returns its exit code, or minus the signal that ended it.
@discardableResult
func wait(_ process: pid_t) -> Int32 {
  var status: Int32 = 0
  while waitpid(process, &status, 0) < 0, errno == EINTR {}
  return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
}

/// Runs a program until it ends.
func run(_ arguments: [String], input text: String = "", environment: [String]? = nil) -> (code: Int32, output: String, error: String) {
  let (input, output, error) = (makePipe(), makePipe(), makePipe())
  let process = spawn(arguments, input: input.reader, output: output.writer, error: error.writer, environment: environment)
  for descriptor in [input.reader, output.writer, error.writer] { close(descriptor) }
  writeAll(Array(text.utf8), to: input.writer)
  close(input.writer)
  let texts = readBoth(output.reader, error.reader)
  for descriptor in [output.reader, error.reader] { close(descriptor) }
  return (wait(process), texts.0, texts.1)
}

func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
  var done = 0
  while done < bytes.count {
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + done, bytes.count - done) }
    if count < 0, errno != EINTR { return }
    done += max(0, count)
  }
}

private func readBoth(_ first: Int32, _ second: Int32) -> (String, String) {
  var texts: [Int32: [UInt8]] = [first: [], second: []]
  var open = [first, second]
  var buffer = [UInt8](repeating: 0, count: 64 << 10)
  while !open.isEmpty {
    var entries = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    poll(&entries, nfds_t(entries.count), -1)
    for entry in entries where entry.revents != 0 {
      let count = read(entry.fd, &buffer, buffer.count)
      if count > 0 { texts[entry.fd]! += buffer[..<count] } else { open.removeAll { $0 == entry.fd } }
    }
  }
  return (String(decoding: texts[first]!, as: UTF8.self), String(decoding: texts[second]!, as: UTF8.self))
}

/// A running `trace-distiller serve` with requests over its stdin and stdout.
final class ServerProcess {
  let process: pid_t
  private(set) var input: Int32
  let output: Int32
  private var buffered: [UInt8] = []
  private var isWaitedFor = false
  private var nextID = 1

  init(pipe: String, options: [String] = [], error: Int32 = -1) throws {
    signal(SIGPIPE, SIG_IGN)
    let (toServer, fromServer) = (makePipe(), makePipe())
    process = spawn([program, "serve", "--pipe", pipe] + options, input: toServer.reader, output: fromServer.writer, error: error)
    close(toServer.reader)
    close(fromServer.writer)
    input = toServer.writer
    output = fromServer.reader
    // Once this is answered, the pipe exists.
    _ = try ask("server/status")
  }

  deinit {
    if !isWaitedFor {
      kill(process, SIGKILL)
      end()
    }
    closeInput()
    close(output)
  }

  func closeInput() {
    if input >= 0 { close(input) }
    input = -1
  }

  @discardableResult
  func end() -> Int32 {
    isWaitedFor = true
    return wait(process)
  }

  func send(_ text: String) { writeAll(Array(text.utf8), to: input) }

  /// The result of one request; an error of the server fails the test.
  func ask(_ method: String, _ params: JSONValue = [:]) throws -> JSONValue {
    let request: JSONValue = ["jsonrpc": "2.0", "id": .integer(nextID), "method": .string(method), "params": params]
    nextID += 1
    send(request.serializedString + "\n")
    let answer = try JSONValue(parsing: try readLine())
    return try #require(answer["result"], "\(method): \(answer.serializedString)")
  }

  /// The next line, within 20 s: a hang fails the test instead of stopping the run.
  func readLine() throws -> String {
    while true {
      if let newline = buffered.firstIndex(of: 0x0A) {
        defer { buffered.removeFirst(newline + 1) }
        return String(decoding: buffered[..<newline], as: UTF8.self)
      }
      try fill()
    }
  }

  /// The next message with Content-Length framing.
  func readFramed() throws -> JSONValue {
    let separator = Array("\r\n\r\n".utf8)
    while true {
      if let end = (0...max(0, buffered.count - 4)).first(where: { buffered.count >= 4 && Array(buffered[$0..<$0 + 4]) == separator }) {
        let header = String(decoding: buffered[..<end], as: UTF8.self)
        let length = try #require(Int(header.split(separator: " ").last ?? ""), "header \(header)")
        while buffered.count < end + 4 + length { try fill() }
        defer { buffered.removeFirst(end + 4 + length) }
        return try JSONValue(parsing: Array(buffered[end + 4..<end + 4 + length]))
      }
      try fill()
    }
  }

  private func fill() throws {
    var entry = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
    try #require(poll(&entry, 1, 20_000) == 1, "the server said nothing for 20 s")
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    let count = read(output, &piece, piece.count)
    try #require(count > 0, "the server closed its output")
    buffered += piece[..<count]
  }

  /// Requests the status until it satisfies the predicate, for at most 20 s.
  @discardableResult
  func status(until isReached: (JSONValue) -> Bool) throws -> JSONValue {
    for _ in 0..<2_000 {
      let status = try ask("server/status")
      if isReached(status) { return status }
      usleep(10_000)
    }
    let last = try ask("server/status")
    throw Unreached(status: last.serializedString)
  }

  struct Unreached: Error { var status: String }

  func source(_ status: JSONValue) -> JSONValue { status["sources"]?[0] ?? .null }

  func counter(_ name: String, in status: JSONValue) -> Int64 { source(status)["counters"]?[name]?.integer ?? -1 }

  /// Waits until that many records were read.
  func records(_ count: Int64) throws -> JSONValue { try status { counter("records", in: $0) >= count } }
}

/// Starts a process that writes a text to the pipe and ends.
func writer(_ text: String, to pipe: String) -> pid_t {
  let ends = makePipe()
  let process = spawn(["sh", "-c", "exec cat > '\(pipe)'"], input: ends.reader)
  close(ends.reader)
  writeAll(Array(text.utf8), to: ends.writer)
  close(ends.writer)
  return process
}

/// A trace of one root with its start and end, as native lines.
func traceLines(_ id: String, root: String = "main", durationMs: Int = 10) -> String {
  """
  {"timestamp":"2026-11-23T10:00:00Z","level":"INFO","target":"t","log_type":"trace","message":"","fields":{"event_type":"span_start","trace_id":"\(id)","span_id":"\(id)-1","parent_id":null,"span_name":"\(root)"}}
  {"timestamp":"2026-11-23T10:00:01Z","level":"INFO","target":"t","log_type":"trace","message":"","fields":{"event_type":"span_end","trace_id":"\(id)","span_id":"\(id)-1","span_name":"\(root)","duration_ms":\(durationMs)}}

  """
}
