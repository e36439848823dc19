// What an editor can do, as its `initialize` says.

import JSON

struct LanguageClient: Sendable {
  var encoding = PositionEncoding.utf16
  var readsMarkdown = false
  var showsDocuments = false
  var readsContent = false
  var refreshesLenses = false
  var refreshesHints = false
  var refreshesDiagnostics = false
  var pullsDiagnostics = false
  var knowsRelated = false

  /// It pulls diagnostics, and does so again when it is asked to. A client that would not is told them.
  var isPulling: Bool { pullsDiagnostics && refreshesDiagnostics }

  /// A client of languages says what it can do with documents; scripts and our own clients do not.
  static func isEditor(_ params: JSONValue?) -> Bool { params?["capabilities"]?["textDocument"]?.object != nil }

  init() {}

  init(_ capabilities: JSONValue?) {
    // The client's order is its preference; without any it is UTF-16.
    let encodings = capabilities?["general"]?["positionEncodings"]?.array ?? []
    encoding = encodings.lazy.compactMap { $0.string.flatMap { PositionEncoding(rawValue: $0) } }.first ?? .utf16
    let document = capabilities?["textDocument"]
    readsMarkdown = document?["hover"]?["contentFormat"]?.array?.contains("markdown") ?? false
    pullsDiagnostics = document?["diagnostic"]?.object != nil
    knowsRelated = document?["publishDiagnostics"]?["relatedInformation"]?.bool ?? false
    let workspace = capabilities?["workspace"]
    readsContent = workspace?["textDocumentContent"]?.object != nil
    refreshesLenses = workspace?["codeLens"]?["refreshSupport"]?.bool ?? false
    refreshesHints = workspace?["inlayHint"]?["refreshSupport"]?.bool ?? false
    refreshesDiagnostics = workspace?["diagnostics"]?["refreshSupport"]?.bool ?? false
    showsDocuments = capabilities?["window"]?["showDocument"]?["support"]?.bool ?? false
  }
}
