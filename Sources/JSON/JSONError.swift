// What can be wrong with a JSON text, and where.

/// Why a text is not valid JSON. `offset` counts bytes from the start of the text.
package struct JSONError: Error, Equatable, CustomStringConvertible {
  package enum Reason: Sendable, Equatable {
    case syntax(String)
    case invalidUTF8
    /// The text has more bytes than the limit. It was not parsed.
    case tooLarge(limit: Int)
    /// Arrays and objects are nested deeper than the limit.
    case tooDeep(limit: Int)
    case empty
  }

  package var reason: Reason
  package var offset: Int

  package init(_ reason: Reason, offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  package var description: String {
    switch reason {
    case .syntax(let text): "invalid JSON at byte \(offset): \(text)"
    case .invalidUTF8: "invalid UTF-8 at byte \(offset)"
    case .tooLarge(let limit): "longer than \(limit) bytes"
    case .tooDeep(let limit): "nested deeper than \(limit) levels at byte \(offset)"
    case .empty: "no JSON value"
    }
  }
}

/// Bounds of one parse. jansson itself never goes deeper than 2,048 levels.
package struct JSONLimits: Sendable {
  package var maxBytes: Int
  package var maxDepth: Int

  package init(maxBytes: Int = 64 << 20, maxDepth: Int = 128) {
    self.maxBytes = maxBytes
    self.maxDepth = min(maxDepth, 2_000)
  }
}
