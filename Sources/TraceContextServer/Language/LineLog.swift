// Where lines of a recorded run are now, in a buffer that was edited since.

/// The edits of one open document, as far as lines are concerned. A run was made of a saved file: edits that were not saved when it began
/// are not in it, and its lines move with them.
struct LineLog: Sendable {
  /// One edit: the lines from `first` to `last` became `count` line ends.
  struct Edit: Sendable, Equatable {
    var first: Int
    var last: Int
    /// The first line is kept: the edit begins behind its first character.
    var keepsFirst: Bool
    /// The rest of the last line begins at its first character: it is a line as it was.
    var keepsLast: Bool
    var added: Int

    /// Where a line is after the edit; nil if it is gone.
    func moved(_ line: Int) -> Int? {
      if line < first { return line }
      if line > last { return line + added - (last - first) }
      if keepsLast, line == last, !(keepsFirst && line == first) { return first + added }
      if keepsFirst, line == first { return line }
      // Changed inside of the line.
      if first == last { return first + (keepsFirst ? 0 : added) }
      return nil
    }
  }

  private var edits: [Edit] = []
  /// The number of edits that are no longer known.
  private var forgotten = 0
  /// When the file was saved, and how many edits it had then.
  private var saves: [(nanos: Int64, edits: Int)] = []
  private static let mostEdits = 4_096
  private static let mostSaves = 256

  mutating func note(_ edit: Edit) {
    edits.append(edit)
    guard edits.count > Self.mostEdits else { return }
    edits.removeFirst(Self.mostEdits / 2)
    forgotten += Self.mostEdits / 2
  }

  /// An edit that is not followed: lines stay as they were recorded, and are told to be older.
  mutating func lose() {
    forgotten += edits.count + 1
    edits = []
  }

  /// - Parameter nanos: since 1970.
  mutating func save(at nanos: Int64) {
    saves.append((nanos, forgotten + edits.count))
    if saves.count > Self.mostSaves { saves.removeFirst(Self.mostSaves / 2) }
  }

  /// The number of edits that a file had that a program read at that time.
  private func known(at nanos: Int64) -> Int { saves.last { $0.nanos <= nanos }?.edits ?? 0 }

  /// Whether the buffer was edited since.
  func isEdited(since nanos: Int64) -> Bool { forgotten + edits.count > known(at: nanos) }

  /// Where a line of a run that began at that time is now, from 0; nil if it is gone.
  func line(_ line: Int, recordedAt nanos: Int64) -> Int? {
    let begin = known(at: nanos) - forgotten
    guard begin >= 0 else { return line }
    var line = line
    for edit in edits[min(begin, edits.count)...] {
      guard let moved = edit.moved(line) else { return nil }
      line = moved
    }
    return line
  }
}
