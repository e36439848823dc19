// The lines of `watch`: which traces are worth an explanation, and how they look.

import JSON
import TraceDistiller
import TraceRecords

struct WatchPrinter {
  /// The durations of the latest traces of a name, in milliseconds, the oldest first.
  private var durations: [String: [Double]] = [:]
  private let isJSON, hasColours: Bool

  /// Of fewer traces nothing is called usual; of more only the latest count; of more names the counts begin anew.
  static let fewest = 5
  static let most = 20
  static let mostNames = 1_000

  init(isJSON: Bool, hasColours: Bool) { (self.isJSON, self.hasColours) = (isJSON, hasColours) }

  /// Whether it failed somewhere, or took at least twice the median of its like and a millisecond more. Asked once for each trace, in order.
  mutating func isRemarkable(_ trace: JSONValue) -> Bool {
    let isSlow = note(trace["rootName"]?.string ?? "", trace["durationMs"]?.double ?? 0)
    return isSlow || Self.hasFailed(trace)
  }

  private mutating func note(_ name: String, _ millis: Double) -> Bool {
    if durations.count >= Self.mostNames, durations[name] == nil { durations.removeAll(keepingCapacity: true) }
    var known = durations[name] ?? []
    let median = known.count < Self.fewest ? nil : known.sorted()[known.count / 2]
    if known.count == Self.most { known.removeFirst() }
    known.append(millis)
    durations[name] = known
    return median.map { millis >= 2 * $0 && millis >= $0 + 1 } ?? false
  }

  private static func hasFailed(_ trace: JSONValue) -> Bool {
    trace["status"]?.string == "error" || (trace["errorCount"]?.integer ?? 0) > 0
  }

  func text(of trace: JSONValue, _ explanation: String?) -> String {
    if isJSON {
      var object = trace.object ?? [:]
      object.append("explanation", explanation.map { .string($0) })
      return JSONValue.object(object).serializedString + "\n"
    }
    var lines = [line(of: trace)]
    if let explanation { lines += explanation.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 } }
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(of trace: JSONValue) -> String {
    let instant = trace["startTimeUnixNano"]?.string.flatMap { Int64($0) }.map { Timestamp.format($0) } ?? ""
    let (failed, errors) = (trace["status"]?.string == "error", trace["errorCount"]?.integer ?? 0)
    let millis = trace["durationMs"]?.double ?? 0
    var parts = [
      String(instant.dropFirst(11).prefix(12)), trace["handle"]?.string ?? "",
      DurationText.format(millis < 9e12 ? Int64((millis * 1e6).rounded()) : .max),
      coloured(VisibleText.make(trace["rootName"]?.string ?? "", limit: 120), failed ? "31" : errors > 0 ? "33" : "1"),
    ]
    if let service = trace["service"]?.string { parts.append(VisibleText.make(service, limit: 60)) }
    if let spans = trace["spanCount"]?.integer, spans > 1 { parts.append("\(DurationText.count(Int(spans))) spans") }
    if errors > 0 || failed { parts.append(coloured(errors > 1 ? "❌ \(errors)" : "❌", "31")) }
    if trace["complete"]?.bool == false { parts.append("not complete") }
    return parts.joined(separator: "  ")
  }

  /// Names cannot colour anything themselves: their control characters are shown as text.
  private func coloured(_ text: String, _ code: String) -> String { hasColours ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
}
