// What several traces say about the lines of one file.

/// The locations of one file over several traces, and what is to be told in it.
package struct FileCode: Sendable {
  /// One location over all traces.
  package struct Line: Sendable {
    package var location: CodeLocation
    package var name: String
    package var calls = 0
    package var failures = 0
    package var totalNanos: Int64 = 0
    package var selfNanos: Int64 = 0
    package var maxNanos: Int64 = 0
    /// Of the critical paths of these traces, 0 to 1.
    package var criticalShare = 0.0
    /// The number of traces, and the newest one: its handle, its root and when it began.
    package var traces = 0
    package var newest = ""
    package var newestRoot = ""
    package var newestStart: Int64 = 0
    /// The latest failure, and the handle of its trace.
    package var failure: (message: String, handle: String)?
    fileprivate var durations: [Int64] = []
    fileprivate var criticalNanos: Int64 = 0
    fileprivate var rootNanos: Int64 = 0

    /// Nearest rank, of the calls whose durations are kept.
    package func percentiles() -> (p50: Int64, p95: Int64) {
      let sorted = durations.sorted()
      func rank(_ percent: Int) -> Int64 { sorted.isEmpty ? 0 : sorted[max(0, (sorted.count * percent + 99) / 100 - 1)] }
      return (rank(50), rank(95))
    }
  }

  /// Something to be told, of the newest trace of its root.
  package struct Told: Sendable {
    package var note: TraceCode.Note
    package var handle: String
    package var startNanos: Int64
  }

  /// By line, then by function.
  package private(set) var lines: [Line] = []
  /// The worst first.
  package private(set) var told: [Told] = []
  package private(set) var traces = 0

  /// - Parameters:
  ///   - traces: the newest first.
  ///   - isIn: whether a recorded path is this file.
  /// - Complexity: O(locations of the traces).
  package init(_ traces: [TraceCode], isIn: (String) -> Bool) {
    var files: [String: Bool] = [:]
    func isHere(_ file: String) -> Bool {
      if let known = files[file] { return known }
      let answer = isIn(file)
      files[file] = answer
      return answer
    }
    struct Key: Hashable {
      var line: Int
      var function: String
    }
    var places: [Key: Int] = [:]
    var roots: Set<String> = []
    for trace in traces {
      var isUsed = false
      for place in trace.places where isHere(place.location.file) {
        isUsed = true
        let key = Key(line: place.location.line, function: place.location.function)
        let index = places[key] ?? lines.count
        if index == lines.count {
          places[key] = index
          lines.append(Line(location: place.location, name: place.name))
        }
        lines[index].add(place, of: trace)
      }
      // What an older run showed and the newest one of its root does not is over.
      let isNewest = roots.insert(trace.rootName + "\0" + (trace.service ?? "")).inserted
      for note in trace.notes where isNewest && isHere(note.location.file) {
        isUsed = true
        told.append(Told(note: note, handle: trace.handle, startNanos: trace.startNanos))
      }
      if isUsed { self.traces += 1 }
    }
    for index in lines.indices where lines[index].rootNanos > 0 {
      lines[index].criticalShare = min(1, Double(lines[index].criticalNanos) / Double(lines[index].rootNanos))
    }
    lines.sort { left, right in
      if left.location.line != right.location.line { return left.location.line < right.location.line }
      return left.location.function.utf8.lexicographicallyPrecedes(right.location.function.utf8)
    }
    told.sort { left, right in
      if left.note.kind != right.note.kind { return left.rank < right.rank }
      if left.note.costNanos != right.note.costNanos { return left.note.costNanos > right.note.costNanos }
      if left.note.location.line != right.note.location.line { return left.note.location.line < right.note.location.line }
      return left.note.message.utf8.lexicographicallyPrecedes(right.note.message.utf8)
    }
  }
}

extension FileCode.Told {
  fileprivate var rank: Int {
    switch note.kind {
    case .error: 0
    case .finding: 1
    case .warning: 2
    }
  }
}

extension FileCode.Line {
  private static let mostDurations = 16_384

  fileprivate mutating func add(_ place: TraceCode.Place, of trace: TraceCode) {
    if traces == 0 { (newest, newestRoot, newestStart) = (trace.handle, trace.rootName, trace.startNanos) }
    traces += 1
    calls += place.calls
    failures += place.failures
    totalNanos = totalNanos.addingSaturated(place.totalNanos)
    selfNanos = selfNanos.addingSaturated(place.selfNanos)
    criticalNanos = criticalNanos.addingSaturated(place.criticalNanos)
    rootNanos = rootNanos.addingSaturated(trace.rootNanos)
    maxNanos = max(maxNanos, place.maxNanos)
    if durations.count < Self.mostDurations { durations += place.durations }
    if failure == nil, let message = place.failure { failure = (message, trace.handle) }
  }
}
