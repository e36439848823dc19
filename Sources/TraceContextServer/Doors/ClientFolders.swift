// The folders that a client works in, as language clients and MCP clients say them: file URIs.

import JSON
import Platform

enum ClientFolders {
  /// Of more folders the first count, and no longer paths: what a client says is compared with the directory of every program.
  static let most = 16
  static let maxBytes = 4_096

  /// `workspaceFolders` of LSP's `initialize`, else `rootUri`, else `rootPath`.
  static func ofLanguageClient(_ params: JSONValue?) -> [String] {
    if let folders = params?["workspaceFolders"]?.array, !folders.isEmpty { return paths(folders) }
    if let root = params?["rootUri"]?.string { return path(ofURI: root).map { [$0] } ?? [] }
    return params?["rootPath"]?.string.flatMap { usable($0) }.map { [$0] } ?? []
  }

  /// The answer to MCP's `roots/list`.
  static func ofRoots(_ answer: JSONValue) -> [String] { paths(answer["roots"]?.array ?? []) }

  private static func paths(_ entries: [JSONValue]) -> [String] {
    entries.prefix(most).compactMap { $0["uri"]?.string.flatMap { path(ofURI: $0) } }
  }

  /// The path of a `file:` URI of this machine, where it says what somebody works on.
  static func path(ofURI uri: String) -> String? { FileAddress.path(uri).flatMap { usable($0) } }

  /// The root and the user's home say nothing of what somebody works on.
  private static func usable(_ path: String) -> String? {
    var path = path
    while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
    let home = getenv("HOME").map { String(cString: $0) }
    return path.hasPrefix("/") && path.utf8.count <= maxBytes && !path.utf8.contains(0) && path != "/" && path != home ? path : nil
  }
}
