// Many traces of few kinds as a short table: one line for each root, where a line a trace would say the same again and again.

package enum RootOverviewText {
  private struct Kind {
    var name: String
    var service: String
    var durations: [Int64] = []
    var count = 0
    var failed = 0
    /// Failures inside that did not reach the root.
    var withErrors = 0
  }

  /// Kinds that are shown; the others are counted.
  private static let most = 12

  /// A line for each kind of trace, the most frequent first: how many, half and 95 of 100 of them within which time, how many failed. Nil where the traces are
  /// few, or of many kinds.
  package static func make(_ traces: [TraceOverview]) -> String? {
    guard traces.count > 20 else { return nil }
    var kinds: [Kind] = []
    var places: [[UInt8]: Int] = [:]
    for trace in traces {
      let service = trace.service ?? ""
      let key = Array(trace.rootName.utf8) + [0] + Array(service.utf8)
      let place = places[key] ?? kinds.count
      if place == kinds.count {
        places[key] = place
        kinds.append(Kind(name: trace.rootName, service: service))
      }
      kinds[place].count += 1
      if trace.status == .error { kinds[place].failed += 1 } else if trace.errorCount > 0 { kinds[place].withErrors += 1 }
      if trace.status != .running { kinds[place].durations.append(trace.durationNanos) }
    }
    guard kinds.count * 4 <= traces.count else { return nil }
    let sorted = kinds.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(\.element)
    let what = kinds.count == 1 ? "1 kind of trace" : "\(DurationText.count(kinds.count)) kinds of traces"
    var lines = ["\(what), by root:"]
    lines += sorted.prefix(most).map(line)
    if sorted.count > most { lines.append("… \(DurationText.count(sorted.count - most)) more kinds: traces/aggregate") }
    return lines.joined(separator: "\n")
  }

  private static func line(_ kind: Kind) -> String {
    let mark = kind.failed > 0 ? "❌" : kind.withErrors > 0 ? "⚠️" : "✅"
    let name = kind.name.isEmpty ? "-" : FieldText.name.make(kind.name, limit: 80)
    let service = kind.service.isEmpty ? "" : " · " + FieldText.name.make(kind.service, limit: 64)
    let durations = kind.durations.sorted()
    let times =
      durations.isEmpty
      ? "" : "  p50 \(DurationText.format(rank(durations, 50)))  p95 \(DurationText.format(rank(durations, 95)))"
    let failed = kind.failed > 0 ? "  \(DurationText.count(kind.failed)) failed" : ""
    let inside = kind.withErrors > 0 ? "  \(DurationText.count(kind.withErrors)) with errors inside" : ""
    return "\(mark) \(name)\(service)  ×\(DurationText.count(kind.count))\(times)\(failed)\(inside)"
  }

  /// The nearest rank: a time that one of them took.
  private static func rank(_ sorted: [Int64], _ percent: Int) -> Int64 { sorted[max(0, (sorted.count * percent + 99) / 100 - 1)] }
}
