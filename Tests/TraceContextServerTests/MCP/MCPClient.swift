// An MCP client in process: it completes the handshake of a revision, or uses the stateless one, and calls tools by name.

import JSON
import Testing

@testable import JSONRPC
@testable import TraceContextServer

struct MCPClient {
  let test: TestServer
  let revision: MCPRevision

  init(_ revision: MCPRevision = .november2025, test: TestServer = TestServer()) async throws {
    self.test = test
    self.revision = revision
    guard !revision.isStateless else { return }
    let hello: JSONValue = [
      "protocolVersion": .string(revision.rawValue), "capabilities": [:], "clientInfo": ["name": "a test", "version": "1"],
    ]
    let answer = try await ask("initialize", hello.object!)
    #expect(answer["result"]?["protocolVersion"] == .string(revision.rawValue), "\(answer.serializedString)")
  }

  /// The whole answer.
  func ask(_ method: String, _ params: JSONObject = [:]) async throws -> JSONValue {
    var params = params
    if revision.isStateless {
      params["_meta"] = [
        "io.modelcontextprotocol/protocolVersion": .string(revision.rawValue), "io.modelcontextprotocol/clientCapabilities": [:],
      ]
    }
    let message: JSONValue = ["jsonrpc": "2.0", "id": 1, "method": .string(method), "params": .object(params)]
    return try JSONValue(parsing: try #require(await test.reply(to: message.serializedString)))
  }

  /// The result of a tool.
  func call(_ tool: String, _ arguments: JSONObject = [:]) async throws -> JSONValue {
    let answer = try await ask("tools/call", ["name": .string(tool), "arguments": .object(arguments)])
    return try #require(answer["result"], "\(tool): \(answer.serializedString)")
  }

  /// What a model reads.
  func text(_ tool: String, _ arguments: JSONObject = [:]) async throws -> String {
    try #require(try await call(tool, arguments)["content"]?[0]?["text"]?.string)
  }
}
