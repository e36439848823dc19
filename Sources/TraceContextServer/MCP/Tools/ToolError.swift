// Errors as a model reads them: what is wrong, what was meant perhaps, and which tool helps.

import JSON
import JSONRPC
import TraceDistiller

enum ToolError {
  /// No trace at all, or none with an error: nothing is wrong with the call.
  static func isNothingYet(_ error: ResponseError) -> Bool {
    error.code == ResponseError.Code.traceNotFound && error.data?["hint"] != nil
  }

  static func text(_ error: ResponseError, _ context: RequestContext) -> String {
    var text = error.message
    // The method that helps stands behind everything that the caller wrote.
    if let next = error.data?["next"]?.string, let place = lastRange(of: next, in: text) {
      text.replaceSubrange(place, with: name(next, context))
    }
    // The nearest of known words is in the message already.
    if let known = error.data?["known"] { return text + line("Known", known) }
    let names = line("Near", error.data?["near"]) + line("Candidates", error.data?["candidates"])
    // These come from records; the message holds what the caller wrote.
    return names.isEmpty ? text : text + "\n" + context.mcpFence.around(String(names.dropFirst()))
  }

  private static func line(_ words: String, _ list: JSONValue?) -> String {
    let names = (list?.array ?? []).compactMap(\.string).map { FieldText.name.make($0, limit: 64) }
    return names.isEmpty ? "" : "\n\(words): \(names.joined(separator: ", "))"
  }

  /// No tool pages through a tree: spans are found by searching.
  private static func name(_ method: String, _ context: RequestContext) -> String {
    method == "trace/tree" ? context.calls(TracesSearch.name) : context.calls(method)
  }

  private static func lastRange(of part: String, in text: String) -> Range<String.Index>? {
    var found: Range<String.Index>?
    for start in text.indices where text[start...].hasPrefix(part) { found = start..<text.index(start, offsetBy: part.count) }
    return found
  }
}
