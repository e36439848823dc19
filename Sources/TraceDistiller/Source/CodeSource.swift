// Which traces ran through which files, asked of a source.

extension TraceSource {
  /// A source without an index of files knows none.
  package func recordedFiles() async -> [String] { (self as? any CodeKnowing)?.files() ?? [] }

  /// The newest traces that ran through one of the files, as they were recorded, or failed; the newest first.
  package func snapshots(through files: [String], limit: Int, failed: Int, now: Int64) async -> [TraceSnapshot] {
    (self as? any CodeKnowing)?.snapshots(through: files, limit: limit, failed: failed, now: now) ?? []
  }
}

/// A source that has an index of source files.
protocol CodeKnowing {
  func files() -> [String]
  func snapshots(through files: [String], limit: Int, failed: Int, now: Int64) -> [TraceSnapshot]
}

extension StoreSource: CodeKnowing {
  func files() -> [String] { store.withLock { $0.codeIndex.files } }

  func snapshots(through files: [String], limit: Int, failed: Int, now: Int64) -> [TraceSnapshot] {
    store.withLock { store in
      store.advance(to: now)
      let slots = store.slots(through: files, of: project, limit: limit, failed: failed)
      return slots.compactMap { store.snapshot(slot: $0, now: now) }
    }
  }
}
