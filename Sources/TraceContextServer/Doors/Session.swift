// The state of one client's session: which requests are allowed when. The same for every door.

import JSONRPC
import Synchronization
import TraceDistiller

/// The lifecycle of LSP 3.17: initialize, initialized, shutdown, exit. With one JSON message per line no handshake is needed, so that
/// scripts can send requests at once.
struct Session: Sendable {
  enum Phase: Sendable { case fresh, initialized, shutDown }

  private(set) var phase = Phase.fresh
  var framing = MessageFraming.line
  /// The client has completed its handshake or an equivalent step. A script needs none.
  var isClientKnown = false

  /// Throws if a request is not allowed now.
  func check(_ method: String) throws(ResponseError) {
    switch phase {
    case .fresh:
      if framing == .contentLength, method != "initialize" { throw .serverNotInitialized(method) }
    case .initialized:
      if method == "initialize" { throw .invalidRequest("initialize came twice; a session is initialized once") }
    case .shutDown:
      throw .invalidRequest("\(VisibleText.make(method, limit: 80)) came after shutdown; only the exit notification may follow")
    }
  }

  mutating func initialize() { phase = .initialized }

  mutating func shutDown() { phase = .shutDown }

  /// 0 after a shutdown request, 1 without one, as LSP requires.
  var exitCode: Int32 { phase == .shutDown ? 0 : 1 }
}

/// A session that the doors of a connection share.
final class SessionState: Sendable {
  private let session = Mutex(Session())

  var framing: MessageFraming { session.withLock { $0.framing } }
  var exitCode: Int32 { session.withLock { $0.exitCode } }

  func use(_ framing: MessageFraming) { session.withLock { $0.framing = framing } }
  func check(_ method: String) throws(ResponseError) { try session.withLock { session throws(ResponseError) in try session.check(method) } }
  func initialize() { session.withLock { $0.initialize() } }
  func shutDown() { session.withLock { $0.shutDown() } }

  /// Returns true the first time.
  func greet() -> Bool {
    session.withLock { session in
      defer { session.isClientKnown = true }
      return !session.isClientKnown
    }
  }
}
