// Which programs belong to a project: those that work in its directory.

/// Programs that work in a directory or below it. A program that said nothing about its directory belongs to every project.
package enum ProjectCondition: Sendable, Equatable {
  /// Every project's.
  case any
  /// An absolute path, without a slash at its end.
  case below(String)
  /// Several of these: an editor's window with several folders.
  case belowOneOf([String])

  /// `*` for all, otherwise an absolute path; nil for anything else.
  package init?(_ text: String) {
    if text == "*" {
      self = .any
      return
    }
    guard text.utf8.first == UInt8(ascii: "/") else { return nil }
    self = .below(Self.trimmed(text))
  }

  /// Of several paths those that are absolute; nil where none is.
  package init?(folders: [String]) {
    let paths = folders.filter { $0.utf8.first == UInt8(ascii: "/") }.map { Self.trimmed($0) }
    guard let first = paths.first else { return nil }
    self = paths.count == 1 ? .below(first) : .belowOneOf(paths)
  }

  /// Whether every program belongs to it.
  var includesAll: Bool { self == .any }

  /// Whether a program in that directory belongs to it.
  package func includes(_ directory: String) -> Bool {
    switch self {
    case .any: true
    case .below(let project): Self.includes(project, directory)
    case .belowOneOf(let projects): projects.contains { Self.includes($0, directory) }
    }
  }

  private static func includes(_ project: String, _ directory: String) -> Bool {
    let path = trimmed(directory).utf8
    guard path.starts(with: project.utf8) else { return false }
    return project == "/" || path.count == project.utf8.count || path.dropFirst(project.utf8.count).first == UInt8(ascii: "/")
  }

  /// Without slashes at its end, other than that of the root.
  private static func trimmed(_ path: String) -> String {
    var path = path
    while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
    return path
  }
}

extension TraceDistillerStore {
  /// Whether one of the trace's programs works in the project, or none of them said where it works.
  func belongs(slot: Int, to project: ProjectCondition) -> Bool {
    guard !project.includesAll else { return true }
    return slots.withSlot(slot) { belongs(runs: CollectionOfOne($0.pointee.run), to: project, or: $0.pointee.otherRuns) }
  }

  /// The same of a trace with these runs.
  func belongs(runs all: some Sequence<Int>, to project: ProjectCondition, or others: [Int] = []) -> Bool {
    var isKnown = false
    func isWithin(_ run: Int) -> Bool {
      guard let directory = runs.directory(run) else { return false }
      isKnown = true
      return project.includes(directory)
    }
    return all.contains(where: isWithin) || others.contains(where: isWithin) || !isKnown
  }
}
