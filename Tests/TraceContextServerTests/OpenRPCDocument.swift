// Reads protocol/openrpc.json for tests: methods, their parameters with resolved references, and the schemas of their answers.

import JSON

struct OpenRPCDocument: Sendable {
  static let shared = OpenRPCDocument(json: ProtocolFolder.json("openrpc.json"))
  /// Of a connection, not of the store: they are in no registry.
  static let lifecycle = ["initialize", "shutdown", "traces/subscribe", "traces/unsubscribe"]

  let json: JSONValue
  var schema: JSONSchema { JSONSchema(document: json) }
  var methods: [JSONValue] { json["methods"]?.array ?? [] }
  var names: [String] { methods.compactMap { $0["name"]?.string } }
  /// Our own methods, in order.
  var family: [String] { names.filter { !Self.lifecycle.contains($0) } }

  func method(_ name: String) -> JSONValue? { methods.first { $0["name"] == .string(name) } }

  func params(of method: JSONValue) -> [JSONValue] { (method["params"]?.array ?? []).map(resolved) }

  /// The errors that a method declares; for an unknown method those of the whole document.
  func errors(of name: String) -> [JSONValue] {
    guard let method = method(name) else { return json["components"]?["errors"]?.object?.members.map(\.value) ?? [] }
    return (method["errors"]?.array ?? []).map(resolved)
  }

  func resolved(_ value: JSONValue) -> JSONValue { value["$ref"]?.string.flatMap { schema.resolve($0) } ?? value }

  /// The problems of a request that is expected to be answered.
  func problems(ofParams params: JSONValue?, method name: String) -> [String] {
    guard let method = method(name) else { return ["no method \(name)"] }
    let declared = self.params(of: method)
    let given = params?.object ?? JSONObject()
    var problems: [String] = []
    for (key, value) in given.members {
      guard let param = declared.first(where: { $0["name"] == .string(key) }) else {
        // LSP's InitializeParams has many members; only those that are used are declared.
        if name != "initialize" { problems.append("\(name) declares no \(key)") }
        continue
      }
      problems += schema.problems(value, param["schema"] ?? false, at: key)
    }
    for param in declared where param["required"] == true && given[param["name"]?.string ?? ""] == nil {
      problems.append("\(name) needs \(param["name"]?.string ?? "")")
    }
    return problems
  }

  func problems(ofResult result: JSONValue, method name: String) -> [String] {
    guard let method = method(name) else { return ["no method \(name)"] }
    return schema.problems(result, method["result"]?["schema"] ?? false)
  }

  func problems(ofError error: JSONValue, method name: String) -> [String] {
    guard let declared = errors(of: name).first(where: { $0["code"] == error["code"] }) else {
      return ["\(name) declares no error \(error["code"]?.serializedString ?? "without code")"]
    }
    guard let message = error["message"]?.string, !message.isEmpty else { return ["an error needs a message"] }
    switch (declared["data"], error["data"]) {
    case (nil, nil): return []
    case (nil, let data?):
      return ["\(name) declares no data for \(error["code"]?.serializedString ?? ""), which has \(data.serializedString)"]
    // A message alone is enough if there is no more to say.
    case (.some, nil): return []
    case (let schema?, let data?): return self.schema.problems(data, schema, at: "data")
    }
  }

  /// The problems of a request and its answer.
  func problems(ofExchange request: JSONValue, _ answer: JSONValue) -> [String] {
    let name = request["method"]?.string ?? ""
    if answer["id"] != request["id"] { return ["the answer's id is \(answer["id"]?.serializedString ?? "missing")"] }
    if let error = answer["error"] { return problems(ofError: error, method: name) }
    guard let result = answer["result"] else { return ["neither result nor error"] }
    return problems(ofParams: request["params"], method: name) + problems(ofResult: result, method: name)
  }
}
