// Proves which revision a session gets, what each revision has, and that unknown parts of a newer one are rejected by the rules of the
// newest.

import JSON
import Testing

@testable import JSONRPC
@testable import TraceContextServer

struct RevisionTests {
  static let negotiations: [(asked: String, got: String)] = [
    ("2024-11-05", "2024-11-05"), ("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"), ("2025-11-25", "2025-11-25"),
    // These have no handshake, or are future revisions: the client may accept our newest revision or leave.
    ("2026-07-28", "2025-11-25"), ("2031-01-01", "2025-11-25"), ("", "2025-11-25"),
  ]

  @Test(arguments: negotiations.indices) func negotiation(_ index: Int) async throws {
    let (asked, expected) = Self.negotiations[index]
    let message =
      #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"\#(asked)","capabilities":{},"clientInfo":{}}}"#
    let answer = try JSONValue(parsing: await TestServer().reply(to: message) ?? "")
    #expect(answer["id"] == 0 && answer["result"]?["protocolVersion"] == .string(expected), "\(asked): \(answer.serializedString)")
    let completions: JSONValue? = expected == "2024-11-05" ? nil : [:]
    #expect(answer["result"]?["capabilities"]?["completions"] == completions, "\(asked)")
  }

  static let versionKey = "io.modelcontextprotocol/protocolVersion"
  static let capabilitiesKey = "io.modelcontextprotocol/clientCapabilities"

  /// Messages on a new connection, and the error code of each answer; 0 for a result.
  static let messages: [(method: String, params: JSONValue, code: Int64, says: String)] = [
    ("server/discover", ["_meta": [versionKey: "2026-07-28", capabilitiesKey: [:]]], 0, ""),
    ("tools/list", ["_meta": [versionKey: "2026-07-28", capabilitiesKey: [:]]], 0, ""),
    ("tools/list", ["_meta": [versionKey: "2027-01-01", capabilitiesKey: [:]]], -32022, "2027-01-01"),
    ("no/such", ["_meta": [versionKey: "2027-01-01", capabilitiesKey: [:]]], -32022, "2027-01-01"),
    ("tools/list", ["_meta": [versionKey: "2025-11-25", capabilitiesKey: [:]]], -32022, "2025-11-25"),
    ("tools/list", ["_meta": [versionKey: 7, capabilitiesKey: [:]]], -32602, "must be a string"),
    ("tools/list", ["_meta": [versionKey: "2026-07-28"]], -32602, capabilitiesKey),
    ("server/discover", [:], -32602, versionKey),
    ("tools/list", [:], -32600, "came before 'initialize'"),
    ("ping", [:], 0, ""),
    ("ping", ["_meta": [versionKey: "2026-07-28", capabilitiesKey: [:]]], -32601, "2026-07-28 has no ping"),
    ("initialize", ["_meta": [versionKey: "2026-07-28", capabilitiesKey: [:]]], -32601, "2026-07-28 has no initialize"),
    ("resources/subscribe", ["_meta": [versionKey: "2026-07-28", capabilitiesKey: [:]]], -32601, "has no resources/subscribe"),
    ("tools/lst", ["_meta": [versionKey: "2026-07-28", capabilitiesKey: [:]]], -32601, "unknown method"),
    ("initialize", ["protocolVersion": 3], -32602, "protocolVersion must be a string"),
    // Our own methods are answered at every door.
    ("traces/list", ["_meta": [versionKey: "2026-07-28", capabilitiesKey: [:]]], 0, ""),
    ("traces/list", [:], 0, ""),
  ]

  @Test(arguments: messages.indices) func freshConnection(_ index: Int) async throws {
    let (method, params, code, says) = Self.messages[index]
    let message: JSONValue = ["jsonrpc": "2.0", "id": "a", "method": .string(method), "params": params]
    let answer = try JSONValue(parsing: await TestServer().reply(to: message.serializedString) ?? "")
    #expect(answer["error"]?["code"]?.integer ?? 0 == code, "\(method): \(answer.serializedString)")
    #expect(
      says.isEmpty || answer["error"]?["message"]?.string?.contains(says) == true,
      "\(method) should say \(says): \(answer.serializedString)")
    if code == -32022 { #expect(answer["error"]?["data"]?["supported"]?.array?.first == "2026-07-28", "\(answer.serializedString)") }
  }

  @Test func theStatelessEraIsToldAllThatItAsksFor() async throws {
    let client = try await MCPClient(.july2026, test: ToolCallTests.shop())
    for (method, params) in [
      ("server/discover", [:] as JSONObject), ("tools/list", [:]), ("resources/list", [:]), ("resources/templates/list", [:]),
      ("prompts/list", [:]),
      ("resources/read", ["uri": "trace://latest/summary"]),
    ] {
      let result = try await client.ask(method, params)["result"]
      #expect(result?["resultType"] == "complete", "\(method)")
      #expect(result?["_meta"]?["io.modelcontextprotocol/serverInfo"]?["name"] == "trace-distiller", "\(method)")
      #expect(result?["ttlMs"]?.integer != nil && result?["cacheScope"]?.string != nil, "\(method)")
    }
    let call = try await client.call("list_traces")
    #expect(call["resultType"] == "complete" && call["ttlMs"] == nil)
    #expect(
      client.test.server.rules
        == MessageRules(
          takesBatches: false, omitsUnknownIDs: true,
          cancellation: CancellationNotice(method: "notifications/cancelled", member: "requestId")))
  }

  /// Members that came with a revision are not sent to older ones.
  @Test(arguments: MCPRevision.allCases) func toolsAreToldInTheWordsOfTheRevision(_ revision: MCPRevision) async throws {
    let tools = try await MCPClient(revision).ask("tools/list")["result"]?["tools"]?.array ?? []
    #expect(tools.count == ToolRegistry.tools.count)
    #expect(tools.allSatisfy { ($0["annotations"] != nil) == (revision >= .march2025) }, "annotations of \(revision.rawValue)")
    #expect(tools.allSatisfy { $0["title"] == nil }, "titles of \(revision.rawValue), which would say what the names say")
  }

  @Test func batchesAreOfOneRevision() async throws {
    for revision in MCPRevision.allCases {
      let client = try await MCPClient(revision)
      #expect(client.test.server.rules.takesBatches == (revision == .march2025), "\(revision.rawValue)")
    }
  }

  @Test func shakingHandsTwiceIsRefused() async throws {
    let client = try await MCPClient()
    let answer = try await client.ask("initialize", ["protocolVersion": "2025-11-25"])
    #expect(answer["error"]?["code"] == -32600, "\(answer.serializedString)")
  }
}
