// What a request looks for in texts: a part of them, or {"regex": "…"}.

import JSON
import JSONRPC
import TraceDistiller

enum TextReader {
  /// - Parameter parameter: where it stands in the request, for complaints.
  static func pattern(_ parameter: String, _ value: JSONValue) throws(ResponseError) -> TextPattern {
    if let text = value.string { return TextPattern(text) }
    let expected = "a string or {\"regex\": \"…\"}"
    guard case .object(let object) = value else { throw wrong(parameter, value, expected) }
    for key in object.keys where key != "regex" { throw .unknownKey(key, in: parameter, known: ["regex"]) }
    guard let regex = object["regex"] else { throw wrong(parameter, value, expected) }
    guard let pattern = regex.string else { throw wrong("\(parameter).regex", regex, "a string") }
    do throws(RegexError) {
      return try TextPattern(regex: pattern)
    } catch {
      throw .invalidParams(
        "\(parameter).regex, at character \(error.place): \(error.reason)",
        data: ["parameter": .string("\(parameter).regex"), "character": .integer(error.place)])
    }
  }

  private static func wrong(_ parameter: String, _ found: JSONValue, _ expected: String) -> ResponseError {
    .invalidParams("\(parameter) must be \(expected), not \(ParameterReader.quote(found))", data: ["parameter": .string(parameter)])
  }
}
