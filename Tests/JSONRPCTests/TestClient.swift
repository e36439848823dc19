// The other end of a connection, over real pipes. Blocking calls run on threads of their own: the tests share the few threads on which
// tasks run, and must leave those to the tasks of the connection.

import Foundation
import JSON
import JSONRPC
import Synchronization

/// Received bytes that were not consumed yet. Bytes are searched only once: a line of megabytes arrives in hundreds of chunks.
private struct Unread {
  var bytes: [UInt8] = []
  private var looked = 0

  mutating func takeLine() -> String? {
    guard !bytes.isEmpty else { return nil }
    let newline = bytes.withUnsafeBytes { bytes -> Int? in
      memchr(bytes.baseAddress! + looked, 0x0A, bytes.count - looked).map { bytes.baseAddress!.distance(to: UnsafeRawPointer($0)) }
    }
    guard let newline else {
      looked = bytes.count
      return nil
    }
    defer {
      bytes.removeSubrange(...newline)
      looked = 0
    }
    return String(decoding: bytes[..<newline], as: UTF8.self)
  }
}

final class TestClient: Sendable {
  let handler = TestHandler()
  let connection: Connection
  /// The client's ends of the pipes.
  let requests: Int32
  let replies: Int32
  private let openEnds: Mutex<Set<Int32>>
  private let unread = Mutex(Unread())
  private let log: Log
  private let end = Ending()

  /// Starts a connection on a new thread.
  /// - Parameter pipeBytes: the size of the pipe for replies; nil for the system's default.
  init(limits: ConnectionLimits = ConnectionLimits(), pipeBytes: Int32? = nil) {
    _ = TestClient.ignoresBrokenPipes
    var up: [Int32] = [-1, -1]
    var down: [Int32] = [-1, -1]
    precondition(pipe(&up) == 0 && pipe(&down) == 0)
    if let pipeBytes { precondition(fcntl(down[1], TestClient.setPipeSize, pipeBytes) > 0) }
    (requests, replies) = (up[1], down[0])
    openEnds = Mutex([up[1], down[0]])
    let (input, output) = (up[0], down[1])
    let log = Log()
    self.log = log
    connection = Connection(input: input, output: output, handler: handler, workers: TestHandler.workers, limits: limits) { log.add($0) }
    Thread.detachNewThread { [connection, end] in
      let reason = connection.run()
      close(input)
      close(output)
      end.resolve(reason)
    }
  }

  deinit { for descriptor in openEnds.withLock({ $0 }) { close(descriptor) } }

  /// The diagnostics that the connection reported to its host.
  var diagnostics: [String] { log.lines.withLock { $0 } }

  func closeRequests() { closeOnce(requests) }
  func closeReplies() { closeOnce(replies) }

  /// Writes the whole text.
  func send(_ text: String) async {
    await onThread { [self] in writeAll(text) }
  }

  /// Writes the whole text, optionally closes the input, and reads until the server closes its end, without a pause in between: a
  /// connection that ends waits for a reader less than a second, and the threads of the tests may be busy longer.
  /// - Parameter pauseMicros: how long the client pauses after each read.
  func exchange(_ text: String, thenCloseRequests: Bool, pauseMicros: UInt32 = 0) async -> String {
    await onThread { [self] in
      writeAll(text)
      if thenCloseRequests { closeRequests() }
      return readAll(pauseMicros: pauseMicros)
    }
  }

  func request(_ id: Int, _ method: String, _ params: String = "{}") async {
    await send(Self.request(id, method, params))
  }

  func notify(_ method: String, _ params: String = "{}") async {
    await send(#"{"jsonrpc":"2.0","method":"\#(method)","params":\#(params)}"# + "\n")
  }

  static func request(_ id: Int, _ method: String, _ params: String = "{}") -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"# + "\n"
  }

  /// The next line that the server wrote; nil at the end.
  func line() async -> String? {
    await onThread { [self] in
      while true {
        if let line = takeLine() { return line }
        guard readMore() else { return nil }
      }
    }
  }

  /// The next lines, parsed.
  func messages(_ count: Int) async throws -> [JSONValue] {
    var messages: [JSONValue] = []
    while messages.count < count, let line = await line() { messages.append(try JSONValue(parsing: line)) }
    return messages
  }

  /// Everything until the server closes its end.
  func rest() async -> String {
    await onThread { [self] in readAll() }
  }

  func ended() async -> ConnectionEnd { await end.value().end }

  /// Why and when the connection ended.
  func endedAt() async -> (end: ConnectionEnd, at: ContinuousClock.Instant) { await end.value() }

  private func writeAll(_ text: String) {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { write(requests, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      sent += count
    }
  }

  private func readAll(pauseMicros: UInt32 = 0) -> String {
    while readMore() { if pauseMicros > 0 { usleep(pauseMicros) } }
    return unread.withLock { unread in
      defer { unread = Unread() }
      return String(decoding: unread.bytes, as: UTF8.self)
    }
  }

  /// A line that has already been read.
  func takeLine() -> String? {
    unread.withLock { $0.takeLine() }
  }

  private func readMore() -> Bool {
    var piece = [UInt8](repeating: 0, count: 65_536)
    let count = read(replies, &piece, piece.count)
    guard count > 0 else { return false }
    unread.withLock { $0.bytes.append(contentsOf: piece[..<count]) }
    return true
  }

  private func closeOnce(_ descriptor: Int32) {
    if openEnds.withLock({ $0.remove(descriptor) }) != nil { close(descriptor) }
  }

  /// F_SETPIPE_SZ, which glibc declares only with _GNU_SOURCE.
  private static let setPipeSize: Int32 = 1_031
  /// Like the executable.
  private static let ignoresBrokenPipes: Bool = {
    signal(SIGPIPE, SIG_IGN)
    return true
  }()
}

/// Runs a blocking closure on a thread of its own.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
  await withCheckedContinuation { continuation in
    Thread.detachNewThread { continuation.resume(returning: body()) }
  }
}

private final class Log: Sendable {
  let lines = Mutex<[String]>([])
  func add(_ line: String) { lines.withLock { $0.append(line) } }
}

private final class Ending: Sendable {
  private let reason = Mutex<(ConnectionEnd, ContinuousClock.Instant)?>(nil)
  private let signal = Signal()

  func resolve(_ end: ConnectionEnd) {
    reason.withLock { $0 = (end, .now) }
    signal.count()
  }

  /// The time is measured where the event happens: the tests' own threads may be busy.
  func value() async -> (end: ConnectionEnd, at: ContinuousClock.Instant) {
    await signal.reached(1)
    return reason.withLock { $0 } ?? (.endOfInput, .now)
  }
}

extension JSONValue {
  /// The code of the error in a reply.
  var errorCode: Int64? { self["error"]?["code"]?.integer }
}
