// Which file of the workspace a recorded path means. Programs record paths as their build or their container saw them.

import Platform
import Synchronization

/// Finds local files by what programs recorded.
final class SourcePaths: Sendable {
  enum Answer: Sendable, Equatable {
    case file(String)
    /// Several files end as much alike: none is guessed.
    case several([String])
    case none
  }

  /// A file as the system knows it, whatever its path is called.
  struct Identity: Hashable, Sendable {
    var device: UInt64
    var inode: UInt64
  }

  private struct State: Sendable {
    var roots: [String] = []
    var mappings: [(from: String, to: String)] = []
    var known: [String: Answer] = [:]
  }

  private let state = Mutex(State())
  private static let mostKnown = 16_384

  func use(roots: [String]) { state.withLock { ($0.roots, $0.known) = (roots.map(Self.plain), [:]) } }
  func use(mappings: [(from: String, to: String)]) {
    state.withLock { ($0.mappings, $0.known) = (mappings.map { (Self.plain($0.from), Self.plain($0.to)) }, [:]) }
  }

  /// What was not there may be there now.
  func forget() { state.withLock { $0.known = [:] } }

  private static func plain(_ path: String) -> String {
    var path = path.replacing("\\", with: "/")
    while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }

  /// The local file of a recorded path: mapped, there as it is, or the one whose path below a root agrees with its longest ending.
  func local(_ recorded: String) -> Answer {
    if let known = state.withLock({ $0.known[recorded] }) { return known }
    let (roots, mappings) = state.withLock { ($0.roots, $0.mappings) }
    let answer = Self.find(recorded, roots, mappings)
    state.withLock { state in
      if state.known.count >= Self.mostKnown { state.known = [:] }
      state.known[recorded] = answer
    }
    return answer
  }

  private static func find(_ recorded: String, _ roots: [String], _ mappings: [(from: String, to: String)]) -> Answer {
    var path = plain(recorded)
    for (from, to) in mappings where path == from || path.hasPrefix(from.hasSuffix("/") ? from : from + "/") {
      path = to + path.dropFirst(from.utf8.count == 1 ? 0 : from.count)
      return identity(path) == nil ? .none : .file(path)
    }
    if path.hasPrefix("file:") { path = FileAddress.path(path) ?? path }
    if path.hasPrefix("/"), identity(path) != nil { return .file(path) }
    // A drive, a scheme, or `./` says nothing about the project.
    var parts = path.split(separator: "/").filter { $0 != "." }
    if let first = parts.first, first.hasSuffix(":") { parts.removeFirst() }
    guard !parts.isEmpty, !parts.contains("..") else { return .none }
    for begin in parts.indices {
      let ending = parts[begin...].joined(separator: "/")
      var found: [(path: String, identity: Identity)] = []
      for root in roots {
        let candidate = root + "/" + ending
        // A link to the same file is the same file.
        if let identity = identity(candidate), !found.contains(where: { $0.identity == identity }) { found.append((candidate, identity)) }
      }
      if found.count == 1 { return .file(found[0].path) }
      if found.count > 1 { return .several(found.map(\.path)) }
    }
    return .none
  }

  /// Nil if there is no such regular file.
  static func identity(_ path: String) -> Identity? {
    status(path).map { Identity(device: UInt64(truncatingIfNeeded: $0.st_dev), inode: UInt64($0.st_ino)) }
  }

  /// When the file was written last, in nanoseconds since 1970; nil if there is none.
  static func modified(_ path: String) -> Int64? {
    guard let status = status(path) else { return nil }
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }

  private static func status(_ path: String) -> stat? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return status
  }
}
