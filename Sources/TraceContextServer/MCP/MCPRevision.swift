// The revisions of MCP that are spoken, and in what their messages differ. The schemas are at modelcontextprotocol.io/specification/<revision>.

/// A revision of the protocol, the older the smaller.
enum MCPRevision: String, CaseIterable, Sendable, Comparable {
  case november2024 = "2024-11-05"
  case march2025 = "2025-03-26"
  case june2025 = "2025-06-18"
  case november2025 = "2025-11-25"
  /// Without a handshake: every request carries its revision.
  case july2026 = "2026-07-28"

  static let latestWithHandshake = november2025

  /// Newest first, as clients get them.
  static let names: [String] = allCases.reversed().map(\.rawValue)

  static func < (left: MCPRevision, right: MCPRevision) -> Bool { left.rawValue < right.rawValue }

  /// What a client is answered that asks for this revision by `initialize`: the same, or the newest that has a handshake.
  static func negotiated(_ wanted: String) -> MCPRevision {
    MCPRevision(rawValue: wanted).flatMap { $0.isStateless ? nil : $0 } ?? latestWithHandshake
  }

  var isStateless: Bool { self >= .july2026 }
  /// Arrays of messages came with one revision and went with the next.
  var hasBatches: Bool { self == .march2025 }
  /// Hints about what a tool does.
  var hasAnnotations: Bool { self >= .march2025 }
  /// Declared as a capability; the method is older.
  var declaresCompletions: Bool { self >= .march2025 }
  /// A progress notification may say what goes on.
  var hasProgressMessages: Bool { self >= .march2025 }
  /// Names for people beside names for programs.
  var hasTitles: Bool { self >= .june2025 }
  var hasStructuredContent: Bool { self >= .june2025 }
  /// `_meta` on tools.
  var hasToolMetadata: Bool { self >= .june2025 }
  /// An error about a message without a readable id has none, rather than null.
  var omitsUnknownIDs: Bool { self >= .november2025 }
}
