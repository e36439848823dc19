// The attributes of OpenTelemetry's semantic conventions that say most about a call, by area and in the order in which a line shows them.
// Old and new names are both listed, because libraries with both are in use.

enum DistinguishingAttributes {
  /// The position of a key among the distinguishing ones; nil for other keys. Keys with a listed prefix have the prefix's position.
  static func place(_ key: String) -> Int? {
    switch (names[key], groups.first(of: key).map { placeOfGroup[$0] }) {
    case (let name?, let group?): min(name, group)
    case (let name, let group): name ?? group
    }
  }

  private static let names = Dictionary(uniqueKeysWithValues: order.enumerated().filter { !isGroup($1) }.map { ($1, $0) })
  private static let groups = KeyPrefixes(order.filter(isGroup))
  private static let placeOfGroup = order.indices.filter { isGroup(order[$0]) }
  private static func isGroup(_ name: String) -> Bool { name.utf8.last == UInt8(ascii: ".") }

  private static let order: [String] = [
    "error.type", "exception.type", "exception.message", "error", "error.", "exception.",
    // HTTP
    "http.request.method", "http.method", "http.route", "url.path", "http.target", "http.path", "url.full", "http.url",
    "http.response.status_code", "http.status_code",
    // Databases
    "db.query.text", "db.statement", "db.operation.name", "db.operation", "db.collection.name", "db.sql.table", "db.mongodb.collection",
    "db.namespace", "db.name", "db.response.status_code", "db.query.summary", "db.system.name", "db.system", "db.",
    // Calls between programs, and their transport
    "rpc.service", "rpc.method", "rpc.response.status_code", "rpc.grpc.status_code", "rpc.system.name", "rpc.system", "rpc.",
    "messaging.destination.name", "messaging.destination", "messaging.operation.name", "messaging.operation", "messaging.operation.type",
    "messaging.batch.message_count", "messaging.system", "messaging.",
    // Language models: which model answered and what it cost, long before the conversation itself
    "gen_ai.tool.name", "gen_ai.agent.name", "gen_ai.request.model", "gen_ai.response.model", "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens", "gen_ai.usage.prompt_tokens", "gen_ai.usage.completion_tokens", "gen_ai.operation.name",
    "gen_ai.provider.name", "gen_ai.system", "gen_ai.response.finish_reasons",
    "llm.model_name", "llm.token_count.prompt", "llm.token_count.completion", "tool.name",
    "faas.", "graphql.operation.name", "graphql.operation.type", "graphql.", "peer.service", "gen_ai.usage.", "gen_ai.request.",
  ]

  /// Conversations and documents, in any instrumentation's naming: `trace/span` shows them, and a line only if there is nothing else.
  static func isBulky(_ key: String) -> Bool {
    bulky.hasBeginning(of: key)
  }

  private static let bulky = KeyPrefixes([
    "gen_ai.input.", "gen_ai.output.", "gen_ai.prompt", "gen_ai.completion", "gen_ai.system_instructions", "gen_ai.tool.definitions",
    "gen_ai.tool.call.", "llm.input_messages", "llm.output_messages", "input.value", "output.value", "graphql.document",
    "exception.stacktrace", "db.query.parameter",
  ])
}
