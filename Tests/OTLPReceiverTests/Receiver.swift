// A listener over a store of its own, and clients that write bytes to its port as they please.

import JSON
import Platform
import Synchronization
import Testing
import TraceContextServer
import TraceDistiller

@testable import OTLPReceiver

final class Receiver: Sendable {
  let store: SharedTraceStore
  let listener: OTLPListener
  let told = Told()

  final class Told: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  init(_ place: ListenerPlace = .free, user: uid_t = geteuid(), anyUser: Bool = false, _ change: (inout ListenerLimits) -> Void = { _ in })
    throws
  {
    signal(SIGPIPE, SIG_IGN)
    var limits = ListenerLimits()
    change(&limits)
    var bounds = StoreLimits()
    bounds.maxTraces = 0
    store = SharedTraceStore(limits: bounds)
    listener = try OTLPListener(
      place, anyUser: anyUser, user: user, limits: limits, store: store, source: SourceID(0), clock: { MonotonicClock.nanos },
      tell: { [told] in told.add($0) })
  }

  deinit { listener.stop() }

  var port: UInt16 { UInt16(listener.endpoint.split(separator: ":").last!)! }

  func client(_ host: String = "127.0.0.1") throws -> RawClient { try RawClient(host, port) }

  func count(_ name: String) -> UInt64 { listener.report.requests.first { $0.name == name }?.count ?? .max }

  /// Names of the roots of all traces.
  var roots: [String] { store.overviews(now: MonotonicClock.nanos).lines.map(\.rootName) }

  /// Waits until something is so, at most 10 s.
  func until(_ isReached: () -> Bool) -> Bool {
    for _ in 0..<2_000 {
      if isReached() { return true }
      usleep(5_000)
    }
    return isReached()
  }
}

/// A request with one span, as JSON.
func spanBody(_ name: String, trace: String = "5b8efff798038103d269b633813fc60c") -> String {
  """
  {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"\(trace)","spanId":"eee19b7ec3c1b174","name":"\(name)",\
  "startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712661000000000"}]}]}]}
  """
}

/// The head of a request, with the headers that every one has.
func head(_ path: String = "/v1/traces", method: String = "POST", host: String? = "localhost", _ headers: String...) -> String {
  let all = ["\(method) \(path) HTTP/1.1"] + (host.map { ["Host: \($0)"] } ?? []) + headers
  return all.joined(separator: "\r\n") + "\r\n\r\n"
}

func request(_ body: String, _ path: String = "/v1/traces") -> String {
  head(path, "Content-Type: application/json", "Content-Length: \(body.utf8.count)") + body
}

/// A socket, and the answers that come through it.
final class RawClient {
  let socket: Int32
  private var buffered: [UInt8] = []

  struct Failure: Error { var text: String }

  init(_ host: String, _ port: UInt16) throws {
    let isSix = host.contains(":")
    #if canImport(Darwin)
      let kind = SOCK_STREAM
    #else
      let kind = Int32(SOCK_STREAM.rawValue)
    #endif
    socket = Platform.socket(isSix ? AF_INET6 : AF_INET, kind, 0)
    _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let code: Int32
    if isSix {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      inet_pton(AF_INET6, host, &address.sin6_addr)
      code = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) }
      }
    } else {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      inet_pton(AF_INET, host, &address.sin_addr)
      code = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
      }
    }
    guard code == 0 else { throw Failure(text: "connect: \(errorText(errno))") }
  }

  deinit { close(socket) }

  func send(_ text: String) { send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { write(socket, $0.baseAddress! + done, bytes.count - done) }
      guard count > 0 else { return }
      done += count
    }
  }

  /// Status, head and body of the next answer.
  func answer() throws -> (status: Int, head: String, body: String) {
    let separator = Array("\r\n\r\n".utf8)
    while true {
      if let end = (0..<max(0, buffered.count - 3)).first(where: { Array(buffered[$0..<$0 + 4]) == separator }) {
        let head = String(decoding: buffered[..<end], as: UTF8.self)
        let length =
          head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
          .flatMap { Int($0.dropFirst(15).drop { $0 == " " }) } ?? 0
        if buffered.count >= end + 4 + length {
          let body = String(decoding: buffered[(end + 4)..<(end + 4 + length)], as: UTF8.self)
          buffered.removeFirst(end + 4 + length)
          return (Int(head.split(separator: " ")[1]) ?? 0, head, body)
        }
      }
      guard try fill() else { throw Failure(text: "closed after \(String(decoding: buffered, as: UTF8.self))") }
    }
  }

  func ask(_ text: String) throws -> (status: Int, head: String, body: String) {
    send(text)
    return try answer()
  }

  /// Everything up to the end of the connection.
  func rest() throws -> [UInt8] {
    while try fill() {}
    return buffered
  }

  private func fill() throws -> Bool {
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    let count = read(socket, &piece, piece.count)
    if count < 0, errno == ECONNRESET { return false }
    guard count >= 0 else { throw Failure(text: "nothing came: \(errorText(errno)); so far \(String(decoding: buffered, as: UTF8.self))") }
    buffered += piece[..<count]
    return count > 0
  }
}
