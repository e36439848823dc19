// The declared parameters of a method. The reader checks requests against them, and a test checks openrpc.json against them.

/// One parameter of a method.
struct Parameter: Sendable {
  enum Kind: Sendable {
    case string
    case oneOf([String])
    case listOf([String])
    case integer(ClosedRange<Int>)
    case flag
    /// A number of milliseconds, not negative.
    case milliseconds
    case filter
    /// The filter of `logs/list`.
    case logFilter
    /// A value with several forms: the schema with that name in openrpc.json.
    case shape(String)
  }

  var name: String
  var kind: Kind
  var isRequired: Bool

  init(_ name: String, _ kind: Kind, isRequired: Bool = false) {
    self.name = name
    self.kind = kind
    self.isRequired = isRequired
  }
}

extension Parameter {
  static let traceID = Parameter("traceId", .string)
  static let maxChars = Parameter("maxChars", .integer(400...200_000))
  static let maxTokens = Parameter("maxTokens", .integer(TokenBudget.range))
  static let maxDepth = Parameter("maxDepth", .integer(0...1_000_000))
  static let focus = Parameter("focus", .string)
  static let cursor = Parameter("cursor", .string)
  static let locale = Parameter("locale", .string)
  static func limit(_ range: ClosedRange<Int>) -> Parameter { Parameter("limit", .integer(range)) }
}
