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
    let near = error.data?["known"] == nil ? "near" : "known"
    for (member, words) in [(near, near == "near" ? "Near" : "Known"), ("candidates", "Candidates")] {
      let names = (error.data?[member]?.array ?? []).compactMap(\.string).map { FieldText.name.make($0, limit: 64) }
      if !names.isEmpty { text += "\n\(words): \(names.joined(separator: ", "))" }
    }
    return text
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
