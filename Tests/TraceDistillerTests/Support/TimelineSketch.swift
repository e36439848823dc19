// Traces drawn as timelines: the reader of a test sees which spans overlap.

import Testing
import TraceRecords

@testable import TraceDistiller

extension TraceSketch {
  /// Parses a timeline. One column is one millisecond; time 0 is the column of the leftmost bar.
  ///
  ///     root   |----------------|
  ///       a      |-----|            !"timed out"
  ///       b           |------|      {n=1, url=/x}
  ///       ~c                |----|
  ///       d    |
  ///       e               |----->   w"slow"
  ///     ?lost  |--|
  ///
  /// - Two spaces deeper: a child of the nearest line above with less indentation. Names may contain single spaces; they are also the ids,
  ///   and a second `a` has the id `a#2`.
  /// - `|--|` a span from the first to the last bar, `|` alone one without duration, `|-->` one that is still running.
  /// - `~name` its parent does not wait for it (FOLLOWS_FROM); `?name` its parent `gone` never arrived.
  /// - After the bar: `!` failed, `!"why"` with a status message; `w"…"` and `e"…"` a WARN or ERROR log at its start;
  ///   `{key=value, …}` attributes, whole numbers as integers.
  init(_ timeline: String) {
    self.init()
    let lines = timeline.split(separator: "\n").map { Array($0) }.filter { line in line.contains { $0 != " " } }
    let left = lines.map { $0.firstIndex(of: "|") ?? 0 }.min() ?? 0
    let margin = lines.map { $0.firstIndex { $0 != " " } ?? 0 }.min() ?? 0
    var open: [(depth: Int, id: String)] = []
    var uses: [String: Int] = [:]
    for line in lines {
      let depth = (line.firstIndex { $0 != " " }! - margin) / 2
      guard let bar = line.firstIndex(of: "|") else { preconditionFailure("no bar in \(String(line))") }
      var name = String(line[..<bar]).trimmed
      let isDetached = name.hasPrefix("~")
      let isLost = name.hasPrefix("?")
      if isDetached || isLost { name.removeFirst() }
      uses[name, default: 0] += 1
      let id = uses[name]! == 1 ? name : "\(name)#\(uses[name]!)"
      var last = bar
      while last + 1 < line.count, line[last + 1] == "-" { last += 1 }
      if last + 1 < line.count, line[last + 1] == "|" || line[last + 1] == ">" { last += 1 }
      let start = Int64(bar - left) * 1_000_000
      open.removeAll { $0.depth >= depth }
      var span = SketchSpan(
        id: id, parent: isLost ? "gone" : open.last?.id, name: name, start: start, end: start + Int64(last - bar) * 1_000_000)
      if line[last] == ">" { span.end = nil }
      span.isDetached = isDetached
      open.append((depth, id))
      var notes = SketchNotes(Array(line[(last + 1)...]))
      notes.read(into: &span, &self)
      spans.append(span)
    }
  }
}

/// The notes after a bar.
private struct SketchNotes {
  private let text: [Character]
  private var next = 0

  init(_ text: [Character]) { self.text = text }

  mutating func read(into span: inout SketchSpan, _ sketch: inout TraceSketch) {
    while next < text.count {
      let mark = text[next]
      next += 1
      switch mark {
      case " ": continue
      case "!":
        span.isFailed = true
        if next < text.count, text[next] == "\"" { span.statusMessage = quoted() }
      case "w", "e":
        sketch.logs.append(SketchLog(span: span.id, level: mark == "w" ? .warn : .error, message: quoted(), time: span.start))
      case "{":
        let body = String(text[next...].prefix { $0 != "}" })
        next += body.count + 1
        for pair in body.split(separator: ",") {
          let parts = pair.split(separator: "=", maxSplits: 1).map { String($0).trimmed }
          span.attributes.append((parts[0], Int64(parts[1]).map { .integer($0) } ?? .text(parts[1])))
        }
      default: preconditionFailure("unknown mark \(mark) after a bar")
      }
    }
  }

  private mutating func quoted() -> String {
    let body = String(text[(next + 1)...].prefix { $0 != "\"" })
    next += body.count + 2
    return body
  }
}

extension String {
  fileprivate var trimmed: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
