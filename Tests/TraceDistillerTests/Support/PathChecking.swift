// How critical paths are checked: by span ids and times relative to the sketch's origin, printed as one line.

import Testing

@testable import TraceDistiller

/// A segment in comparable form: `root 0–10`.
struct PathStep: Equatable, CustomStringConvertible {
  var span: String
  var start: Int64
  var end: Int64

  var description: String { "\(span) \(start)–\(end)" }
}

extension DistilledTrace {
  func id(_ row: Int) -> String { snapshot.storage.spanID(row) }

  /// The path in nanoseconds after `origin`, divided by `unit`.
  func steps(_ path: CriticalPath?, origin: Int64 = TraceSketch.origin, unit: Int64 = 1) -> [PathStep] {
    (path?.segments ?? []).map { PathStep(span: id($0.row), start: ($0.start - origin) / unit, end: ($0.end - origin) / unit) }
  }
}

/// Checks the timeline's critical path, written in milliseconds: `root 0–2, a 2–8, root 8–17`.
func check(
  _ timeline: String, path expected: String, overflow: CriticalPath.Overflow = .clip, tolerance: OverlapTolerance = .usual,
  at location: SourceLocation = #_sourceLocation
) {
  let trace = TraceSketch(timeline).distilled()
  let path = trace.tree.roots.first.map { trace.tree.criticalPath(root: $0.row, overflow: overflow, tolerance: tolerance) }
  let got = trace.steps(path, unit: 1_000_000).map(\.description).joined(separator: ", ")
  #expect(got == expected, "\(timeline)\n  expected \(expected)\n  got      \(got)", sourceLocation: location)
}
