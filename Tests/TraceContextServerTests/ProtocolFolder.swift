// Locates the protocol folder, and checks and rewrites its generated parts: UPDATE_GOLDENS=1 writes, and then fails so that the change is
// reviewed.

import Foundation
import JSON
import Testing

enum ProtocolFolder {
  static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../protocol").standardized.path

  static func text(_ name: String) -> String {
    guard let data = FileManager.default.contents(atPath: "\(path)/\(name)") else { fatalError("protocol/\(name) is missing") }
    return String(decoding: data, as: UTF8.self)
  }

  static func json(_ name: String) -> JSONValue {
    do { return try JSONValue(parsing: text(name)) } catch { fatalError("protocol/\(name): \(error)") }
  }

  /// Every transcript without its extension, such as `trace/summary/slow-checkout`, in order.
  static let transcripts: [String] = {
    let files = FileManager.default.enumerator(atPath: "\(path)/transcripts")?.compactMap { $0 as? String } ?? []
    return files.filter { $0.hasSuffix(".io") }.map { String($0.dropLast(3)) }.sorted()
  }()

  /// Checks that the file contains exactly this text. With UPDATE_GOLDENS=1 it is rewritten.
  static func check(_ name: String, holds expected: String, at location: SourceLocation = #_sourceLocation) {
    let found = text(name)
    guard found != expected else { return }
    if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] == "1" {
      do { try expected.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8) } catch { fatalError("\(error)") }
      Issue.record("protocol/\(name) was rewritten: look at the difference, then test without UPDATE_GOLDENS", sourceLocation: location)
      return
    }
    let (old, new) = (lines(found), lines(expected))
    let line = zip(old, new).prefix { $0 == $1 }.count
    Issue.record(
      """
      protocol/\(name), line \(line + 1) (UPDATE_GOLDENS=1 rewrites the file)
        in the file \(line < old.count ? old[line] : "(its end)")
        should be   \(line < new.count ? new[line] : "(its end)")
      """, sourceLocation: location)
  }

  static func lines(_ text: String) -> [String] { text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

  /// The text with everything between the two markers replaced.
  static func replacing(_ marker: String, in text: String, by body: String) -> String {
    let (begin, end) = ("<!-- \(marker):begin -->\n", "<!-- \(marker):end -->")
    guard let from = text.range(of: begin), let to = text.range(of: end), from.upperBound <= to.lowerBound else {
      fatalError("protocol/README.md has no part between \(begin) and \(end)")
    }
    return text.replacingCharacters(in: from.upperBound..<to.lowerBound, with: body)
  }
}

/// JSON formatted for people: what fits into a line stays in one.
enum PrettyJSON {
  static func text(_ value: JSONValue) -> String { lines(value, indent: "", before: 0) + "\n" }

  private static func lines(_ value: JSONValue, indent: String, before: Int) -> String {
    let flat = inline(value)
    if indent.utf8.count + before + flat.unicodeScalars.count <= 130 { return flat }
    let inner = indent + "  "
    switch value {
    case .array(let elements) where !elements.isEmpty:
      return "[\n" + elements.map { inner + lines($0, indent: inner, before: 1) }.joined(separator: ",\n") + "\n\(indent)]"
    case .object(let object) where !object.isEmpty:
      let members = object.members.map { key, value in
        let name = JSONValue.string(key).serializedString + ": "
        return inner + name + lines(value, indent: inner, before: name.unicodeScalars.count + 1)
      }
      return "{\n" + members.joined(separator: ",\n") + "\n\(indent)}"
    default: return flat
    }
  }

  private static func inline(_ value: JSONValue) -> String {
    switch value {
    case .array(let elements): "[" + elements.map(inline).joined(separator: ", ") + "]"
    case .object(let object) where object.isEmpty: "{}"
    case .object(let object):
      "{ " + object.members.map { JSONValue.string($0.key).serializedString + ": " + inline($0.value) }.joined(separator: ", ") + " }"
    default: value.serializedString
    }
  }
}
