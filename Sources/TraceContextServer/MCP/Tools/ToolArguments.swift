// The arguments of a call as models and clients really send them, made into what methods take. Only this door is lenient, and only where the
// meaning is plain; whatever is left as it was is checked as strictly as everywhere.

import JSON
import JSONRPC
import TraceDistiller

struct ToolArguments {
  private(set) var members = JSONObject()
  /// What was taken for something else than was sent, in words for the answer.
  private(set) var notes: [String] = []

  /// Clients add them: the protocol's metadata beside the arguments, and the one argument that some need for a tool without any.
  private static let additions = ["_meta", "random_string"]

  init(_ sent: JSONValue?, of tool: MCPTool) throws(ResponseError) {
    for (key, value) in try Self.object(sent, tool).members {
      guard let parameter = tool.parameters.first(where: { $0.name == key }) else {
        // An unknown name is refused by who reads the parameters.
        if !Self.additions.contains(key) { members[key] = value }
        continue
      }
      guard !PlainValue.isLeftOut(value) else { continue }
      members.append(key, try read(value, parameter))
    }
  }

  private static func object(_ sent: JSONValue?, _ tool: MCPTool) throws(ResponseError) -> JSONObject {
    guard let sent, !PlainValue.isLeftOut(sent), sent != .array([]) else { return [:] }
    guard let object = PlainValue.object(sent) else { throw .invalidParams("\(tool.name) takes its arguments by name: send an object") }
    return object
  }

  private mutating func read(_ value: JSONValue, _ parameter: Parameter) throws(ResponseError) -> JSONValue? {
    switch parameter.kind {
    case .string: return PlainValue.text(value)
    case .oneOf(let words): return PlainValue.word(value, among: words)
    case .listOf(let words): return PlainValue.list(value).map { .array($0.map { PlainValue.word($0, among: words) }) } ?? value
    case .integer(let range): return integer(value, range, parameter.name)
    case .milliseconds: return PlainValue.number(value) ?? value
    case .filter, .logFilter: return try FilterArgument.read(value)
    case .shape("TextPattern"): return TextArgument.read(value)
    case .shape: return PlainValue.object(value).map { .object($0) } ?? PlainValue.text(value)
    }
  }

  /// A number above the bound stands for the bound, and the answer says so; one below is a mistake.
  private mutating func integer(_ value: JSONValue, _ range: ClosedRange<Int>, _ name: String) -> JSONValue {
    guard let number = PlainValue.number(value) else { return value }
    let isAbove: Bool
    switch number {
    case .integer(let whole): isAbove = whole > range.upperBound
    case .number(let large): isAbove = large > Double(range.upperBound)
    // It is none of those because it is too large.
    case .bigNumber(let digits): isAbove = !digits.hasPrefix("-")
    default: isAbove = false
    }
    guard isAbove else { return number }
    notes.append("\(name) \(PlainValue.shown(number)) is above its bound: \(range.upperBound) was taken")
    return .integer(range.upperBound)
  }
}
