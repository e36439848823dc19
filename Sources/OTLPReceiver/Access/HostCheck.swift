// Whether a request was sent to this machine by one of its programs, or by a web page that a browser shows: a page can send to 127.0.0.1, and a name of its
// own can lead there.

import NIOHTTP1
import Platform

/// What the Host header of a request may say.
struct HostCheck: Sendable {
  /// Programs of other machines may come: they name this one by its address, or by a name that containers have for it.
  var isOpen: Bool
  /// The name in the address that the listener was given.
  var name: String?

  /// Nil where the request may come.
  func refusal(of head: HTTPRequestHead) -> OTLPAnswer? {
    guard head.headers["Origin"].isEmpty else {
      return OTLPAnswer(.foreignOrigin, "requests of web pages (with an Origin header) are refused", closes: true)
    }
    let hosts = head.headers["Host"]
    guard hosts.count <= 1 else { return OTLPAnswer(.malformed, "there are \(hosts.count) Host headers", closes: true) }
    guard let host = hosts.first else {
      guard head.version == .http1_1 else { return nil }
      return OTLPAnswer(.malformed, "a request of HTTP/1.1 needs a Host header", closes: true)
    }
    guard allows(host) else {
      return OTLPAnswer(
        .foreignHost, "the Host header names another machine; send to localhost, 127.0.0.1 or [::1]", closes: true)
    }
    return nil
  }

  func allows(_ host: String) -> Bool {
    let name = HostCheck.name(of: host)
    if name == "localhost" || name == "localhost." || name == self.name { return true }
    if let isLoopback = HostCheck.isLoopback(name) { return isLoopback || isOpen }
    return isOpen && (name == "host.docker.internal" || name == "host.containers.internal")
  }

  /// A Host header without its port and brackets, in small letters.
  static func name(of host: String) -> String {
    let host = host.lowercased()
    if host.hasPrefix("[") { return String(host.dropFirst().prefix { $0 != "]" }) }
    return String(host.prefix { $0 != ":" })
  }

  /// Whether an address in figures is this machine's own; nil for what is no address in figures.
  static func isLoopback(_ text: String) -> Bool? {
    var four = in_addr()
    if inet_pton(AF_INET, text, &four) == 1 { return four.s_addr.bigEndian >> 24 == 127 }
    var six = in6_addr()
    guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
    return withUnsafeBytes(of: &six) { bytes in
      if bytes[..<15].allSatisfy({ $0 == 0 }) { return bytes[15] == 1 }
      // An address of version 4 inside of one of version 6.
      return bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF && bytes[12] == 127
    }
  }
}
