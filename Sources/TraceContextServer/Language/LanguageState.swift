// What one editor's session holds: its folders, its options, and the documents that are open in it.

import JSON
import Synchronization
import TraceDistiller

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
    /// What the traces say of a file, and the state of the store that they said it in.
    var codes: [String: (generation: Int, code: FileCode)] = [:]
    /// Recorded paths that may mean several files, which the client was told.
    var toldSeveral: Set<String> = []
  }

  private let values = Mutex(Values())
  let paths = SourcePaths()
  /// Counted up by everything that may change what traces say of files; 0 while nobody observes the store.
  let generation = Atomic(0)
  static let mostCodes = 64
  /// Documents open at a time; those beyond are answered from the file.
  static let mostDocuments = 1_024

  func read<Result>(_ body: (Values) -> Result) -> Result { values.withLock { body($0) } }
  func change<Result>(_ body: (inout Values) -> Result) -> Result { values.withLock { body(&$0) } }

  var client: LanguageClient { read { $0.client } }
  var options: LanguageOptions { read { $0.options } }

  /// Traces, folders or files are others now.
  func isChanged() { if generation.load(ordering: .relaxed) > 0 { generation.add(1, ordering: .releasing) } }

  func use(_ options: LanguageOptions) {
    defer { isChanged() }
    change { $0.options = options }
    paths.use(mappings: options.pathMappings.map { ($0.from, $0.to) })
  }

  func use(roots: [String]) {
    defer { isChanged() }
    change { $0.roots = roots }
    paths.use(roots: roots)
  }

  /// An open document, or what is known of the file.
  func document(_ uri: String) -> OpenDocument? { read { $0.documents[uri] } }
}
