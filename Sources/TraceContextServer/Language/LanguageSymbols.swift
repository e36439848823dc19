// workspace/symbol, textDocument/documentLink, and the call hierarchy from calls that were observed.

import JSON
import JSONRPC
import TraceDistiller

struct LanguageSymbols: Sendable {
  let reports: FileReports
  private static let most = 200
  private static let functionKind = 12

  // MARK: Symbols

  func symbols(_ query: String) async throws(ResponseError) -> JSONValue {
    var found: [(name: String, location: CodeLocation, start: Int64, root: String)] = []
    var seen: Set<CodeLocation> = []
    let wanted = query.lowercased()
    for code in try await reports.allCodes() {
      for place in code.places where place.location.line > 0 && seen.insert(place.location).inserted {
        let names = [place.name, place.location.function]
        guard wanted.isEmpty || names.contains(where: { $0.lowercased().contains(wanted) }) else { continue }
        found.append((place.name.isEmpty ? place.location.function : place.name, place.location, code.startNanos, code.rootName))
      }
    }
    found.sort { left, right in
      left.name != right.name
        ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        : (left.location.file, left.location.line) < (right.location.file, right.location.line)
    }
    var symbols: [JSONValue] = []
    for one in found where symbols.count < Self.most {
      guard let (uri, line) = reports.target(one.location, recordedAt: one.start) else { continue }
      symbols.append([
        "name": .string(one.name), "kind": .integer(Self.functionKind), "containerName": .string(VisibleText.make(one.root, limit: 80)),
        "location": ["uri": .string(uri), "range": LanguageShape.range(line, 0, line, 0)],
      ])
    }
    return .array(symbols)
  }

  // MARK: Calls

  func prepare(_ report: FileReport, line: Int) -> JSONValue {
    let uses = report.code.lines.filter { report.line($0.location, recordedAt: $0.newestStart) == line }
    guard !uses.isEmpty else { return .null }
    return .array(uses.map { item($0.location, $0.name, LineWords.short($0), (report.uri, line)) })
  }

  private func item(_ location: CodeLocation, _ name: String, _ detail: String, _ target: (uri: String, line: Int)) -> JSONValue {
    let range = LanguageShape.range(target.line, 0, target.line, 0)
    return [
      "name": .string(location.function.isEmpty ? name : location.function), "kind": .integer(Self.functionKind), "detail": .string(detail),
      "uri": .string(target.uri), "range": range, "selectionRange": range,
      "data": [
        "traceDistiller": ["file": .string(location.file), "line": .integer(location.line), "function": .string(location.function)]
      ],
    ]
  }

  enum Direction: String, Sendable { case from, to }

  func calls(of item: JSONValue?, _ direction: Direction) async throws(ResponseError) -> JSONValue {
    guard let data = item?["data"]?["traceDistiller"], let file = data["file"]?.string, let line = data["line"]?.integer,
      let function = data["function"]?.string
    else {
      throw .invalidParams("the item is none of this server's: it has no data")
    }
    let wanted = CodeLocation(file: file, line: Int(line), function: function)
    var sums: [CodeLocation: (calls: Int, nanos: Int64, start: Int64)] = [:]
    for code in try await reports.codes(through: [file], maxTraces: reports.state.options.maxTraces) {
      for call in code.calls {
        let (one, other) = direction == .from ? (call.callee, call.caller) : (call.caller, call.callee)
        guard one == wanted else { continue }
        let sum = sums[other] ?? (0, 0, code.startNanos)
        sums[other] = (sum.calls + call.calls, sum.nanos.addingSaturated(call.totalNanos), sum.start)
      }
    }
    let ordered = sums.sorted { left, right in
      left.value.nanos != right.value.nanos
        ? left.value.nanos > right.value.nanos
        : (left.key.file, left.key.line, left.key.function) < (right.key.file, right.key.line, right.key.function)
    }
    var answer: [JSONValue] = []
    for (location, sum) in ordered {
      guard let target = reports.target(location, recordedAt: sum.start) else { continue }
      let detail = "\(sum.calls) call\(sum.calls == 1 ? "" : "s") · \(LineWords.short(sum.nanos))"
      // Where in its caller a call is, no record says: it is the caller's own line.
      let line = direction == .from ? target.line : max(0, wanted.line - 1)
      answer.append([
        direction.rawValue: self.item(location, location.function, detail, target), "fromRanges": [LanguageShape.range(line, 0, line, 0)],
      ])
    }
    return .array(answer)
  }

  // MARK: Links

  /// Places in our own documents: `orders.py:12`, where such a file is here.
  func links(_ document: OpenDocument, _ encoding: PositionEncoding) -> JSONValue {
    var links: [JSONValue] = []
    for (number, line) in document.lines.enumerated() where links.count < 1_000 {
      for (range, file, at) in Self.places(in: line) {
        guard case .file(let path) = reports.state.paths.local(file) else { continue }
        links.append([
          "range": LanguageShape.range(
            number, encoding.length(of: line[..<range.lowerBound]), number, encoding.length(of: line[..<range.upperBound])),
          "target": .string(FileAddress.uri(path) + "#L\(at)"), "data": ["traceDistiller": true],
        ])
      }
    }
    return .array(links)
  }

  /// Texts without blanks and brackets that end with a colon and a number.
  static func places(in line: [UInt8]) -> [(range: Range<Int>, file: String, line: Int)] {
    func isEnd(_ byte: UInt8) -> Bool { " \t()[]{}\"'`,;<>".utf8.contains(byte) }
    var found: [(range: Range<Int>, file: String, line: Int)] = []
    var begin = 0
    for end in 0...line.count where end == line.count || isEnd(line[end]) {
      defer { begin = end + 1 }
      guard end > begin, let colon = line[begin..<end].lastIndex(of: UInt8(ascii: ":")), colon > begin,
        let number = Int(String(decoding: line[(colon + 1)..<end], as: UTF8.self)), number > 0
      else { continue }
      found.append((begin..<end, String(decoding: line[begin..<colon], as: UTF8.self), number))
    }
    return found
  }
}
