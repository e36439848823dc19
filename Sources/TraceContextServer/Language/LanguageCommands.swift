// workspace/executeCommand: the answers that people ask for, opened as documents.

import JSON
import JSONRPC
import Platform
import TraceDistiller

enum LanguageCommand: String, CaseIterable, Sendable {
  case explain, summary, criticalPath, errors, compare, clear

  var id: String { "traceDistiller.\(rawValue)" }
  init?(id: String) {
    guard id.hasPrefix("traceDistiller.") else { return nil }
    self.init(rawValue: String(id.dropFirst("traceDistiller.".count)))
  }

  var title: String {
    switch self {
    case .explain: "Explain"
    case .summary: "Summarise"
    case .criticalPath: "Show the critical path of"
    case .errors: "Show the errors of"
    case .compare: "Compare the last two runs of"
    case .clear: "Forget the traces of the project of"
    }
  }

  var method: String {
    switch self {
    case .explain: "trace/explain"
    case .summary: "trace/summary"
    case .criticalPath: "trace/criticalPath"
    case .errors: "trace/errors"
    case .compare: "traces/compare"
    case .clear: "traces/clear"
    }
  }
}

struct LanguageCommands: Sendable {
  let reports: FileReports
  let context: RequestContext

  /// Does it, opens what is to be read, and returns the same as `{"text"}` for clients that show it themselves.
  func run(_ params: JSONValue?) async throws(ResponseError) -> JSONValue {
    guard let name = params?["command"]?.string else { throw .invalidParams("workspace/executeCommand needs a command") }
    guard let command = LanguageCommand(id: name) else {
      throw .invalidParams(
        "\(VisibleText.make(name, limit: 80)) is not known; there are \(LanguageCommand.allCases.map(\.id).joined(separator: ", "))")
    }
    let trace = params?["arguments"]?[0]?.string
    var asked: JSONObject = [:]
    switch command {
    case .clear: break
    case .compare: asked = try await lastTwo(trace)
    default: asked["traceId"] = .string(trace ?? "latest")
    }
    let text = try await text(command, .object(asked))
    if command != .clear { try await show(text, named: [trace ?? "latest", command.rawValue], asked: command) }
    return ["text": .string(text)]
  }

  /// The text of a document of ours: `trace-distiller:///t12/explain.txt`.
  func content(_ uri: String) async throws(ResponseError) -> JSONValue {
    let parts = uri.split(separator: ":").last.map { $0.split(separator: "/") } ?? []
    guard uri.hasPrefix("trace-distiller:"), parts.count == 2, parts[1].hasSuffix(".txt"),
      let command = LanguageCommand(rawValue: String(parts[1].dropLast(4))), command != .clear
    else {
      throw .invalidParams(
        "\(VisibleText.make(uri, limit: 120)) is not a document of this server: trace-distiller:///t1/explain.txt is one")
    }
    let asked = command == .compare ? try await lastTwo(String(parts[0])) : ["traceId": .string(String(parts[0]))]
    return ["text": .string(try await text(command, .object(asked)))]
  }

  private func text(_ command: LanguageCommand, _ params: JSONValue) async throws(ResponseError) -> String {
    guard let method = MethodRegistry.method(named: command.method) else { throw .methodNotFound(command.method) }
    return try await method.answer(params, in: context).text(context.calls).text
  }

  /// The newest two traces that have the root of the trace, or of the newest.
  private func lastTwo(_ trace: String?) async throws(ResponseError) -> JSONObject {
    let one = try await context.snapshot(trace ?? "latest")
    let name = try await context.distilled(one.handle).primaryRoot?.name ?? ""
    var like = TraceQuery()
    like.trace.rootName = TextPattern(name)
    // The pattern is found within names too.
    var lines: [TraceOverview] = []
    var rest = try await context.select(like).traces[...]
    while lines.count < 2, !rest.isEmpty {
      lines += try await context.lines(of: Array(rest.prefix(64))).filter { $0.rootName.utf8.elementsEqual(name.utf8) }
      rest = rest.dropFirst(64)
    }
    guard lines.count >= 2 else {
      throw .invalidParams("\(VisibleText.make(name, limit: 80)) ran only once so far: there is nothing to compare with")
    }
    return ["base": .string(lines[1].handle), "target": .string(lines[0].handle)]
  }

  /// As a document of ours where the client reads those, else as a file, else as a message.
  private func show(_ text: String, named name: [String], asked: LanguageCommand) async throws(ResponseError) {
    let client = reports.state.client
    let send = reports.connection.notifications
    guard client.showsDocuments else {
      send.send("window/showMessage", ["type": 3, "message": .string(String(text.prefix(2_000)))])
      return
    }
    let uri: String
    if client.readsContent {
      uri = "trace-distiller:///\(name.joined(separator: "/")).txt"
    } else {
      guard let path = AnswerFile.write(text, named: name.joined(separator: "-") + ".txt") else {
        send.send("window/showMessage", ["type": 3, "message": .string(String(text.prefix(2_000)))])
        return
      }
      uri = FileAddress.uri(path)
    }
    // A client that does not show it is no reason to fail: the answer has the text.
    _ = await reports.connection.requests.ask("window/showDocument", ["uri": .string(uri), "takeFocus": true])
  }
}

/// Answers as files, in a directory that only this user can read.
enum AnswerFile {
  static func write(_ text: String, named name: String) -> String? {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let directory = "\(base)/trace-distiller-\(getuid())"
    mkdir(directory, 0o700)
    var status = stat()
    // Somebody else's directory, or a link to one, is not written to.
    guard lstat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid(), status.st_mode & 0o022 == 0 else {
      return nil
    }
    let plain = name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "." || $0 == "_") }
    guard !plain.isEmpty, !plain.hasPrefix(".") else { return nil }
    let path = "\(directory)/\(plain)"
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var text = text + "\n"
    let isWritten = text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let count = Platform.write(file, bytes.baseAddress! + done, bytes.count - done)
        guard count > 0 else { return false }
        done += count
      }
      return true
    }
    return isWritten ? path : nil
  }
}
