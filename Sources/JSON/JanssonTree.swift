// One text parsed by jansson and kept as jansson's own tree: the fast path for callers that read only a few members.

package import CJansson
import Platform

/// The tree of one parsed text. Pointers into it are valid as long as this value lives.
///
/// jansson rejects some texts of real programs although their meaning is clear: numbers beyond Int64 or Double, NUL in a member's name,
/// lone surrogates and broken UTF-8. If the caller asks for `repair`, such a text is rewritten (see `JSONRepair`) and parsed again;
/// `repairs` reports what was changed.
package struct JanssonTree: ~Copyable {
  package let root: UnsafeMutablePointer<json_t>
  /// What was repaired before jansson accepted the text; nearly always empty.
  package let repairs: JSONRepair.Findings

  /// Parses a complete text. Of duplicate member names the last wins. NUL is allowed in strings.
  /// - Complexity: O(bytes); a text that needs repair is read three times.
  package init(parsing text: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits(), repair: JSONRepair.Policy = .numbersAndNUL)
    throws(JSONError)
  {
    guard text.count <= limits.maxBytes else { throw JSONError(.tooLarge(limit: limits.maxBytes), offset: limits.maxBytes) }
    let bom = text.count >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF ? 3 : 0
    let body = UnsafeRawBufferPointer(rebasing: text[bom...])
    let first: JSONError
    switch JanssonTree.load(body) {
    case .success(let root):
      // JSON text never contains a raw NUL, but jansson ignores one after a number, `true`, `false` or `null`.
      if let base = body.baseAddress, let nul = memchr(base, 0, body.count) {
        json_decref(root)
        throw JSONError(.syntax("a NUL byte in the text"), offset: UnsafeRawPointer(nul) - base + bom)
      }
      if let place = JSONDepth.offset(ofDepth: limits.maxDepth, in: body) {
        json_decref(root)
        throw JSONError(.tooDeep(limit: limits.maxDepth), offset: place + bom)
      }
      self.root = root
      self.repairs = []
      return
    case .failure(let error):
      // jansson reports its own depth limit, not the one that the caller set.
      if case .tooDeep = error.reason {
        throw JSONError(
          .tooDeep(limit: limits.maxDepth), offset: (JSONDepth.offset(ofDepth: limits.maxDepth, in: body) ?? error.offset) + bom)
      }
      first = JSONError(error.reason, offset: error.offset + bom)
    }
    guard repair == .text || !body.contains(0), var repaired = JSONRepair.repair(body, policy: repair) else { throw first }
    let second = repaired.text.withUnsafeBytes { JanssonTree.load($0) }
    // An offset into the repaired text would mislead. The first error refers to the caller's text.
    guard case .success(let root) = second else { throw first }
    if let place = JSONDepth.offset(ofDepth: limits.maxDepth, in: body) {
      json_decref(root)
      throw JSONError(.tooDeep(limit: limits.maxDepth), offset: place + bom)
    }
    repaired.restore(root)
    self.root = root
    self.repairs = repaired.findings
  }

  deinit { json_decref(root) }

  /// JSON_ALLOW_NUL | JSON_DECODE_ANY. Swift imports these macros with a type other than size_t.
  private static let flags = 0x10 | 0x4

  private static func load(_ text: UnsafeRawBufferPointer) -> Result<UnsafeMutablePointer<json_t>, JSONError> {
    guard let base = text.baseAddress, !text.isEmpty else { return .failure(JSONError(.empty, offset: 0)) }
    var error = json_error_t()
    if let root = json_loadb(base.assumingMemoryBound(to: CChar.self), text.count, flags, &error) { return .success(root) }
    let code = withUnsafePointer(to: error) { json_error_code($0) }
    let reason: JSONError.Reason
    switch code {
    case json_error_invalid_utf8: reason = .invalidUTF8
    case json_error_stack_overflow: reason = .tooDeep(limit: 2_048)
    default: reason = .syntax(message(of: error))
    }
    return .failure(JSONError(reason, offset: max(0, Int(error.position))))
  }

  private static func message(of error: json_error_t) -> String {
    withUnsafeBytes(of: error.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
