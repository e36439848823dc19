// One text parsed by jansson, kept as jansson's own tree: the fast way in, for callers that read a few members and go.

package import CJansson
import Platform

/// The tree of one parsed text. Pointers into it live as long as this value does.
///
/// Some texts that real programs write are refused by jansson although they can be understood: numbers beyond Int64 or Double,
/// NUL in a member's name, lone surrogates and broken UTF-8. Where `repair` is asked for, such a text is rewritten
/// (see `JSONRepair`) and parsed again; `repairs` tells what was done.
package struct JanssonTree: ~Copyable {
  package let root: UnsafeMutablePointer<json_t>
  /// What had to be repaired before jansson took the text; empty for nearly every text.
  package let repairs: JSONRepair.Findings

  /// Parses a whole text. Duplicate member names: the last one wins. NUL is allowed in strings.
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
      // No JSON text holds a raw NUL. Jansson reads over one that follows a number, `true`, `false` or `null`.
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
      // jansson gives up at its own depth, which is not the limit that the caller has set.
      if case .tooDeep = error.reason {
        throw JSONError(
          .tooDeep(limit: limits.maxDepth), offset: (JSONDepth.offset(ofDepth: limits.maxDepth, in: body) ?? error.offset) + bom)
      }
      first = JSONError(error.reason, offset: error.offset + bom)
    }
    guard repair == .text || !body.contains(0), var repaired = JSONRepair.repair(body, policy: repair) else { throw first }
    let second = repaired.text.withUnsafeBytes { JanssonTree.load($0) }
    // An offset in the repaired text would mislead; the first complaint points into what the caller has.
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

  /// JSON_ALLOW_NUL | JSON_DECODE_ANY; macros are not imported into Swift with a type of size_t.
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
