// What one editor's session holds: its folders, its options, and the documents that are open in it.

import JSON
import Synchronization

final class LanguageState: Sendable {
  struct Values: Sendable {
    var client = LanguageClient()
    var options = LanguageOptions()
    var roots: [String] = []
    var documents: [String: OpenDocument] = [:]
    /// What was published last, by document: the same is not said twice.
    var published: [String: JSONValue] = [:]
    /// The lenses when the client was asked to look again.
    var shown: [String: JSONValue] = [:]
    /// Recorded paths that may mean several files, which the client was told.
    var toldSeveral: Set<String> = []
  }

  private let values = Mutex(Values())
  let paths = SourcePaths()
  /// Documents open at a time; those beyond are answered from the file.
  static let mostDocuments = 1_024

  func read<Result>(_ body: (Values) -> Result) -> Result { values.withLock { body($0) } }
  func change<Result>(_ body: (inout Values) -> Result) -> Result { values.withLock { body(&$0) } }

  var client: LanguageClient { read { $0.client } }
  var options: LanguageOptions { read { $0.options } }

  func use(_ options: LanguageOptions) {
    change { $0.options = options }
    paths.use(mappings: options.pathMappings.map { ($0.from, $0.to) })
  }

  func use(roots: [String]) {
    change { $0.roots = roots }
    paths.use(roots: roots)
  }

  /// An open document, or what is known of the file.
  func document(_ uri: String) -> OpenDocument? { read { $0.documents[uri] } }
}
