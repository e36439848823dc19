// Proves that the four places of a method agree: the registry, openrpc.json, the transcripts and the table in protocol/README.md. The
// failure names whatever is missing in one of them.

import JSON
import Testing

@testable import TraceContextServer

struct ContractTests {
  let document = OpenRPCDocument.shared
  let registry = MethodRegistry.methods.map { $0.name }

  @Test func everyMethodIsInOpenRPC() {
    check(registry, document.family, "openrpc.json")
    #expect(document.names.filter(OpenRPCDocument.lifecycle.contains) == OpenRPCDocument.lifecycle)
    #expect(document.json["info"]?["version"] == .string(ServerVersion.text))
  }

  @Test func everyMethodHasTranscripts() throws {
    // openrpc.json does not describe MCP's methods: scripts/check-mcp checks their transcripts against the schemas of its revisions.
    let folders = Set(ProtocolFolder.transcripts.map { $0.split(separator: "/").dropLast().joined(separator: "/") }).subtracting(["mcp"])
    check(OpenRPCDocument.lifecycle + registry, folders.sorted(), "protocol/transcripts")
    for name in folders {
      let files = ProtocolFolder.transcripts.filter { $0.hasPrefix(name + "/") && !$0.dropFirst(name.count + 1).contains("/") }
      let exchanges = try files.flatMap { try Transcript(named: $0).exchanges }.filter { $0.request["method"] == .string(name) }
      #expect(files.count >= 2, "\(name) has \(files.count) transcripts; it needs two, one of them with an error")
      #expect(exchanges.contains { $0.answer["result"] != nil }, "\(name) has no transcript with a result")
      #expect(exchanges.contains { $0.answer["error"] != nil }, "\(name) has no transcript with an error")
    }
  }

  @Test(arguments: MethodRegistry.methods.map { $0.name }) func methodIsDeclaredAsItIs(_ name: String) throws {
    let method = try #require(MethodRegistry.method(named: name))
    let declared = try #require(document.method(name), "openrpc.json has no \(name)")
    #expect(declared["summary"] == .string(method.summary), "summary of \(name): expected \(method.summary)")
    #expect(declared["paramStructure"] == "by-name")
    let expected = method.parameters.map { Self.line($0.name, isRequired: $0.isRequired, Self.schema($0.kind)) }
    let got = document.params(of: declared).map { param in
      var schema = param["schema"]?.object ?? JSONObject()
      (schema["default"], schema["description"]) = (nil, nil)
      return Self.line(param["name"]?.string ?? "", isRequired: param["required"] == true, .object(schema))
    }
    #expect(got == expected, "parameters of \(name)\n  in code    \(expected)\n  in openrpc \(got)")
  }

  @Test func filterIsDeclaredAsItIs() {
    let declared = document.json["components"]?["schemas"]?["Filter"]?["properties"]?.object?.keys ?? []
    check(TraceFilter.keys, declared, "the schema Filter")
    let ofLogs = document.json["components"]?["schemas"]?["LogFilter"]?["properties"]?.object?.keys ?? []
    check(LogFilter.keys, ofLogs, "the schema LogFilter")
  }

  /// Everything has a description, every shared part is used, and every reference resolves.
  @Test func referencesLeadSomewhereAndNothingIsIdle() {
    let text = document.json.serializedString
    for match in text.matches(of: /"\$ref":"([^"]+)"/) {
      #expect(document.schema.resolve(String(match.1)) != nil, "openrpc.json refers to \(match.1), which is not there")
    }
    for part in ["contentDescriptors", "schemas", "errors"] {
      for name in document.json["components"]?[part]?.object?.keys ?? [] where name != "ParseError" {
        #expect(
          text.contains("#/components/\(part)/\(name)\"") || text.contains("#/components/\(part)/\(name)/"),
          "nothing refers to \(part)/\(name)")
      }
    }
  }

  /// An example is the first answer of the transcript after which it is named, so that it cannot become outdated.
  @Test func examplesAreTranscripts() throws {
    var json = document.json.object ?? JSONObject()
    json["methods"] = .array(
      try document.methods.map { method in
        var object = method.object ?? JSONObject()
        let name = method["name"]?.string ?? ""
        let examples = method["examples"]?.array ?? []
        #expect(!examples.isEmpty, "\(name) has no example")
        object["examples"] = .array(try examples.map { try Self.example($0["name"]?.string ?? "", of: name, method["result"]?["name"]) })
        return .object(object)
      })
    ProtocolFolder.check("openrpc.json", holds: PrettyJSON.text(.object(json)))
    ProtocolFolder.check("records.schema.json", holds: PrettyJSON.text(ProtocolFolder.json("records.schema.json")))
  }

  @Test func tablesOfTheReadme() {
    let methods = document.methods.map { method in
      let params = document.params(of: method).map { "`\($0["name"]?.string ?? "")`" + ($0["required"] == true ? " (needed)" : "") }
      return "| `\(method["name"]?.string ?? "")` | \(method["summary"]?.string ?? "") | \(params.joined(separator: ", ")) |\n"
    }
    let errors = (document.json["components"]?["errors"]?.object?.members ?? []).map { name, error in
      let data =
        error["data"].map { Set(([$0] + ($0["anyOf"]?.array ?? [])).flatMap { $0["properties"]?.object?.keys ?? [] }).sorted() } ?? []
      let cells = [
        error["code"]?.serializedString ?? "", name, error["message"]?.string ?? "", data.map { "`\($0)`" }.joined(separator: ", "),
      ]
      return "| " + cells.map { $0.replacing("<", with: "‹").replacing(">", with: "›") }.joined(separator: " | ") + " |\n"
    }
    let tools = ToolRegistry.tools.map { tool in
      let arguments = tool.arguments.map { "`\($0.name)`" + ($0.isRequired ? " (needed)" : "") } + ["`format`"]
      return "| `\(tool.name)` | `\(tool.method.name)` | \(arguments.joined(separator: ", ")) |\n"
    }
    var text = ProtocolFolder.text("README.md")
    text = ProtocolFolder.replacing("tools", in: text, by: "| tool | method | arguments |\n|---|---|---|\n" + tools.joined())
    text = ProtocolFolder.replacing("methods", in: text, by: "| method | what it answers | params |\n|---|---|---|\n" + methods.joined())
    text = ProtocolFolder.replacing("errors", in: text, by: "| code | name | message | data |\n|---|---|---|---|\n" + errors.joined())
    ProtocolFolder.check("README.md", holds: text)
  }

  private func check(_ expected: [String], _ got: [String], _ place: String) {
    for name in expected where !got.contains(name) { Issue.record("\(place) has no \(name)") }
    for name in got where !expected.contains(name) { Issue.record("\(place) has \(name), which the code has not") }
    if Set(got).count == got.count, place == "openrpc.json" { #expect(got == expected, "the order of \(place)") }
  }

  private static func line(_ name: String, isRequired: Bool, _ schema: JSONValue) -> String {
    "\(name)\(isRequired ? " (required)" : ""): \(schema.serializedString)"
  }

  private static func schema(_ kind: Parameter.Kind) -> JSONValue {
    switch kind {
    case .string: ["type": "string"]
    case .oneOf(let words): ["type": "string", "enum": .array(words.map { .string($0) })]
    case .listOf(let words): ["type": "array", "items": ["type": "string", "enum": .array(words.map { .string($0) })]]
    case .integer(let range): ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
    case .flag: ["type": "boolean"]
    case .milliseconds: ["$ref": "#/components/schemas/Milliseconds"]
    case .filter: ["$ref": "#/components/schemas/Filter"]
    case .logFilter: ["$ref": "#/components/schemas/LogFilter"]
    case .shape(let name): ["$ref": .string("#/components/schemas/\(name)")]
    }
  }

  private static func example(_ transcript: String, of method: String, _ resultName: JSONValue?) throws -> JSONValue {
    let exchanges = try Transcript(named: transcript).exchanges
    let exchange = try #require(
      exchanges.first { $0.request["method"] == .string(method) && $0.answer["result"] != nil }, "\(transcript) asks no \(method)")
    let params = (exchange.request["params"]?.object?.members ?? []).map { ["name": .string($0.key), "value": $0.value] as JSONValue }
    return [
      "name": .string(transcript), "params": .array(params),
      "result": ["name": resultName ?? .null, "value": exchange.answer["result"] ?? .null],
    ]
  }
}
