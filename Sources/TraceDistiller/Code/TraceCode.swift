// What one trace says about the lines of the program: what an editor shows beside them. Made once for each state of a trace.

import TraceRecords

/// A trace as an editor sees it: the use of each source location, and what is to be told at which line.
package struct TraceCode: Sendable {
  /// What the spans of one location did.
  package struct Place: Sendable {
    package var location: CodeLocation
    /// The name of its first span.
    package var name: String
    package var calls = 0
    package var failures = 0
    /// Of spans that are not inside another span of the same location: recursion is counted once.
    package var totalNanos: Int64 = 0
    package var selfNanos: Int64 = 0
    package var criticalNanos: Int64 = 0
    /// In the order of the spans, at most `mostDurations`.
    package var durations: [Int64] = []
    package var maxNanos: Int64 = 0
    /// The message of its latest failure; nil if it has none.
    package var failure: String?
  }

  /// An error, or a pattern that cost time, at the line that it came from.
  package struct Note: Sendable {
    package enum Kind: Sendable, Equatable { case error, warning, finding }
    package var kind: Kind
    package var location: CodeLocation
    package var message: String
    package var count: Int
    package var costNanos: Int64 = 0
    /// The locations from its caller to the root, and what runs there.
    package var path: [(location: CodeLocation, name: String)] = []
  }

  /// A call of one location by another.
  package struct Call: Sendable {
    package var caller: CodeLocation
    package var callee: CodeLocation
    package var calls = 0
    package var totalNanos: Int64 = 0
  }

  package let serial: Int
  package let revision: Int
  package let isComplete: Bool
  package let traceID: String
  package let rootName: String
  package let service: String?
  package let startNanos: Int64
  package let rootNanos: Int64
  package let places: [Place]
  package let notes: [Note]
  package let calls: [Call]
  package var handle: String { "t\(serial)" }

  /// More calls of one location are counted, and not in its percentiles.
  package static let mostDurations = 1_024
  static let mostNotes = 64
  static let longestPath = 8
  static let longestMessage = 400

  /// - Complexity: O(spans), once the analysis has its problems and insights.
  package init(_ analysis: TraceAnalysis, language: SummaryLanguage = .english) {
    let trace = analysis.trace
    let storage = trace.snapshot.storage
    (serial, revision, isComplete) = (trace.snapshot.serial, trace.snapshot.revision, trace.snapshot.isComplete)
    traceID = trace.snapshot.traceID
    let root = trace.primaryRoot
    (rootName, service, rootNanos) = (root?.name ?? "", root?.service, root?.durationNanos ?? 0)
    startNanos = root?.startTimeUnixNano ?? (storage.minTime == .max ? 0 : storage.minTime)
    let known = storage.places
    var all = known.all.indices.map { Place(location: storage.codeLocation(UInt32($0 + 1)), name: "") }
    var edges: [UInt64: Int] = [:]
    var calls: [Call] = []
    // Depth first: how many spans of each location a row is inside of, and which is the nearest.
    var open = [Int32](repeating: 0, count: all.count + 1)
    var around: [UInt32] = [0]
    TraceCode.visit(trace.tree) { row, isEnd in
      let number = known.number(ofRow: row)
      guard number > 0 else { return }
      guard !isEnd else {
        open[Int(number)] -= 1
        around.removeLast()
        return
      }
      let duration = trace.tree.duration(row)
      all[Int(number) - 1].add(row, duration, isInside: open[Int(number)] > 0, trace)
      let caller = around.last ?? 0
      open[Int(number)] += 1
      around.append(number)
      guard caller > 0, caller != number else { return }
      let key = UInt64(caller) << 32 | UInt64(number)
      let place = edges[key] ?? calls.count
      if place == calls.count {
        edges[key] = place
        calls.append(Call(caller: all[Int(caller) - 1].location, callee: all[Int(number) - 1].location))
      }
      calls[place].calls += trace.calls(of: row)
      calls[place].totalNanos = calls[place].totalNanos.addingSaturated(duration)
    }
    places = all.filter { $0.calls > 0 }
    self.calls = calls
    notes = TraceCode.notes(analysis, known, language)
  }

  /// Every span at its beginning and, behind those below it, at its end. With a stack of its own: a chain may be long.
  private static func visit(_ tree: CallTree, _ body: (_ row: Int, _ isEnd: Bool) -> Void) {
    // A row below zero is the end of that row.
    var stack = tree.roots.reversed().map { Int32($0.row) }
    while let next = stack.popLast() {
      guard next >= 0 else {
        body(Int(~next), true)
        continue
      }
      body(Int(next), false)
      stack.append(~next)
      stack.append(contentsOf: tree.children(of: Int(next)).reversed())
    }
  }

  /// The locations of a row and of what called it, the innermost first, each once in a row.
  private static func path(_ row: Int, _ known: CodePlaces, _ trace: DistilledTrace) -> [(location: CodeLocation, name: String)] {
    var path: [(location: CodeLocation, name: String)] = []
    var above = row
    for _ in 0..<256 where above >= 0 && path.count <= longestPath {
      if let location = trace.snapshot.storage.codeLocation(ofRow: above), location.line > 0, location != path.last?.location {
        path.append((location, VisibleText.make(trace.node(above).name, limit: 120)))
      }
      above = Int(trace.tree.parent[above])
    }
    return path
  }

  private static func notes(_ analysis: TraceAnalysis, _ known: CodePlaces, _ language: SummaryLanguage) -> [Note] {
    let trace = analysis.trace
    var notes: [Note] = []
    for problem in analysis.problems().prefix(mostNotes) {
      let words = trace.words(problem)
      var path = path(problem.firstRow, known, trace)
      // A stack trace leads to the line itself, the span only to where it began.
      let frames = words.frames.filter { $0.line > 0 && !$0.file.isEmpty }
      path =
        frames.map { (CodeLocation(file: $0.file, line: $0.line, function: $0.function), VisibleText.make($0.function, limit: 120)) } + path
      guard let first = path.first else { continue }
      let told = [words.type, words.message].filter { !$0.isEmpty }.joined(separator: ": ")
      let message = VisibleText.make(told.isEmpty ? trace.node(problem.firstRow).name + " failed" : told, limit: longestMessage)
      // A frame and a span of the same line are one step.
      var seen: Set<CodeLocation> = [first.location.withoutFunction]
      notes.append(
        Note(
          kind: problem.severity == .error ? .error : .warning, location: first.location, message: message, count: problem.count,
          path: Array(path.dropFirst().filter { seen.insert($0.location.withoutFunction).inserted }.prefix(longestPath))))
    }
    let words = InsightWords(trace: trace, language: language)
    for insight in analysis.insights().prefix(mostNotes) {
      let place = insight.place.flatMap { $0.line > 0 ? CodeLocation(file: $0.file, line: $0.line, function: $0.function) : nil }
      let path = path(insight.row, known, trace)
      guard let location = place ?? path.first?.location else { continue }
      notes.append(
        Note(
          kind: .finding, location: location, message: VisibleText.make(words.title(insight), limit: longestMessage), count: insight.count,
          costNanos: insight.costNanos, path: Array(path.filter { $0.location != location }.prefix(longestPath))))
    }
    return notes
  }

  /// The approximate size in bytes.
  var bytes: Int { 200 + places.reduce(0) { $0 + 200 + $1.durations.count * 8 } + notes.count * 800 + calls.count * 250 }
}

extension CodeLocation {
  fileprivate var withoutFunction: CodeLocation { CodeLocation(file: file, line: line, function: "") }
}

extension TraceCode.Place {
  fileprivate mutating func add(_ row: Int, _ duration: Int64, isInside: Bool, _ trace: DistilledTrace) {
    if calls == 0 { name = VisibleText.make(trace.node(row).name, limit: 120) }
    calls += trace.calls(of: row)
    if !isInside { totalNanos = totalNanos.addingSaturated(duration) }
    selfNanos = selfNanos.addingSaturated(trace.selfNanos[row])
    criticalNanos = criticalNanos.addingSaturated(trace.criticalNanos[row])
    maxNanos = max(maxNanos, duration)
    if durations.count < TraceCode.mostDurations, !trace.tree.flags[row].contains(.collapsed) { durations.append(duration) }
    guard trace.tree.flags[row].contains(.failed) else { return }
    failures += 1
    let node = trace.node(row)
    let told = node.statusMessage ?? trace.snapshot.storage.events(ofRow: row, limit: 1) { $0 == .error }.first?.message
    failure = VisibleText.make(told ?? "failed", limit: TraceCode.longestMessage)
  }
}
