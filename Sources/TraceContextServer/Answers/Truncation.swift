// Shortens entries that are too long for an answer. The cut is visible. Without it, an entry that fits into no page would end the paging.

import JSON

/// An entry of an answer in ever shorter versions: first unchanged, last the shortest that still says what the entry is about.
///
/// Ids always stay whole, and so do our own members that identify an entry. A cut text gives its original length, cut attributes give how
/// many are missing.
struct Truncation: Sequence {
  private struct Step {
    var text: Int
    var elements: Int
    var depth: Int
  }

  private static let steps = [
    Step(text: 4_096, elements: 64, depth: 6), Step(text: 1_024, elements: 32, depth: 4), Step(text: 256, elements: 16, depth: 3),
    Step(text: 64, elements: 8, depth: 2), Step(text: 24, elements: 4, depth: 1),
  ]

  private let entry: JSONValue

  init(_ entry: JSONValue) { self.entry = entry }

  /// The shortest version.
  var least: JSONValue { Truncation.entry(entry, Truncation.steps[Truncation.steps.count - 1]) }

  func makeIterator() -> AnyIterator<JSONValue> {
    var next = -1
    return AnyIterator {
      defer { next += 1 }
      guard next < Truncation.steps.count else { return nil }
      return next < 0 ? entry : Truncation.entry(entry, Truncation.steps[next])
    }
  }

  /// The longest version that takes at most `budget`.
  func fitting(_ budget: Int) -> JSONValue? { first { JSONLength.of($0) <= budget } }

  private static func entry(_ value: JSONValue, _ step: Step) -> JSONValue {
    guard case .object(var object) = shape(value, step) else { return value }
    object["truncated"] = true
    return .object(object)
  }

  /// Values whose members we define.
  private static func shape(_ value: JSONValue, _ step: Step) -> JSONValue {
    switch value {
    case .string(let text): return .string(cut(text, to: step.text))
    case .object(var object):
      for (key, value) in object.members {
        switch (key, value) {
        case ("attributes", _), ("links", _): object[key] = free(value, step, depth: 0)
        case ("spanId", _), ("parentSpanId", _), ("traceId", _): break
        // Ids of similar spans; `count` is the total number.
        case ("spans", .array(let ids)), ("runs", .array(let ids)): object[key] = .array(Array(ids.prefix(step.elements)))
        // Spans that prove an insight; `count` is the total number.
        case ("evidence", .array(let spans)): object[key] = .array(spans.prefix(1 + step.elements / 8).map { shape($0, step) })
        // What breaks a rule, the worst first.
        case ("claims", .array(let claims)): object[key] = .array(claims.prefix(1 + step.elements / 16).map { shape($0, step) })
        case ("notes", .array(let notes)): object[key] = step.elements <= 4 ? nil : .array(notes.map { shape($0, step) })
        // The root and the end of the path; `pathLength` is its full length.
        case ("path", .array(let rows)) where rows.count > step.elements:
          object[key] = .array((rows.prefix(1) + rows.suffix(step.elements - 1)).map { shape($0, step) })
        // Helpful but optional members are removed last.
        case ("outcome", _), ("swallowedBy", _), ("repeats", _), ("stackTop", _), ("next", _), ("reason", _), ("file", _):
          if step.elements <= 4 { object[key] = nil } else { object[key] = shape(value, step) }
        case ("path", .array(let rows)): object[key] = .array(rows.map { shape($0, step) })
        default: object[key] = shape(value, step)
        }
      }
      return .object(object)
    default: return value
    }
  }

  /// Values from the program: any JSON.
  private static func free(_ value: JSONValue, _ step: Step, depth: Int) -> JSONValue {
    switch value {
    case .string(let text): return .string(cut(text, to: step.text))
    case .array(let elements):
      guard depth < step.depth else { return .string("…(\(elements.count) elements)") }
      let kept = elements.prefix(step.elements).map { free($0, step, depth: depth + 1) }
      return .array(kept.count < elements.count ? kept + [.string("…(\(elements.count - kept.count) more)")] : kept)
    case .object(let object):
      guard depth < step.depth else { return .string("…(\(object.members.count) members)") }
      var kept = JSONObject()
      for (key, value) in object.members.prefix(step.elements) { kept[cut(key, to: step.text)] = free(value, step, depth: depth + 1) }
      let missing = object.members.count - kept.members.count
      if missing > 0 { kept["…"] = .string("\(missing) more") }
      return .object(kept)
    default: return value
    }
  }

  private static func cut(_ text: String, to limit: Int) -> String {
    let length = text.unicodeScalars.count
    return length <= limit ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit))) + "…(\(length) chars)"
  }
}
