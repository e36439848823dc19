// The supported revisions of MCP, and how their messages differ. The schemas are at modelcontextprotocol.io/specification/<revision>.

/// A revision of the protocol, ordered by age.
enum MCPRevision: String, CaseIterable, Sendable, Comparable {
  case november2024 = "2024-11-05"
  case march2025 = "2025-03-26"
  case june2025 = "2025-06-18"
  case november2025 = "2025-11-25"
  /// Without a handshake: every request names its revision.
  case july2026 = "2026-07-28"

  static let latestWithHandshake = november2025

  /// Newest first, in the order in which clients get them.
  static let names: [String] = allCases.reversed().map(\.rawValue)

  static func < (left: MCPRevision, right: MCPRevision) -> Bool { left.rawValue < right.rawValue }

  /// The revision for a client whose `initialize` asks for `wanted`: the same, or the newest that has a handshake.
  static func negotiated(_ wanted: String) -> MCPRevision {
    MCPRevision(rawValue: wanted).flatMap { $0.isStateless ? nil : $0 } ?? latestWithHandshake
  }

  var isStateless: Bool { self >= .july2026 }
  /// Batches were added in one revision and removed in the next.
  var hasBatches: Bool { self == .march2025 }
  /// Hints about what a tool does.
  var hasAnnotations: Bool { self >= .march2025 }
  /// Completions are declared as a capability; the method itself is older.
  var declaresCompletions: Bool { self >= .march2025 }
  /// A progress notification may have a message.
  var hasProgressMessages: Bool { self >= .march2025 }
  /// Titles for people beside names for programs.
  var hasTitles: Bool { self >= .june2025 }
  var hasStructuredContent: Bool { self >= .june2025 }
  /// `_meta` on tools.
  var hasToolMetadata: Bool { self >= .june2025 }
  /// An error for a message without a readable id has no id member, instead of null.
  var omitsUnknownIDs: Bool { self >= .november2025 }
}
