// What was said in a run of an agent, in three levels: a reader first wants the outline, then the words, and rarely the raw records.

import JSON

/// How much of the texts of an agent's steps is shown.
package enum AgentContents: String, Sendable, CaseIterable {
  /// The opening words of each step.
  case preview
  /// What each step said or returned, without the frame of JSON around it.
  case text
  /// What each step was given and what it returned, as recorded.
  case all
}

/// Reads the texts of steps on demand: a run may hold megabytes of them.
package struct AgentTexts {
  package enum Part: String, Sendable { case input, output }

  package struct Entry: Sendable {
    package var part: Part
    package var text: String
  }

  private let reader: AgentAttributes
  private let contents: AgentContents

  /// - Complexity: O(interned texts).
  package init(_ trace: DistilledTrace, _ contents: AgentContents) {
    reader = AgentAttributes(trace.snapshot.storage)
    self.contents = contents
  }

  /// Nothing for `preview`: the step itself has its opening words.
  package func entries(of step: AgentRun.Step) -> [Entry] {
    guard contents != .preview else { return [] }
    let (question, answer, content) = reader.texts(of: step.row)
    switch contents {
    case .preview: return []
    case .text:
      guard let text = [content, answer, question].first(where: { !$0.isEmpty }) else { return [] }
      return [Entry(part: content.isEmpty && answer.isEmpty ? .input : .output, text: AgentTexts.said(text))]
    case .all:
      return [Entry(part: .input, text: question), Entry(part: .output, text: answer), Entry(part: .output, text: content)]
        .filter { !$0.text.isEmpty }
    }
  }

  /// Beyond this a text is not parsed: it is shown as it is, and cut.
  private static let mostParsed = 1 << 20

  /// The words in a text that is JSON of messages: each content, text, argument and result, one after the other. Any other text as it is.
  static func said(_ text: String) -> String {
    guard let first = text.utf8.first, first == UInt8(ascii: "[") || first == UInt8(ascii: "{"), text.utf8.count <= mostParsed,
      let value = try? JSONValue(parsing: text)
    else { return text }
    var found: [String] = []
    // A stack in the place of recursion: nested JSON may be deep.
    var open = [(value: value, isWanted: false)]
    while let (value, isWanted) = open.popLast() {
      switch value {
      case .string(let said): if isWanted, !said.isEmpty { found.append(said) }
      case .array(let elements): for element in elements.reversed() { open.append((element, isWanted)) }
      case .object(let object):
        for (key, member) in object.members.reversed() {
          switch key {
          case "content", "text", "output", "result", "response": open.append((member, true))
          case "arguments":
            if member.string != nil { open.append((member, true)) } else { open.append((.string(member.serializedString), true)) }
          case "parts", "message", "messages", "choices", "generations", "tool_calls", "function": open.append((member, false))
          default: break
          }
        }
      default: break
      }
    }
    return found.isEmpty ? text : found.joined(separator: "\n")
  }
}

/// A text that is too long, as its beginning and its end: what an answer says last is often what it comes to.
package struct MiddleCut: Sendable, Equatable {
  package let head: String
  /// Empty if the text is whole.
  package let tail: String
  /// The number of scalars that are left out.
  package let missing: Int
  package var isCut: Bool { missing > 0 }

  /// - Parameter limit: in scalars, for both parts together.
  package init(_ text: String, limit: Int) {
    let scalars = text.unicodeScalars
    guard scalars.count > limit else {
      (head, tail, missing) = (text, "", 0)
      return
    }
    // The beginning tells what it is about, so it gets the larger part.
    let last = limit * 2 / 5
    head = String(String.UnicodeScalarView(scalars.prefix(limit - last)))
    tail = String(String.UnicodeScalarView(scalars.suffix(last)))
    missing = scalars.count - limit
  }

  /// Limits that are tried, from the whole text down to a few words.
  package static let limits = [Int.max / 4, 16_000, 8_000, 4_000, 2_000, 1_000, 500, 250, 120, 60]
}
