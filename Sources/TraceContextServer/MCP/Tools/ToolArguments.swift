// Converts the arguments of a call, as models and clients really send them, to what methods expect. Only this door is lenient, and only if
// the meaning is clear. Anything else is passed on unchanged and checked as strictly as everywhere.

import JSON
import JSONRPC
import TraceDistiller

struct ToolArguments {
  private(set) var members = JSONObject()
  /// Which values were understood as something else, as text for the answer.
  private(set) var notes: [String] = []

  /// Members that clients add: the protocol's metadata, and the dummy argument that some clients need for a tool without arguments.
  private static let additions = ["_meta", "random_string"]

  init(_ sent: JSONValue?, of tool: MCPTool) throws(ResponseError) {
    for (key, value) in try Self.object(sent, tool).members {
      guard let parameter = tool.parameters.first(where: { $0.name == key }) else {
        // The reader of the parameters rejects unknown names.
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
    case .flag: return PlainValue.truth(value) ?? value
    case .milliseconds: return PlainValue.number(value) ?? value
    case .filter, .logFilter: return try FilterArgument.read(value)
    case .shape("TextPattern"): return TextArgument.read(value)
    case .shape: return PlainValue.object(value).map { .object($0) } ?? PlainValue.text(value)
    }
  }

  /// A number above the limit is lowered to the limit, and the answer reports it. A number below the range is an error.
  private mutating func integer(_ value: JSONValue, _ range: ClosedRange<Int>, _ name: String) -> JSONValue {
    guard let number = PlainValue.number(value) else { return value }
    let isAbove: Bool
    switch number {
    case .integer(let whole): isAbove = whole > range.upperBound
    case .number(let large): isAbove = large > Double(range.upperBound)
    // The integer is too large for Int64.
    case .bigNumber(let digits): isAbove = !digits.hasPrefix("-")
    default: isAbove = false
    }
    guard isAbove else { return number }
    notes.append("\(name) \(PlainValue.shown(number)) is above its bound: \(range.upperBound) was taken")
    return .integer(range.upperBound)
  }
}
