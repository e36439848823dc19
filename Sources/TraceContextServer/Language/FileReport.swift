// One document as the traces see it: the material of hover, lenses, hints and diagnostics.

import JSON
import JSONRPC
import Synchronization
import TraceDistiller

/// What is known of a document now.
struct FileReport: Sendable {
  let uri: String
  let code: FileCode
  let document: OpenDocument?
  let encoding: PositionEncoding
  /// When the file was written last.
  let modified: Int64?

  /// Where a recorded line is now, from 0; nil if it is gone, or was never told.
  func line(_ location: CodeLocation, recordedAt nanos: Int64) -> Int? {
    guard location.line > 0 else { return nil }
    guard let document else { return location.line - 1 }
    return document.log.line(location.line - 1, recordedAt: nanos)
  }

  /// The file or its buffer was changed since.
  func isStale(_ nanos: Int64) -> Bool { (modified ?? 0) > nanos || document?.log.isEdited(since: nanos) ?? false }

  static let staleness = "recorded before the last edit"

  /// The text of a line, as a range of the protocol.
  func range(ofLine line: Int) -> JSONValue {
    let span = document?.span(ofLine: line, encoding) ?? (from: 0, to: 0)
    return LanguageShape.range(line, span.from, line, span.to)
  }
}

/// Values of the protocol that many answers have.
enum LanguageShape {
  static func position(_ line: Int, _ character: Int) -> JSONValue { ["line": .integer(line), "character": .integer(character)] }

  static func range(_ line: Int, _ from: Int, _ lastLine: Int, _ to: Int) -> JSONValue {
    ["start": position(line, from), "end": position(lastLine, to)]
  }
}

/// Asks the source, and keeps what the traces say.
struct FileReports: Sendable {
  let connection: ClientConnection
  let state: LanguageState
  /// Of traces that failed, so many are looked at for stack traces that lead to other files.
  private static let failed = 20

  /// Nil for documents that are no files.
  func report(_ uri: String) async throws(ResponseError) -> FileReport? {
    let values = state.read { ($0.documents[uri], $0.client.encoding, $0.options) }
    guard let path = values.0?.path ?? FileAddress.path(uri), let identity = SourcePaths.identity(path) else { return nil }
    let isHere = { [paths = state.paths] (recorded: String) in
      // The last part decides quickly for nearly all.
      if case .file(let local) = paths.local(recorded) { SourcePaths.identity(local) == identity } else { false }
    }
    let code = try await code(of: uri, maxTraces: values.2.maxTraces, isHere)
    return FileReport(uri: uri, code: code, document: values.0, encoding: values.1, modified: SourcePaths.modified(path))
  }

  /// The same as before, unless something changed since.
  private func code(of uri: String, maxTraces: Int, _ isHere: (String) -> Bool) async throws(ResponseError) -> FileCode {
    let generation = state.generation.load(ordering: .acquiring)
    if generation > 0, let known = state.read({ $0.codes[uri] }), known.generation == generation { return known.code }
    let recorded = try await recordedFiles()
    tellSeveral(recorded)
    let codes = try await codes(through: recorded.filter(isHere), maxTraces: maxTraces)
    let code = FileCode(codes, isIn: isHere)
    state.change { values in
      if values.codes.count >= LanguageState.mostCodes, values.codes[uri] == nil { values.codes.removeAll() }
      values.codes[uri] = (generation, code)
    }
    return code
  }

  /// The newest traces through these files, and the newest that failed.
  func codes(through files: [String], maxTraces: Int) async throws(ResponseError) -> [TraceCode] {
    let context = connection.context { SourceHint.text($0) }
    let snapshots = try await context.ask { source throws(SourceUnavailable) in
      try await source.snapshots(through: files, limit: maxTraces, failed: Self.failed, now: context.now)
    }
    let cache = connection.analyses.kept { TraceCodeCache(maxBytes: $0) }
    var codes: [TraceCode] = []
    for snapshot in snapshots {
      do throws(CancellationError) {
        codes.append(try cache.code(of: snapshot, connection.analyses, language: .english))
      } catch { throw .requestCancelled() }
    }
    return codes
  }

  private func recordedFiles() async throws(ResponseError) -> [String] {
    let context = connection.context { SourceHint.text($0) }
    return try await context.ask { source throws(SourceUnavailable) in try await source.recordedFiles() }
  }

  /// Of all files.
  func allCodes() async throws(ResponseError) -> [TraceCode] {
    try await codes(through: try await recordedFiles(), maxTraces: state.options.maxTraces)
  }

  /// The address and line of a recorded location, as an editor may go there; nil if its file is not here.
  func target(_ location: CodeLocation, recordedAt nanos: Int64) -> (uri: String, line: Int)? {
    guard location.line > 0, case .file(let path) = state.paths.local(location.file) else { return nil }
    let uri = FileAddress.uri(path)
    // The client may write the same address in another way.
    let document = state.read { values in values.documents[uri] ?? values.documents.values.first { $0.path == path } }
    guard let document else { return (uri, location.line - 1) }
    return document.log.line(location.line - 1, recordedAt: nanos).map { (document.uri, $0) }
  }

  private func tellSeveral(_ recorded: [String]) {
    for file in recorded {
      guard case .several(let candidates) = state.paths.local(file) else { continue }
      let isNews = state.change { $0.toldSeveral.count < 100 && $0.toldSeveral.insert(file).inserted }
      guard isNews else { continue }
      let list = candidates.prefix(4).joined(separator: ", ")
      connection.notifications.send(
        "window/logMessage",
        ["type": 2, "message": .string("\(VisibleText.make(file, limit: 200)) may be any of \(list): the option pathMappings decides")])
    }
  }
}
