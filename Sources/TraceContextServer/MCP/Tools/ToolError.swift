// Errors as text for a model: what is wrong, what was probably meant, and which tool helps.

import JSON
import JSONRPC
import TraceDistiller

enum ToolError {
  /// There is no trace at all, or none with an error. The call itself was correct.
  static func isNothingYet(_ error: ResponseError) -> Bool {
    error.code == ResponseError.Code.traceNotFound && error.data?["hint"] != nil
  }

  static func text(_ error: ResponseError, _ context: RequestContext) -> String {
    var text = error.message
    // The method that helps is named at the end, after any text of the caller.
    if let next = error.data?["next"]?.string, let place = lastRange(of: next, in: text) {
      text.replaceSubrange(place, with: name(next, context))
    }
    // The message already names the most similar known word.
    if let known = error.data?["known"] { return text + line("Known", known) }
    let names = line("Near", error.data?["near"]) + line("Candidates", error.data?["candidates"])
    // These names come from records, so they are fenced. The message itself contains only the caller's text.
    return names.isEmpty ? text : text + "\n" + context.mcpFence.around(String(names.dropFirst()))
  }

  private static func line(_ words: String, _ list: JSONValue?) -> String {
    let names = (list?.array ?? []).compactMap(\.string).map { FieldText.name.make($0, limit: 64) }
    return names.isEmpty ? "" : "\n\(words): \(names.joined(separator: ", "))"
  }

  /// No tool pages through a tree: agents search for spans instead.
  private static func name(_ method: String, _ context: RequestContext) -> String {
    method == "trace/tree" ? context.calls(TracesSearch.name) : context.calls(method)
  }

  private static func lastRange(of part: String, in text: String) -> Range<String.Index>? {
    var found: Range<String.Index>?
    for start in text.indices where text[start...].hasPrefix(part) { found = start..<text.index(start, offsetBy: part.count) }
    return found
  }
}
