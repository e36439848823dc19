// Where the receiver listens and what it lets in, as `--otlp` and its relatives say.

import Platform

/// Where to listen.
package enum ListenerPlace: Sendable, Equatable {
  /// The port that senders of OTLP take by default where it is free, else a free one; on this machine's own addresses.
  case automatic
  /// A free port, on this machine's own addresses.
  case free
  /// An address in figures and a port; 0 is a free one. Both addresses of this machine where none is given.
  case given(host: String?, port: Int)

  /// `auto`, `4319`, `:4319`, `127.0.0.1:4319`, `[::1]:4319`, `localhost:4319`, each also behind `http://`. Nil for what is none of them.
  package init?(_ text: String) {
    if text == "auto" {
      self = .automatic
      return
    }
    var rest = Substring(text)
    if rest.hasPrefix("http://") { rest = rest.dropFirst(7) }
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    guard let colon = rest.lastIndex(of: ":"), !(rest.hasSuffix("]")) else {
      guard let port = ListenerPlace.port(rest) else { return nil }
      self = .given(host: nil, port: port)
      return
    }
    guard let port = ListenerPlace.port(rest[rest.index(after: colon)...]) else { return nil }
    var host = String(rest[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    if host.isEmpty || host == "localhost" {
      self = .given(host: nil, port: port)
      return
    }
    guard HostCheck.isLoopback(host) != nil else { return nil }
    self = .given(host: host, port: port)
  }

  private static func port(_ text: Substring) -> Int? {
    guard let port = UInt16(text), text.allSatisfy(\.isNumber) else { return nil }
    return Int(port)
  }
}

/// What the receiver lets in. Each bound is told where it is reached.
package struct ListenerLimits: Sendable {
  package var maxHeaderBytes = 16 << 10
  /// Of a body as it is sent, and unpacked.
  package var maxBodyBytes = 32 << 20
  package var maxUnpackedBytes = 64 << 20
  /// Of all bodies that come or are read.
  package var maxHeldBytes = 64 << 20
  package var maxConnections = 256
  /// For the head of a first request, for the next piece of a body, for a whole body, between two requests of a connection.
  package var headNanos: Int64 = 10_000_000_000
  package var pieceNanos: Int64 = 10_000_000_000
  package var bodyNanos: Int64 = 60_000_000_000
  package var idleNanos: Int64 = 300_000_000_000
  /// Of the body of a refused request, which is read over so that the sender reads the answer.
  package var maxReadOverBytes = 1 << 20

  package init() {}

  /// Bodies never take more than a quarter of what is kept.
  package init(maxMemory: Int) {
    maxHeldBytes = max(4 << 20, min(maxHeldBytes, maxMemory / 4))
    maxBodyBytes = min(maxBodyBytes, maxHeldBytes)
    maxUnpackedBytes = min(maxUnpackedBytes, 2 * maxHeldBytes)
  }
}
