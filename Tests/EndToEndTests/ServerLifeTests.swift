// Proves how the server's process runs and ends: both framings, exit codes, the end of its input, its parent's death, a client that reads
// nothing.

import JSON
import Platform
import Testing

@Suite struct ServerLifeTests {
  @Test func `A system that gives no thread gets an error and an exit code, no crash`() throws {
    // No stack of this size can be allocated, and threads get the size of the limit.
    let limit = "ulimit -s 137438953472 2>/dev/null"
    guard run(["sh", "-c", limit]).code == 0 else { return }
    let place = try TestPlace()
    let got = run(["sh", "-c", limit + #" && exec "$0" serve --pipe "$1""#, program, place.pipe])
    #expect(got.code == 71 && got.error.contains("the system gives no thread"), "\(got)")
  }

  /// One line and an exit code, whatever the system refuses; with a slightly higher limit everything works.
  @Test func `A system without descriptors gets an error and an exit code, and with enough an answer`() throws {
    let request = #"{"jsonrpc":"2.0","id":1,"method":"server/status"}"# + "\n"
    var codes: Set<Int32> = []
    for limit in 5...16 {
      let place = try TestPlace()
      // Descriptors that other tests left open in this process would take the places of the server's.
      let script = #"""
        for open in /proc/$$/fd/*; do ((${open##*/} < 3)) || eval "exec ${open##*/}>&-"; done
        ulimit -n "$2" && exec "$0" serve --pipe "$1"
        """#
      let got = run(["bash", "-c", script, program, place.pipe, String(limit)], input: request)
      codes.insert(got.code)
      if got.code == 0 {
        #expect(got.output.contains("\"result\""), "\(limit) descriptors: \(got)")
      } else {
        let isTold = got.code == 71 && got.error.split(separator: "\n").count == 1 && got.error.contains("Too many open files")
        #expect(isTold && got.output.isEmpty, "\(limit) descriptors: \(got)")
      }
    }
    #expect(codes == [0, 71], "\(codes)")
  }

  /// The lock's file cannot be written: no signal ends the server.
  @Test func `A file size limit of nothing hinders nobody`() throws {
    let place = try TestPlace()
    let request = #"{"jsonrpc":"2.0","id":1,"method":"server/status"}"# + "\n"
    let got = run(["sh", "-c", #"ulimit -f 0 && exec "$0" serve --pipe "$1""#, program, place.pipe], input: request)
    #expect(got.code == 0 && got.output.contains("reading"), "\(got)")
  }

  /// Threads of Swift's pool have these signals blocked, and so do programs started from such a thread.
  @Test(arguments: [SIGTERM, SIGINT, SIGHUP]) func `A signal ends it although who started it had it blocked`(signal: Int32) throws {
    let place = try TestPlace()
    var blocked = sigset_t()
    var before = sigset_t()
    sigemptyset(&blocked)
    sigaddset(&blocked, signal)
    pthread_sigmask(SIG_BLOCK, &blocked, &before)
    let server = Result { try ServerProcess(pipe: place.pipe) }
    pthread_sigmask(SIG_SETMASK, &before, nil)
    let started = try server.get()
    kill(started.process, signal)
    #expect(started.end() == -signal)
  }

  @Test func `A language client initializes, asks, shuts down and exits with 0`() throws {
    let place = try TestPlace()
    let client = try FramedClient(place.pipe)
    #expect(try client.ask("traces/list")["error"]?["code"]?.integer == -32_002)
    let welcome = try client.ask("initialize", ["processId": nil, "capabilities": [:], "locale": "zh-CN"])
    #expect(welcome["result"]?["serverInfo"]?["name"]?.string == "trace-distiller", "\(welcome.serializedString)")
    let methods = welcome["result"]?["capabilities"]?["experimental"]?["traceDistiller"]?["methods"]?.object
    #expect(methods?["trace/summary"]?.integer == 1)
    client.notify("initialized")
    #expect(try client.ask("initialize")["error"]?["code"]?.integer == -32_600)
    #expect(client.notifications.map { $0["method"]?.string } == ["window/logMessage"])
    #expect(client.notifications.first?["params"]?["message"]?.string?.contains(place.pipe) == true)
    wait(writer(traceLines("zh"), to: place.pipe))
    var text = ""
    for _ in 0..<500 where text.isEmpty { text = try client.ask("trace/summary")["result"]?["text"]?.string ?? "" }
    #expect(text.hasPrefix("=== 函数执行路径分析报告 ==="), "\(text)")
    #expect(try client.ask("shutdown")["result"]?.isNull == true)
    #expect(try client.ask("traces/list")["error"]?["code"]?.integer == -32_600)
    client.notify("exit")
    #expect(wait(client.process) == 0)
  }

  @Test func `Exit without shutdown ends with 1`() throws {
    let place = try TestPlace()
    let client = try FramedClient(place.pipe)
    _ = try client.ask("initialize", [:])
    client.notify("exit")
    #expect(wait(client.process) == 1)
  }

  @Test func `Lines piped into serve are answered, then it ends`() throws {
    let place = try TestPlace()
    let requests = """
      {"jsonrpc":"2.0","id":1,"method":"traces/list"}\r

      {"jsonrpc":"2.0","id":"a\\/b","method":"server/status"}
      {"jsonrpc":"2.0","id":0,"method":"nothing"}
      """
    let result = run([program, "serve", "--pipe", place.pipe], input: requests)
    #expect(result.code == 0)
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 3, "\(result.output)")
    #expect(lines.first?.hasPrefix("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"traces\":[],\"total\":0") == true, "\(lines)")
    #expect(lines.dropFirst().first?.hasPrefix("{\"jsonrpc\":\"2.0\",\"id\":\"a\\/b\",\"result\"") == true, "\(lines)")
    #expect(lines.last?.contains("\"id\":0,\"error\":{\"code\":-32601") == true, "\(lines)")
  }

  @Test func `The end of its input ends it although a writer holds the pipe`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    let holder = open(place.pipe, O_WRONLY | O_CLOEXEC)
    defer { close(holder) }
    server.closeInput()
    #expect(server.end() == 0)
  }

  @Test func `The death of the named parent ends it although somebody holds its input`() throws {
    let place = try TestPlace()
    let parent = spawn(["sleep", "1000"])
    let client = try FramedClient(place.pipe)
    _ = try client.ask("initialize", ["processId": .integer(Int(parent))])
    kill(parent, SIGKILL)
    wait(parent)
    #expect(wait(client.process) == 0)
  }

  @Test func `A named parent that cannot be seen from here is no dead one`() throws {
    let place = try TestPlace()
    let client = try FramedClient(place.pipe)
    // No process has this id: the editor is in another container.
    _ = try client.ask("initialize", ["processId": 1_999_999_999])
    #expect(try client.ask("traces/await", ["timeoutMs": 2_500])["result"]?["timedOut"] == true)
    #expect(try client.ask("shutdown")["result"]?.isNull == true)
    client.notify("exit")
    #expect(wait(client.process) == 0)
  }

  /// A process that adopts orphans is not a client, even if it started the server.
  @Test func `The death of a subreaper does not end it`() throws {
    let place = try TestPlace()
    // Writing to a server that has ended must return an error, not raise a signal in the tests.
    signal(SIGPIPE, SIG_IGN)
    let (toServer, fromServer) = (makePipe(), makePipe())
    defer { for end in [toServer.writer, fromServer.reader] { close(end) } }
    let subreaper = """
      import ctypes, os, subprocess, sys, time
      ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
      subprocess.Popen(sys.argv[1:])
      os.close(0); os.close(1)
      while True:
          try: os.wait()
          except ChildProcessError: time.sleep(1)
      """
    let parent = spawn(
      ["python3", "-c", subreaper, program, "serve", "--pipe", place.pipe], input: toServer.reader, output: fromServer.writer)
    for end in [toServer.reader, fromServer.writer] { close(end) }
    var reader = LineReader(fromServer.reader)
    writeAll(MCPTests.initialize.serialized + [0x0A], to: toServer.writer)
    #expect(try reader.next() != nil)
    // A quarter of a second later the server has classified its parent.
    writeAll(Array(#"{"jsonrpc":"2.0","id":1,"method":"traces/await","params":{"timeoutMs":250}}"#.utf8) + [0x0A], to: toServer.writer)
    #expect(try reader.next() != nil)
    kill(parent, SIGKILL)
    wait(parent)
    writeAll(Array(#"{"jsonrpc":"2.0","id":2,"method":"traces/await","params":{"timeoutMs":2500}}"#.utf8) + [0x0A], to: toServer.writer)
    #expect(try reader.next()?.contains("timedOut") == true)
  }

  private static let script: JSONValue = ["jsonrpc": "2.0", "id": 0, "method": "server/status"]

  /// The server's command, the client's first message, and whether the server outlives the process that started it.
  static let orphans: [(command: String, first: JSONValue, outlives: Bool)] = [
    ("serve", MCPTests.initialize, false), ("serve", MCPTests.stateless, false), ("serve --keep-alive", MCPTests.initialize, true),
    // A script sends no handshake.
    ("serve", script, true), ("mcp", script, false), ("mcp --keep-alive", script, true),
  ]

  @Test(arguments: orphans.indices) func `The death of the process that started it ends it only for clients`(_ index: Int) throws {
    let (command, first, outlives) = Self.orphans[index]
    let place = try TestPlace()
    // Writing to a server that has ended must return an error, not raise a signal in the tests.
    signal(SIGPIPE, SIG_IGN)
    let (toServer, fromServer) = (makePipe(), makePipe())
    defer { for end in [toServer.writer, fromServer.reader] { close(end) } }
    // The shell becomes `sleep` and stays the server's parent; the test keeps the server's input open.
    let parent = spawn(
      ["sh", "-c", "exec 3<&0; '\(program)' \(command) --pipe '\(place.pipe)' <&3 & exec sleep 1000 <&- >&- 3<&-"],
      input: toServer.reader, output: fromServer.writer)
    for end in [toServer.reader, fromServer.writer] { close(end) }
    var reader = LineReader(fromServer.reader)
    writeAll(first.serialized + [0x0A], to: toServer.writer)
    #expect(try reader.next() != nil)
    kill(parent, SIGKILL)
    wait(parent)
    guard outlives else {
      #expect(try reader.next() == nil, "it said more instead of ending")
      return
    }
    writeAll(Array(#"{"jsonrpc":"2.0","id":1,"method":"traces/await","params":{"timeoutMs":2500}}"#.utf8) + [0x0A], to: toServer.writer)
    #expect(try reader.next()?.contains("timedOut") == true)
  }

  @Test func `A client that closes its output ends it`() throws {
    let place = try TestPlace()
    // Writing to a server that has ended must return an error, not raise a signal in the tests.
    signal(SIGPIPE, SIG_IGN)
    let (toServer, fromServer) = (makePipe(), makePipe())
    defer { close(toServer.writer) }
    let server = spawn([program, "mcp", "--pipe", place.pipe], input: toServer.reader, output: fromServer.writer)
    for end in [toServer.reader, fromServer.writer, fromServer.reader] { close(end) }
    writeAll(MCPTests.initialize.serialized + [0x0A], to: toServer.writer)
    #expect(wait(server) == 0)
  }

  @Test func `A stderr that nobody reads does not stop it`() throws {
    let place = try TestPlace()
    let unread = makePipe()
    defer { close(unread.reader) }
    let server = try ServerProcess(pipe: place.pipe, error: unread.writer)
    close(unread.writer)
    // Far more than 64 KiB of messages, one per request.
    for _ in 0..<2_000 {
      server.send("{\"jsonrpc\":\"2.0\",\"id\":\(String(repeating: "[", count: 60))\n")
      _ = try server.readLine()
    }
    wait(writer(traceLines("good"), to: place.pipe))
    _ = try server.records(2)
  }

  @Test func `Every line on stdout is a message, whatever the client and the pipe send`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    wait(writer("garbage\n{}\n[1]\n\"\\ud800\"\n" + traceLines("good"), to: place.pipe))
    _ = try server.records(2)
    server.send("nonsense\n[]\n{\"jsonrpc\":\"1.0\",\"id\":7,\"method\":\"x\"}\n{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"x\"}\n")
    let codes = try (0..<4).map { _ in try JSONValue(parsing: try server.readLine())["error"]?["code"]?.integer }
    #expect(codes == [-32_700, -32_600, -32_600, -32_600])
    #expect(try server.ask("traces/list")["total"]?.integer == 1)
  }
}

/// Reads lines from a descriptor, each within 20 s.
private struct LineReader {
  private let descriptor: Int32
  private var buffered: [UInt8] = []

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Nil at the end.
  mutating func next() throws -> String? {
    while true {
      if let newline = buffered.firstIndex(of: 0x0A) {
        defer { buffered.removeFirst(newline + 1) }
        return String(decoding: buffered[..<newline], as: UTF8.self)
      }
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      try #require(poll(&entry, 1, 20_000) == 1, "neither a line nor the end for 20 s")
      var piece = [UInt8](repeating: 0, count: 4_096)
      let count = read(descriptor, &piece, piece.count)
      if count <= 0 { return nil }
      buffered += piece[..<count]
    }
  }
}

/// A client that speaks Content-Length.
final class FramedClient {
  let process: pid_t
  private let input: Int32
  private let output: Int32
  private var buffered: [UInt8] = []
  private var nextID = 1
  /// Notifications that the server sent while an answer was waited for.
  private(set) var notifications: [JSONValue] = []

  init(_ pipe: String) throws {
    signal(SIGPIPE, SIG_IGN)
    let (toServer, fromServer) = (makePipe(), makePipe())
    process = spawn([program, "serve", "--pipe", pipe], input: toServer.reader, output: fromServer.writer)
    close(toServer.reader)
    close(fromServer.writer)
    input = toServer.writer
    output = fromServer.reader
  }

  deinit {
    kill(process, SIGKILL)
    close(input)
    close(output)
  }

  func notify(_ method: String) { send(["jsonrpc": "2.0", "method": .string(method)]) }

  func ask(_ method: String, _ params: JSONValue = [:]) throws -> JSONValue {
    send(["jsonrpc": "2.0", "id": .integer(nextID), "method": .string(method), "params": params])
    nextID += 1
    while true {
      let message = try read()
      guard message["id"] == nil else { return message }
      notifications.append(message)
    }
  }

  private func send(_ message: JSONValue) {
    let body = message.serialized
    writeAll(Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body, to: input)
  }

  private func read() throws -> JSONValue {
    while true {
      if let body = FramedClient.body(buffered) {
        defer { buffered.removeFirst(body.upperBound) }
        return try JSONValue(parsing: Array(buffered[body]))
      }
      var entry = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      try #require(poll(&entry, 1, 20_000) == 1, "the server said nothing for 20 s")
      var piece = [UInt8](repeating: 0, count: 64 << 10)
      let count = Platform.read(output, &piece, piece.count)
      try #require(count > 0, "the server closed its output")
      buffered += piece[..<count]
    }
  }

  /// The range of the first message's body, once it has arrived completely.
  private static func body(_ bytes: [UInt8]) -> Range<Int>? {
    let text = String(decoding: bytes.prefix(200), as: UTF8.self)
    guard let digits = text.split(separator: "\r\n", maxSplits: 1).first?.split(separator: " ").last, let length = Int(digits) else {
      return nil
    }
    let start = "Content-Length: \(length)\r\n\r\n".utf8.count
    return bytes.count >= start + length ? start..<start + length : nil
  }
}
