// What an editor has open, so that the next hub knows it too.

import JSON
import JSONRPC

/// The messages that opened and changed the documents that are open. Within a bound: a document beyond it is not told to the next hub, which
/// then knows it as its file is.
struct OpenDocuments: Sendable {
  private struct Document: Sendable {
    var uri: String
    var messages: [ClientMessage]
    var bytes: Int
  }

  private var open: [Document] = []
  private var bytes = 0
  static let maxBytes = 8 << 20
  static let maxMessages = 4_096

  static func isAbout(_ message: ClientMessage) -> Bool {
    ["textDocument/didOpen", "textDocument/didChange", "textDocument/didSave", "textDocument/didClose"].contains(message.method)
  }

  /// In the order in which they were opened, each with its changes.
  var messages: [ClientMessage] { open.flatMap(\.messages) }

  mutating func note(_ message: ClientMessage) {
    guard let uri = (try? JSONValue(parsing: message.text))?["params"]?["textDocument"]?["uri"]?.string else { return }
    let place = open.firstIndex { $0.uri == uri }
    switch message.method {
    case "textDocument/didOpen":
      if let place { remove(place) }
      open.append(Document(uri: uri, messages: [], bytes: 0))
      add(message, to: open.count - 1)
    case "textDocument/didClose": if let place { remove(place) }
    default: if let place { add(message, to: place) }
    }
  }

  private mutating func add(_ message: ClientMessage, to place: Int) {
    // A part of the changes would be another text.
    guard bytes + message.text.count <= Self.maxBytes, open[place].messages.count < Self.maxMessages else { return remove(place) }
    open[place].messages.append(message)
    open[place].bytes += message.text.count
    bytes += message.text.count
  }

  private mutating func remove(_ place: Int) {
    bytes -= open[place].bytes
    open.remove(at: place)
  }
}
