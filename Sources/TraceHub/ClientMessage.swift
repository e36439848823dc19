// What a door has to know of a client's message: whether it wants an answer, under which id, and whether it may be asked twice. The message
// itself is handed on as it was written.

import JSON
import JSONRPC

package struct ClientMessage: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// The id's text, as the client wrote it.
    case request(id: [UInt8])
    case notification
    /// An array of messages, answered with one array or one error.
    case batch
    /// An answer to a request of the server's, which is never answered itself.
    case response
    /// No message; answered without an id.
    case unreadable
  }

  package var kind: Kind
  package var method: String
  package var text: [UInt8]

  /// - Complexity: O(bytes), without a tree where the method is written as usual.
  package init(_ text: [UInt8]) {
    self.text = text
    let (id, name) = text.withUnsafeBytes { bytes in
      (MemberScan.text(ofMember: "id", in: bytes), MemberScan.text(ofMember: "method", in: bytes))
    }
    if text.first == UInt8(ascii: "{"), let name, let word = Self.word(name), id.map(Self.isID) ?? true {
      method = word
      kind = id.map { .request(id: $0) } ?? .notification
    } else {
      (kind, method) = Self.read(text)
    }
  }

  /// A name in quotes without escapes.
  private static func word(_ text: [UInt8]) -> String? {
    guard text.count >= 2, text.first == UInt8(ascii: "\""), !text.contains(UInt8(ascii: "\\")) else { return nil }
    return String(decoding: text.dropFirst().dropLast(), as: UTF8.self)
  }

  private static func isID(_ text: [UInt8]) -> Bool {
    switch text.first ?? 0 {
    case UInt8(ascii: "\""), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: false
    }
  }

  /// The same of the parsed message.
  private static func read(_ text: [UInt8]) -> (Kind, String) {
    switch IncomingMessage(parsing: text) {
    case .request(let request): (.request(id: request.id.text), request.method)
    case .notification(let notification): (.notification, notification.method)
    case .invalid(_, let id?): (.request(id: id.text), "")
    case .invalid(_, nil): (.unreadable, "")
    case .response: (.response, "")
    case .batch(let messages): (messages.contains { $0.wantsAnswer } ? .batch : .notification, "")
    }
  }

  package var wantsAnswer: Bool {
    switch kind {
    case .request, .batch, .unreadable: true
    case .notification, .response: false
    }
  }

  /// Whether the server answers this without an id, as it cannot read one.
  var isUnreadable: Bool {
    if kind == .unreadable { return true }
    return if case .invalid(_, nil) = IncomingMessage(parsing: text) { true } else { false }
  }

  /// Whether asking twice changes nothing: the question is asked again where a hub ended over it.
  package var isRepeatable: Bool {
    switch kind {
    case .notification, .response: false
    case .unreadable: true
    case .batch:
      if case .batch(let messages) = IncomingMessage(parsing: text) {
        messages.allSatisfy { message in
          if case .request(let request) = message { Self.isRead(request.method, request.params?["name"]?.string) } else { true }
        }
      } else {
        true
      }
    case .request:
      method == "tools/call" ? Self.isRead(method, (try? JSONValue(parsing: text))?["params"]?["name"]?.string) : Self.isRead(method, nil)
    }
  }

  private static func isRead(_ method: String, _ tool: String?) -> Bool {
    switch method {
    case "traces/clear": false
    case "initialize", "shutdown", "ping", "server/discover", "server/status", "completion/complete", "workspace/symbol",
      "workspace/textDocumentContent":
      true
    // Tools read, all but those whose names say otherwise.
    case "tools/call": tool.map { name in !["open", "clear", "close"].contains { name.hasPrefix($0) } } ?? true
    default:
      [
        "trace/", "traces/", "logs/", "tools/", "resources/", "prompts/", "subscriptions/", "logging/", "textDocument/", "callHierarchy/",
      ].contains { method.hasPrefix($0) }
    }
  }

  /// The message under another id: handshakes are replayed under ids of the door's.
  func renamed(_ id: String) -> [UInt8] {
    guard let range = text.withUnsafeBytes({ MemberScan.range(ofMember: "id", in: $0) }) else { return text }
    return Array(text[..<range.lowerBound]) + Array("\"\(id)\"".utf8) + Array(text[range.upperBound...])
  }
}
